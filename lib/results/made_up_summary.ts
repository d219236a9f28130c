import type { Figure, Figures } from "../metrics/figures/figure.ts";
import { SUMMARY_FIGURES } from "../metrics/figures/summary_figures.ts";
import type { CostSummary, LatencySummary, Summary } from "../metrics/run_tables.ts";

/** Latencies of a made-up run: some percentiles of about that mean. */
function latency(mean: number): LatencySummary {
  return { mean, p50: mean, p90: 2 * mean, p95: 3 * mean, p99: 5 * mean, max: 8 * mean };
}

/** A value for a figure: shares within 0 and 1, counts whole, different ones for different keys. */
function madeUpValue(figure: Figure<never>, key: string): unknown {
  const some = Array.from(key).reduce((sum, letter) => (7 * sum + letter.charCodeAt(0)) % 97, 1);
  switch (figure.kind) {
    case "number":
      // What a summary shows only where there is some of it, there is none of.
      if (figure.printed?.hidesZero) return 0;
      if (figure.unit === "share") return (some + 1) / 100;
      return ["count", "tokens"].includes(figure.unit) ? some : some + 0.5;
    case "latency":
      return latency((some + 1) / 100);
    case "text":
      return figure.isList ? [key] : key;
    case "group":
      return figure.isNull === undefined ? madeUpValues(figure.figures) : null;
    case "rows":
      return [];
    case "record":
      return {};
    case "given":
      return key === "digest" ? "0".repeat(64) : [];
  }
}

function madeUpValues(figures: Figures<never>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(figures).map(([key, figure]) => [key, madeUpValue(figure, key)]),
  );
}

/** A bill that never was, in US dollars, for tests: what was paid, and for what. */
export function madeUpBill(changes: Partial<CostSummary> = {}): CostSummary {
  const { cost } = madeUpValues(SUMMARY_FIGURES) as unknown as Summary;
  return {
    ...cost,
    total_usd: 3.2,
    busy_usd: 2.1,
    idle_usd: 0.7,
    cold_start_usd: 0.3,
    rounding_usd: 0.1,
    per_million_output_tokens_usd: 1.3,
    ...changes,
  };
}

/**
 * A summary of a run that never took place, for tests of what is made from summaries. It has a value
 * for every figure that is declared but those of what need not be there.
 */
export function madeUpSummary(changes: Partial<Summary> = {}): Summary {
  const values = madeUpValues(SUMMARY_FIGURES) as unknown as Summary;
  return {
    ...values,
    measured: { ...values.measured, from_s: 0 },
    requests: {
      arrived: 200,
      completed: 198,
      rejected: 2,
      timed_out: 0,
      failed: 0,
      execution_limit: 0,
      drain_limit: 0,
      client_deadline: 0,
      unfinished: 0,
      reasons: { rejected_length: 2 },
    },
    ttft_s: latency(0.4),
    e2e_s: latency(3.1),
    cost: madeUpBill(),
    ...changes,
  };
}
