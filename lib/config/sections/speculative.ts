import { SPECULATION_METHODS } from "../../execution/speculation/methods/methods.ts";
import { fractionList, rangeList } from "../../settings/collections.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { choice, quantity, tokens } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import { isNot } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { chosenBy, policySettings } from "../policy_settings.ts";
import { sectionOf } from "../section.ts";

const SPECULATES = isNot("speculative.method", "none");

const methods = policySettings({
  table: SPECULATION_METHODS,
  path: "speculative",
  nameKey: "method",
  within: SPECULATES,
  ...chosenBy("speculative.method"),
});

/** How tokens are drafted and verified. */
export const speculative = sectionOf<Configuration["speculative"]>({
  method: policyChoice(SPECULATION_METHODS, {
    before: ["none"],
    default: "none",
    describe: "What proposes tokens that the model verifies several at a time; `none`: nothing.",
  }),
  mode: choice(["expected", "sampled"], {
    wanted: "a mode of acceptance",
    default: "expected",
    appliesWhen: SPECULATES,
    describe: "`expected`: each sequence gains the mean number of tokens, to the fraction, and " +
      "many steps are taken at once; `sampled`: each step's tokens are drawn by sequence.",
  }),
  num_speculative_tokens: tokens({
    min: 1,
    max: LIMITS.draftTokens.value,
    default: null,
    appliesWhen: SPECULATES,
    describe: "Tokens drafted per sequence and step; null: 1 under `mtp`, else it must be given.",
  }),
  num_speculative_tokens_per_batch_size: rangeList({
    mostItems: 64,
    default: null,
    appliesWhen: SPECULATES,
    describe:
      "Tokens drafted by the sequences that decode, `[[from, to, tokens], ...]` from 1 on, " +
      "at most `num_speculative_tokens`; batches beyond a range as within it; null: always as many.",
  }),
  acceptance: fractionList({
    default: null,
    appliesWhen: SPECULATES,
    describe:
      "Probability of each drafted token to be accepted, given that those before it were, " +
      "by position; the last one goes on.",
  }),
  synthetic_acceptance_rates: fractionList({
    default: null,
    appliesWhen: SPECULATES,
    describe: "In place of `acceptance`: probability that a drafted token and all before it are " +
      "accepted, by position, one for each; none above the one before.",
  }),
  synthetic_acceptance_length: quantity("number", {
    min: 1,
    max: LIMITS.draftTokens.value + 1,
    default: null,
    appliesWhen: SPECULATES,
    describe:
      "In place of `acceptance`: mean tokens of a step, the model's own one included, met " +
      "with the least variance as by vLLM.",
  }),
  ...methods.beside,
  ...methods.sections,
}, { describe: "Speculative decoding: tokens are drafted, and verified several at a time." });
