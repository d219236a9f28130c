import { allFinite } from "./all_finite.ts";
import { evaluate } from "./figures/evaluate.ts";
import { SUMMARY_FIGURES } from "./figures/summary_figures.ts";
import { summaryParts } from "./figures/summary_parts.ts";
import type { RunRecord } from "./run_record.ts";
import type { Summary } from "./run_tables.ts";
import type { SummaryOptions } from "./summary_options.ts";

/** Everything but the digest, which takes an asynchronous hash. */
export type SummaryWithoutDigest = Omit<Summary, "digest">;

/** Computes the summary of a run. docs/metrics.md has each figure's formula. */
export function summarize(run: RunRecord, options: SummaryOptions): SummaryWithoutDigest {
  const { values, undefinedFigures } = evaluate(SUMMARY_FIGURES, summaryParts(run, options));
  const summary = { ...values, undefined_figures: undefinedFigures };
  return allFinite(summary, "summary") as unknown as SummaryWithoutDigest;
}
