import { COST_FIGURES } from "./cost_figures.ts";
import { ELASTIC_FIGURES, TIME_FIGURES } from "./elastic_figures.ts";
import { ENERGY_SUMMARY_FIGURES } from "./energy_figures.ts";
import { type Figures, given } from "./figure.ts";
import { KV_TIER_FIGURES } from "./kv_tier_figures.ts";
import { RATE_FIGURES } from "./rate_figures.ts";
import { LATENCY_FIGURES, REQUEST_FIGURES } from "./request_figures.ts";
import { SPECULATION_FIGURES } from "./speculation_figures.ts";
import type { SummaryParts } from "./summary_parts.ts";
import { USE_FIGURES } from "./use_figures.ts";

/**
 * The tree of the figures of a summary, each declared once: its unit, its sentence, when and why it
 * has no value, how it is printed, and the line that computes it. From it follow summary.json, its
 * type (run_summary.ts), the printed summary, the table of replications, the list of undefined
 * figures and docs/metrics.md.
 */
export const SUMMARY_FIGURES: Figures<SummaryParts> = {
  ...REQUEST_FIGURES,
  ...LATENCY_FIGURES,
  ...RATE_FIGURES,
  ...USE_FIGURES,
  ...KV_TIER_FIGURES,
  ...SPECULATION_FIGURES,
  ...ELASTIC_FIGURES,
  ...TIME_FIGURES,
  ...COST_FIGURES,
  ...ENERGY_SUMMARY_FIGURES,
  undefined_figures: given({
    type: "readonly UndefinedFigures[]",
    doc:
      "What is null in the summary: `figures` (paths; `functions[].ttft_s` stands for any function and all parts of the latency), `why`, and `isUnused`: whether they belong to what the configuration does not use, rather than to what happened",
  }),
  digest: given({
    type: "string",
    doc: "SHA-256 over the request columns, hex. Equal digests: equal runs, bit by bit",
    printed: { line: "digest" },
  }),
};
