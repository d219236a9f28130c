import { empiricalQuantiles } from "../../../sim/distributions/empirical_quantiles.ts";
import { numberList } from "../../../settings/collections.ts";
import type { LengthEntry } from "./law.ts";

/** Settings of `empirical`. */
export type EmpiricalSettings = {
  readonly quantiles: readonly number[] | null;
  readonly probabilities: readonly number[] | null;
};

/** `empirical` as files name it. */
export const empiricalLengths: LengthEntry<"empirical", EmpiricalSettings> = {
  name: "empirical",
  aliases: ["quantiles"],
  describe: "The quantiles of a measurement, linear in between.",
  section: null,
  settings: {
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
  },
  required: ["quantiles"],
  laws: { options: { quantiles: [10, 50, 300] } },
  create: ({ quantiles, probabilities }) =>
    empiricalQuantiles({
      values: quantiles ?? [],
      ...(probabilities !== null && { probabilities }),
      integer: true,
    }),
};
