import type { CostSummary, RunResult } from "../../metrics/run_tables.ts";
import { type PercentilePoint, percentilePoints } from "../page/client/percentiles.ts";
import { timelineRows } from "../timeline_rows.ts";

/** Instances by state at an instant. */
export interface FleetPoint {
  readonly timeSeconds: number;
  readonly busy: number;
  readonly idle: number;
  readonly starting: number;
  readonly draining: number;
}

/** A part of the bill, dollars. */
export interface BillPart {
  readonly use: string;
  readonly usd: number;
}

/** What of a run the page shows. */
export interface Answer {
  readonly requests: number;
  readonly digest: string;
  readonly completed: number;
  readonly saturation: RunResult["summary"]["saturation"];
  /** Figures by name; null where a run has none. */
  readonly figures: Readonly<Record<string, number | null>>;
  readonly percentiles: readonly PercentilePoint[];
  readonly fleet: readonly FleetPoint[];
  readonly bill: readonly BillPart[];
  readonly notices: readonly string[];
}

const BILL: readonly (readonly [use: string, key: keyof CostSummary])[] = [
  ["busy", "busy_usd"],
  ["idle", "idle_usd"],
  ["cold starts", "cold_start_usd"],
  ["rounding", "rounding_usd"],
];

/** What the page shows of a run. */
export function answerOf({ requests, summary, timeSeries, engine }: RunResult): Answer {
  const { arrivalAtSeconds, firstTokenAtSeconds, completedAtSeconds, outputTokens } = requests;
  const since = (end: Float64Array, begin: Float64Array) => end.map((at, i) => at - begin[i]);
  const columns = new Map(Object.entries({
    arrival_s: { values: arrivalAtSeconds },
    ttft_s: { values: since(firstTokenAtSeconds, arrivalAtSeconds) },
    tpot_s: {
      values: since(completedAtSeconds, firstTokenAtSeconds)
        .map((seconds, i) => outputTokens[i] > 1 ? seconds / (outputTokens[i] - 1) : NaN),
    },
    e2e_s: { values: since(completedAtSeconds, arrivalAtSeconds) },
  }));
  const { cost } = summary;
  return {
    requests: requests.count,
    digest: summary.digest,
    completed: summary.requests.completed,
    saturation: summary.saturation,
    figures: {
      "TTFT p50": summary.ttft_s.p50 ?? null,
      "TTFT p99": summary.ttft_s.p99 ?? null,
      "TPOT p50": summary.tpot_s.p50 ?? null,
      "TPOT p99": summary.tpot_s.p99 ?? null,
      "E2E p99": summary.e2e_s.p99 ?? null,
      "cold requests": summary.cold_start_rate,
      "busy time": summary.busy_fraction,
      "USD per million output tokens": cost.per_million_output_tokens_usd,
      "USD per hour": perHour(cost.total_usd, timeSeries.timeSeconds.at(-1) ?? 0),
    },
    percentiles: percentilePoints(columns, [-Infinity, Infinity]),
    fleet: timelineRows(timeSeries).map(({ timeSeconds, busy, idle, starting, draining }) => ({
      timeSeconds,
      busy,
      idle,
      starting,
      draining,
    })),
    bill: BILL.flatMap(([use, key]) => {
      const usd = cost[key];
      return typeof usd === "number" && usd > 0 ? [{ use, usd }] : [];
    }),
    notices: engine.notices,
  };
}

function perHour(usd: number | null, seconds: number): number | null {
  return usd === null || seconds === 0 ? null : usd / seconds * 3600;
}
