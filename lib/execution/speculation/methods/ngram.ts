import { quantity } from "../../../settings/quantities.ts";
import { plainDraft } from "../draft_time.ts";
import {
  DRAFT_TIME,
  type DraftTimeSettings,
  givenDraft,
  type SpeculationMethod,
} from "./method.ts";

/** Settings of `ngram`. */
export type NgramSettings = DraftTimeSettings & { readonly foundShare: number };

/**
 * Host time to look n-grams up, as a share of the step's pass through the target.
 *
 * @source SpecDecode-Bench (arXiv 2601.11580), Llama-3.1-8B on H100, vLLM's n-gram proposer: 0.005875
 */
const SHARE_OF_TARGET = 0.005875;

/** `ngram` as files name it. */
export const ngramMethod: SpeculationMethod<"ngram", NgramSettings> = {
  name: "ngram",
  aliases: ["prompt-lookup"],
  describe: "What followed the last tokens where they stood before is proposed, on the host.",
  section: "draft",
  needsTokensOnHost: true,
  draftsWith: "n-grams of the text before",
  settings: {
    foundShare: quantity("fraction", {
      min: 0,
      max: 1,
      default: 1,
      describe: "Probability that there is a draft where none of its tokens would be accepted; " +
        "where there is none, a step verifies nothing.",
    }),
    ...DRAFT_TIME,
  },
  create(options) {
    const given = givenDraft(options);
    return {
      time: given ?? plainDraft({
        baseSeconds: 0,
        perTokenSeconds: 0,
        perContextTokenSeconds: 0,
        shareOfTarget: SHARE_OF_TARGET,
      }),
      readsHiddenStates: false,
      foundShare: options.foundShare,
      notices: given !== undefined ? [] : [
        `n-grams are looked up in ${SHARE_OF_TARGET} of a step's pass through the model, as measured ` +
        `for an 8B model on an H100`,
      ],
    };
  },
};
