import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import type { SplitDecider, SplitEntry } from "./decider.ts";

/** Settings of `prefix-hit`. */
export type PrefixHitSettings = { readonly share: number };

/** `prefix-hit` as files name it. */
export const prefixHitPolicy: SplitEntry<"prefix-hit", PrefixHitSettings> = {
  name: "prefix-hit",
  describe: "Prompts of which no decode instance has a large share cached.",
  settings: {
    share: quantity("fraction", {
      min: 0,
      max: 1,
      default: 0.5,
      describe: "Cached share of the prompt from which on the decode group computes the rest.",
    }),
  },
  create: prefixHit,
};

/**
 * A request stays with the decode group if an instance there has a large share of its prompt cached.
 *
 * @throws {RangeError} If an option is out of its range.
 */
export function prefixHit(options: Partial<PrefixHitSettings> = {}): SplitDecider {
  const { share } = withDefaults(prefixHitPolicy.settings, options);
  return {
    name: "prefix-hit",
    goesApart: (signals) => signals.cachedTokens() < share * signals.promptTokens,
  };
}
