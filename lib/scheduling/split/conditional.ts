import { withDefaults } from "../../settings/from_table.ts";
import { quantity, tokens } from "../../settings/quantities.ts";
import type { SplitDecider, SplitEntry } from "./decider.ts";

/** Settings of `conditional`. */
export type ConditionalSettings = {
  readonly minimumTokens: number;
  readonly queueLimit: number;
};

/** `conditional` as files name it. */
export const conditionalPolicy: SplitEntry<"conditional", ConditionalSettings> = {
  name: "conditional",
  describe: "Long prompts, as far as they are not cached, while the prefill group is not behind.",
  settings: {
    minimumTokens: tokens({
      min: 0,
      default: 512,
      describe:
        "Prompts of fewer tokens beyond those that a decode instance has cached are computed " +
        "there.",
    }),
    queueLimit: quantity("number", {
      min: 0,
      default: 2,
      describe: "Most requests without a first token per instance of the prefill group: with " +
        "more, prompts are computed by the decode group.",
    }),
  },
  create: conditional,
};

/**
 * A request goes to the prefill group if its prompt is long beyond what a decode instance has cached,
 * and that group has not too many requests.
 *
 * @throws {RangeError} If an option is out of its range.
 * @source Dynamo's conditional disaggregation: prefill length less prefix hit above a limit, and a
 *   short prefill queue; llm-d's threshold on the uncached prompt is the same without a queue
 */
export function conditional(options: Partial<ConditionalSettings> = {}): SplitDecider {
  const { minimumTokens, queueLimit } = withDefaults(conditionalPolicy.settings, options);
  return {
    name: "conditional",
    goesApart(signals) {
      const { promptTokens, prefillRequests, prefillInstances } = signals;
      if (promptTokens < minimumTokens) return false;
      if (prefillRequests >= queueLimit * prefillInstances) return false;
      return promptTokens - signals.cachedTokens() >= minimumTokens;
    },
  };
}
