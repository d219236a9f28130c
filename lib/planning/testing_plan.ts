import type { FactorLevel } from "./factors.ts";
import type { Plan, PlanInterval, PlanRow } from "./plan_result.ts";

/** A mean over three runs and its interval. */
export function testingInterval(mean: number, halfWidth: number): PlanInterval {
  return { mean, lower: mean - halfWidth, upper: mean + halfWidth };
}

/** A row of a plan that was never made. */
export function testingRow(
  row: Partial<PlanRow> & Pick<PlanRow, "index" | "levels" | "status">,
): PlanRow {
  return {
    label: Object.values(row.levels).join(" x "),
    ...{ reason: null, gpu: "H100", gpus_per_instance: 1, instances: 1, is_fixed: true },
    seeds: row.usd_per_hour === undefined ? 0 : 3,
    ...{ usd_per_hour: null, gpus: null, usd_per_million_output_tokens: null },
    ...{ figures: {}, capacity_rps: null, usd_per_million_requests: null, bound: null },
    ...row,
  };
}

/** A plan that was never made, with these rows. */
export function testingPlan(
  rows: readonly PlanRow[],
  factors: Readonly<Record<string, readonly FactorLevel[]>>,
  fields: Partial<Plan> = {},
): Plan {
  const winner = rows.find(({ status }) => status === "winner");
  return {
    ...{ format: "simfaasinfer-plan/1", question: "cheapest", objective: "cost" },
    slo: [{ name: "ttft_p99", path: "ttft_s.p99", comparison: "<", limit: 2, unit: "s" }],
    frontier: null,
    factors: Object.entries(factors).map(([path, levels]) => ({ path, levels })),
    ...{ rate_rps: null, budget_usd_per_hour: null },
    answer: winner === undefined ? "none" : `${winner.label}: the cheapest`,
    winner: winner?.index ?? null,
    ...{ runner_up: null, validation: null, nearest_miss: null, sensitivity: [], curve: null },
    rows,
    counts: { candidates: 0, simulated: 0, pruned: 0, refused: 0, runs: 0, requests: 0 },
    ...{ notices: [], configuration: null },
    ...fields,
  } as Plan;
}
