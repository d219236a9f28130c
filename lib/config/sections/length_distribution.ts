import type { z } from "../../std/zod.ts";
import type { DistributionName } from "../../sim/distributions/create_distribution.ts";
import type { Condition } from "../applies.ts";
import { numberList } from "../collections.ts";
import { section } from "../section.ts";
import { choice, quantity, tokens } from "../settings.ts";

/** Which settings each length distribution has; the first list must be given, the second may be. */
export const LENGTH_SETTINGS = {
  constant: { required: ["mean"], optional: [] },
  uniform: { required: ["min", "max"], optional: ["mean", "std"] },
  exponential: { required: ["mean"], optional: ["min", "max"] },
  gamma: { required: ["mean", "std"], optional: ["min", "max"] },
  lognormal: { required: ["mean", "std"], optional: ["min", "max"] },
  weibull: { required: ["mean", "std"], optional: ["min", "max"] },
  pareto: { required: ["mean", "std"], optional: ["min", "max"] },
  zipf: { required: ["exponent", "max"], optional: [] },
  empirical: { required: ["quantiles"], optional: ["probabilities"] },
  joint: { required: [], optional: [] },
} as const satisfies Record<
  DistributionName | "joint",
  { readonly required: readonly string[]; readonly optional: readonly string[] }
>;

/** Name of a length distribution. */
export type LengthDistribution = keyof typeof LENGTH_SETTINGS;

const NAMES = Object.keys(LENGTH_SETTINGS) as LengthDistribution[];

/** Length of a prompt or an output in a generated workload. */
export interface LengthConfiguration {
  readonly distribution: LengthDistribution;
  readonly mean: number | null;
  readonly std: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly exponent: number | null;
  readonly quantiles: readonly number[] | null;
  readonly probabilities: readonly number[] | null;
}

/** The lengths of one side of a request. `fill` is used where nothing is given. */
export function lengthDistribution(
  describe: string,
  fill: Readonly<Record<string, unknown>>,
  appliesWhen?: Condition,
): z.ZodType<LengthConfiguration> {
  return section({
    distribution: choice(NAMES, {
      wanted: "a length distribution",
      default: "gamma",
      otherNames: { fixed: "constant", deterministic: "constant", quantiles: "empirical" },
      describe: "Shape. `joint` draws prompt and output together from `workload.embedded`.",
    }),
    mean: quantity("tokens", {
      above: 0,
      default: null,
      describe:
        "Mean of the lengths, tokens, which `min` and `max` do not shift; for `constant` the value.",
      aliases: ["value"],
    }),
    std: quantity("tokens", {
      above: 0,
      default: null,
      describe: "Standard deviation before `min` and `max` cut it, tokens.",
    }),
    min: tokens({ min: 1, default: null, describe: "Least length, tokens." }),
    max: tokens({ min: 1, default: null, describe: "Greatest length, tokens." }),
    exponent: quantity("number", {
      above: 0,
      default: null,
      describe: "Exponent of `zipf`: length k from 1 to `max` has a probability ~ k^-exponent.",
    }),
    quantiles: numberList({
      min: 1,
      leastItems: 2,
      default: null,
      describe: "Lengths at the `probabilities` of `empirical`, tokens; linear in between.",
      aliases: ["values"],
    }),
    probabilities: numberList({
      min: 0,
      max: 1,
      leastItems: 2,
      default: null,
      describe: "Probabilities of the `quantiles`, from 0 to 1; null: evenly spaced.",
    }),
  }, {
    describe,
    appliesWhen,
    fill,
    selector: {
      key: "distribution",
      keeps(value) {
        const name = NAMES.find((known) => known === value);
        if (name === undefined) return [];
        return [...LENGTH_SETTINGS[name].required, ...LENGTH_SETTINGS[name].optional];
      },
    },
  });
}
