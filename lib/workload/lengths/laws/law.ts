import type { Distribution } from "../../../sim/distributions/distribution.ts";
import type { Policy } from "../../../settings/policy.ts";
import { quantity, tokens } from "../../../settings/quantities.ts";
import type { Setting } from "../../../settings/setting.ts";

/** A law of lengths as its table has it: whole tokens, at least one. */
export interface LengthEntry<Name extends string, Options>
  extends Policy<Name, Options, Readonly<Record<never, never>>, Distribution> {
  /** Settings that have to be given; the others may be. */
  readonly required: readonly (keyof Options)[];
}

/** The settings that laws of lengths share, to be put among their own. */
export const LENGTH_SETTINGS: {
  readonly mean: Setting<number | null>;
  readonly std: Setting<number | null>;
  readonly min: Setting<number | null>;
  readonly max: Setting<number | null>;
} = {
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
};

/** Settings of laws with a mean and bounds. */
export type BoundedSettings = {
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
};

/** Settings of laws with a mean, a deviation and bounds. */
export type SpreadSettings = BoundedSettings & { readonly std: number | null };

/** A setting that a law needs may be missing; the law's own check names it. */
export function needed(value: number | null): number {
  return value ?? NaN;
}

/** Bounds of whole lengths. */
export function lengthBounds({ min, max }: Omit<BoundedSettings, "mean">): {
  readonly min: number;
  readonly max?: number;
  readonly integer: true;
} {
  return { min: min ?? 1, ...(max !== null && { max }), integer: true };
}

/** A law told by its mean and deviation; no more than its name and its distribution are its own. */
export function spreadLaw<Name extends string>(
  name: Name,
  describe: string,
  distribution: (
    options: ReturnType<typeof lengthBounds> & { readonly mean: number; readonly std: number },
  ) => Distribution,
): LengthEntry<Name, SpreadSettings> {
  return {
    name,
    describe,
    section: null,
    settings: LENGTH_SETTINGS,
    required: ["mean", "std"],
    laws: { options: { mean: 100, std: 60, max: 900 } },
    create: ({ mean, std, ...bounds }) =>
      distribution({ ...lengthBounds(bounds), mean: needed(mean), std: needed(std) }),
  };
}
