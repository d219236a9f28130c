import type { SpeculationRecord } from "../run_record.ts";
import {
  because,
  type Figures,
  number,
  numberOrNull,
  partOrNull,
  shareOrNull,
  unused,
} from "./figure.ts";
import type { SummaryParts } from "./summary_parts.ts";

const NO_DRAFT = because("no step verified a draft");

const FIGURES: Figures<SpeculationRecord> = {
  mean_acceptance_length: numberOrNull("tokens", {
    doc:
      "Mean tokens of a step of a sequence that verifies a draft: `accepted_tokens` over `drafts`, and the model's own one (vLLM's mean acceptance length)",
    isNull: NO_DRAFT,
    printed: { line: "speculation", words: "{} tokens per verified draft" },
  }, ({ drafts, acceptedTokens }) => drafts > 0 ? 1 + acceptedTokens / drafts : null),
  acceptance_rate: shareOrNull(
    {
      doc: "`accepted_tokens` over `drafted_tokens`",
      isNull: NO_DRAFT,
      printed: { line: "speculation", words: "{} of drafted tokens accepted", otherwise: null },
    },
    ({ draftedTokens, acceptedTokens }) =>
      draftedTokens > 0 ? acceptedTokens / draftedTokens : null,
  ),
  drafts: number("drafts", {
    doc:
      "Drafts that were verified, one per sequence and step; a fraction where `speculative.mode` is `expected` and drafts are not always found",
  }, ({ drafts }) => drafts),
  drafted_tokens: number("tokens", { doc: "Tokens in them" }, ({ draftedTokens }) => draftedTokens),
  accepted_tokens: number("tokens", {
    doc: "Tokens of them that were accepted, those beyond the end of an output included",
  }, ({ acceptedTokens }) => acceptedTokens),
};

/** What speculative decoding did. */
export const SPECULATION_FIGURES: Figures<SummaryParts> = {
  speculation: partOrNull(
    {
      doc: "What speculative decoding did; null without `speculative.method`",
      isNull: unused("no function speculates"),
    },
    ({ run }) => run.speculation ?? null,
    FIGURES,
  ),
};
