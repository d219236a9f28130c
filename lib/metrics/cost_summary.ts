import { bill } from "../serverless/cost/mod.ts";
import type { InstanceLife } from "../serverless/lifecycle.ts";
import type { FunctionFacts } from "./function_facts.ts";
import type { RunRecord } from "./run_record.ts";
import type { CostSummary } from "./run_tables.ts";
import { hasLimits, meetsSlo, type SloLimits } from "./slo.ts";

/** The bill of all instances, function by function. */
export function billInstances(
  lives: readonly InstanceLife[],
  run: RunRecord,
  functions: readonly FunctionFacts[],
): BilledUses & {
  readonly byFunctionUsd: readonly number[];
  readonly wastedUsd: number;
} {
  const cost = { total_usd: 0, busy_usd: 0, idle_usd: 0, cold_start_usd: 0, rounding_usd: 0 };
  const byFunctionUsd: number[] = [];
  const loadsAt = loadInstants(run, functions);
  let wastedUsd = 0;
  const livesOf = Map.groupBy(lives, (life) => life.functionId);
  for (const [functionId, { billing, gpus, billsFromLoad }] of functions.entries()) {
    const own = livesOf.get(functionId) ?? [];
    const upSeconds = (life: InstanceLife) =>
      Number.isNaN(life.readyAtSeconds) ? 0 : life.stoppedAtSeconds - life.readyAtSeconds;
    const startSeconds = (life: InstanceLife) => {
      const end = life.stoppedAtSeconds - upSeconds(life);
      if (!billsFromLoad) return end - life.createdAtSeconds;
      return Math.max(0, end - (loadsAt.get(life.instanceId) ?? end));
    };
    for (const life of own) {
      if (!Number.isNaN(life.readyAtSeconds)) continue;
      wastedUsd += startSeconds(life) * gpus * billing.startShare * billing.usdPerGpuSecond;
    }
    const busy = (life: InstanceLife) => run.totals[life.instanceId].busySeconds;
    const part = bill({
      count: own.length,
      startSeconds: Float64Array.from(own, startSeconds),
      busySeconds: Float64Array.from(own, busy),
      idleSeconds: Float64Array.from(own, (life) => upSeconds(life) - busy(life)),
      // A draining instance is busy until it stops, so its time is in the busy column already.
      drainingSeconds: new Float64Array(own.length),
      gpus: new Int32Array(own.length).fill(gpus),
    }, billing);
    byFunctionUsd.push(part.totalUsd);
    cost.total_usd += part.totalUsd;
    cost.busy_usd += part.busyUsd;
    cost.idle_usd += part.idleUsd;
    cost.cold_start_usd += part.coldStartUsd;
    cost.rounding_usd += part.roundingUsd;
  }
  return { ...cost, byFunctionUsd, wastedUsd };
}

/** The bill by use. */
type BilledUses = Pick<
  CostSummary,
  "total_usd" | "busy_usd" | "idle_usd" | "cold_start_usd" | "rounding_usd"
>;

/** Instants at which instances begin to fetch or load their weights, where that matters. */
function loadInstants(
  { stageSpans }: RunRecord,
  functions: readonly FunctionFacts[],
): ReadonlyMap<number, number> {
  const instants = new Map<number, number>();
  if (!functions.some((facts) => facts.billsFromLoad)) return instants;
  for (const { stage, instanceId, startAtSeconds } of stageSpans) {
    if (!stage.startsWith("weights_")) continue;
    const known = instants.get(instanceId);
    if (known === undefined || startAtSeconds < known) instants.set(instanceId, startAtSeconds);
  }
  return instants;
}

/** Shares of the bill; a start that was given up is of no use. */
export function costShares(cost: BilledUses, wastedUsd: number) {
  const share = (usd: number) => cost.total_usd > 0 ? usd / cost.total_usd : null;
  return {
    busy_share: share(cost.busy_usd),
    idle_share: share(cost.idle_usd),
    cold_start_share: share(cost.cold_start_usd - wastedUsd),
    waste_share: share(cost.rounding_usd + wastedUsd),
  };
}

/** Dollars per request that met every limit, whenever it arrived. */
export function perGood(
  { columns }: RunRecord,
  limitsOf: (functionId: number, classId: number) => SloLimits,
  totalUsd: number,
): number | null {
  let good = 0;
  let isLimited = false;
  for (let i = 0; i < columns.count; i++) {
    const limits = limitsOf(columns.functionId[i], columns.classId[i]);
    if (hasLimits(limits)) isLimited = true;
    if (meetsSlo(columns, i, limits)) good++;
  }
  return isLimited && good > 0 ? totalUsd / good : null;
}

/** Renting the GPUs throughout instead. */
export function alwaysOn(
  { lives, endAtSeconds }: RunRecord,
  functions: readonly FunctionFacts[],
): Pick<CostSummary, "always_on_usd" | "break_even_utilization"> {
  const unknown = functions.some((facts) => facts.alwaysOnUsdPerGpuSecond === undefined);
  if (unknown || lives.length === 0) return { always_on_usd: null, break_even_utilization: null };
  let usdPerSecond = 0, served = 0, rented = 0;
  const peaks = peakInstances(lives, functions.length);
  functions.forEach(({ gpus, billing, alwaysOnUsdPerGpuSecond: price }, id) => {
    usdPerSecond += peaks[id] * gpus * price!;
    served += peaks[id] * gpus * billing.usdPerGpuSecond;
    rented += peaks[id] * gpus * price!;
  });
  return {
    always_on_usd: usdPerSecond * endAtSeconds,
    break_even_utilization: served > 0 ? Math.min(1, rented / served) : null,
  };
}

/** Most instances that each function had at once. */
function peakInstances(lives: readonly InstanceLife[], functions: number): number[] {
  const changes = lives.flatMap(({ functionId, createdAtSeconds, stoppedAtSeconds }) => [
    { functionId, atSeconds: createdAtSeconds, change: 1 },
    { functionId, atSeconds: stoppedAtSeconds, change: -1 },
  ]).sort((a, b) => a.atSeconds - b.atSeconds || a.change - b.change);
  const now = new Array<number>(functions).fill(0);
  const peaks = new Array<number>(functions).fill(0);
  for (const { functionId, change } of changes) {
    now[functionId] += change;
    peaks[functionId] = Math.max(peaks[functionId], now[functionId]);
  }
  return peaks;
}
