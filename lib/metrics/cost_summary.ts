import { type Bill, bill, type BillingPlan } from "../serverless/cost/mod.ts";
import { asleepSeconds, servedUntilSeconds, upSeconds } from "../serverless/life_phases.ts";
import type { InstanceLife, PoolMemberLife } from "../serverless/lifecycle.ts";
import type { FunctionFacts } from "./function_facts.ts";
import { onReserved } from "./reserved_instances.ts";
import { rowsOf } from "./rows/request_rows.ts";
import { OUTCOMES } from "./run_tables.ts";
import type { RunRecord } from "./run_record.ts";
import { hasLimits, meetsSlo, type SloLimits } from "./slo.ts";

/** Parts of the bill that are no function's, dollars. */
export interface CommonCosts {
  /** For the weights kept. */
  readonly storageUsd: number;
  /** For GPUs that no instance has and that are rented with others of their machine. */
  readonly unusedGpusUsd: number;
  /** For electricity on top of what GPUs cost. */
  readonly electricityUsd: number;
}

/** The bill of all instances, function by function, and of what is common to all. */
export function billInstances(
  lives: readonly InstanceLife[],
  run: RunRecord,
  functions: readonly FunctionFacts[],
  common: CommonCosts,
): BilledUses & {
  readonly byFunctionUsd: readonly number[];
  readonly wastedUsd: number;
} {
  const cost = {
    totalUsd: 0,
    busyUsd: 0,
    idleUsd: 0,
    coldStartUsd: 0,
    asleepUsd: 0,
    pooledUsd: 0,
    roundingUsd: 0,
    reservedUsd: 0,
    requestsUsd: 0,
    ...common,
  };
  const byFunctionUsd: number[] = [];
  const loadsAt = loadInstants(run, functions);
  let wastedUsd = 0;
  const livesOf = Map.groupBy(lives, (life) => life.functionId);
  const members = (run.pools ?? []).flatMap((pool) => pool.members);
  const memberOf = new Map(members.map((member) => [member.instanceId, member]));
  const untakenOf = Map.groupBy(
    members.filter((one) => one.instanceId < 0),
    (one) => one.functionId,
  );
  const completed = completedByFunction(run, functions);
  for (const [functionId, facts] of functions.entries()) {
    const { billing, gpus, billsFromLoad, reserved } = facts;
    const all = livesOf.get(functionId) ?? [];
    const isPaid = onReserved(all, reserved?.count ?? 0);
    const own = all.filter(({ instanceId }) => !isPaid.has(instanceId));
    const reservedUsd = reserved === undefined
      ? 0
      : reserved.count * gpus * (reserved.usdPerGpuSecond ?? 0) * run.endAtSeconds;
    const requestsUsd = completed[functionId] * (facts.usdPerRequest ?? 0);
    const startSeconds = (life: InstanceLife) => {
      const end = servedUntilSeconds(life) - upSeconds(life);
      // Differences of instants may be next to nothing on either side of it.
      if (!billsFromLoad) return Math.max(0, end - life.createdAtSeconds);
      return Math.max(0, end - (loadsAt.get(life.instanceId) ?? end));
    };
    for (const life of own) {
      if (!Number.isNaN(life.readyAtSeconds)) continue;
      const { usdPerGpuSecond, usdPerInstanceSecond = 0 } = atShare(billing, shareOf(life, facts));
      wastedUsd += startSeconds(life) * gpus * billing.startShare * usdPerGpuSecond +
        startSeconds(life) * billing.startShare * usdPerInstanceSecond;
    }
    const busy = (life: InstanceLife) => run.totals.at(life.instanceId).busySeconds;
    // Members that no instance was made of have rows of their own.
    const untaken = untakenOf.get(functionId) ?? [];
    const billAt = (
      share: number,
      rows: readonly InstanceLife[],
      rest: readonly PoolMemberLife[],
    ) => {
      const count = rows.length + rest.length;
      const column = (of: (life: InstanceLife) => number) => {
        const values = new Float64Array(count);
        rows.forEach((life, row) => values[row] = of(life));
        return values;
      };
      const pooledSeconds = column((life) => pooledTime(memberOf.get(life.instanceId)));
      rest.forEach((member, i) => pooledSeconds[rows.length + i] = pooledTime(member));
      return bill({
        count,
        startSeconds: column(startSeconds),
        busySeconds: column(busy),
        idleSeconds: column((life) => upSeconds(life) - busy(life)),
        // A draining instance is busy until it stops, so its time is in the busy column already.
        drainingSeconds: new Float64Array(count),
        asleepSeconds: column(asleepSeconds),
        pooledSeconds,
        gpus: new Int32Array(count).fill(gpus),
      }, atShare(billing, share));
    };
    const shares = Map.groupBy(own, (life) => shareOf(life, facts));
    const parts = [billAt(1, shares.get(1) ?? [], untaken)];
    for (const [share, rows] of shares) if (share !== 1) parts.push(billAt(share, rows, []));
    byFunctionUsd.push(addParts(cost, parts) + reservedUsd + requestsUsd);
    cost.totalUsd += reservedUsd + requestsUsd;
    cost.reservedUsd += reservedUsd;
    cost.requestsUsd += requestsUsd;
  }
  cost.totalUsd += common.storageUsd + common.unusedGpusUsd + common.electricityUsd;
  return { ...cost, byFunctionUsd, wastedUsd };
}

/** Adds bills to the sums of all functions; returns their total, dollars. */
function addParts(cost: Omit<BilledUses, "reservedUsd" | "requestsUsd">, parts: readonly Bill[]) {
  let totalUsd = 0;
  for (const part of parts) {
    totalUsd += part.totalUsd;
    cost.busyUsd += part.busyUsd;
    cost.idleUsd += part.idleUsd;
    cost.coldStartUsd += part.coldStartUsd;
    cost.asleepUsd += part.asleepUsd;
    cost.pooledUsd += part.pooledUsd;
    cost.roundingUsd += part.roundingUsd;
  }
  cost.totalUsd += totalUsd;
  return totalUsd;
}

/** What an instance costs, as a share of the price on demand. */
function shareOf({ zone }: InstanceLife, { spotPriceShares }: FunctionFacts): number {
  return zone === undefined ? 1 : spotPriceShares![zone];
}

/** A plan at a share of its prices. */
function atShare(plan: BillingPlan, share: number): BillingPlan {
  if (share === 1) return plan;
  return {
    ...plan,
    usdPerGpuSecond: plan.usdPerGpuSecond * share,
    ...(plan.usdPerInstanceSecond !== undefined && {
      usdPerInstanceSecond: plan.usdPerInstanceSecond * share,
    }),
  };
}

/** Completed requests by function; zeros where no request is billed. */
function completedByFunction(
  run: RunRecord,
  functions: readonly FunctionFacts[],
): Float64Array {
  const counts = new Float64Array(functions.length);
  if (!functions.some(({ usdPerRequest }) => usdPerRequest !== undefined)) return counts;
  const code = OUTCOMES.indexOf("completed");
  for (const { count, outcome, functionId } of rowsOf(run).pieces()) {
    for (let i = 0; i < count; i++) if (outcome[i] === code) counts[functionId[i]]++;
  }
  return counts;
}

/** Time in a pool of the member that an instance was made of, seconds; 0 without. */
function pooledTime(member: PoolMemberLife | undefined): number {
  return member === undefined ? 0 : member.endAtSeconds - member.createdAtSeconds;
}

/** The bill by use, dollars. */
type BilledUses = Record<
  | "totalUsd"
  | "busyUsd"
  | "idleUsd"
  | "coldStartUsd"
  | "asleepUsd"
  | "pooledUsd"
  | "roundingUsd"
  | "reservedUsd"
  | "requestsUsd"
  | "unusedGpusUsd"
  | "electricityUsd"
  | "storageUsd",
  number
>;

/** Instants at which instances begin to fetch or load their weights, where that matters. */
function loadInstants(
  { stageSpans }: RunRecord,
  functions: readonly FunctionFacts[],
): ReadonlyMap<number, number> {
  const instants = new Map<number, number>();
  if (!functions.some((facts) => facts.billsFromLoad)) return instants;
  const { count, names, stage, instanceId, startAtSeconds, endAtSeconds } = stageSpans;
  const isOfWeights = names.map((name) => name.startsWith("weights_"));
  for (let row = 0; row < count; row++) {
    // A fetch of what is there already takes no time and is none.
    if (!isOfWeights[stage[row]] || !(endAtSeconds[row] > startAtSeconds[row])) continue;
    const known = instants.get(instanceId[row]);
    if (known !== undefined && !(startAtSeconds[row] < known)) continue;
    instants.set(instanceId[row], startAtSeconds[row]);
  }
  return instants;
}

/** Dollars per request that met every limit, whenever it arrived. */
export function perGood(
  run: RunRecord,
  limitsOf: (functionId: number, classId: number) => SloLimits,
  totalUsd: number,
): number | null {
  let good = 0;
  let isLimited = false;
  for (const piece of rowsOf(run).pieces()) {
    for (let i = 0; i < piece.count; i++) {
      const limits = limitsOf(piece.functionId[i], piece.classId[i]);
      if (hasLimits(limits)) isLimited = true;
      if (meetsSlo(piece, i, limits)) good++;
    }
  }
  return isLimited && good > 0 ? totalUsd / good : null;
}

/** Renting GPUs throughout in place of paying for instances. */
export interface Rent {
  /** Dollars; null where the price of a GPU is unknown or there was no instance. */
  readonly usd: number | null;
  /** Share of billed time below which paying for instances is cheaper; null likewise. */
  readonly breakEvenShare: number | null;
}

/** Renting the GPUs throughout instead. */
export function alwaysOn(
  { lives, endAtSeconds }: RunRecord,
  functions: readonly FunctionFacts[],
): Rent {
  const unknown = functions.some((facts) => facts.alwaysOnUsdPerGpuSecond === undefined);
  if (unknown || lives.length === 0) return { usd: null, breakEvenShare: null };
  let usdPerSecond = 0, served = 0, rented = 0;
  const peaks = peakInstances(lives, functions.length);
  functions.forEach(({ gpus, billing, alwaysOnUsdPerGpuSecond: price }, id) => {
    usdPerSecond += peaks[id] * gpus * price!;
    served += peaks[id] * (gpus * billing.usdPerGpuSecond + (billing.usdPerInstanceSecond ?? 0));
    rented += peaks[id] * gpus * price!;
  });
  return {
    usd: usdPerSecond * endAtSeconds,
    breakEvenShare: served > 0 ? Math.min(1, rented / served) : null,
  };
}

/** Most instances that each function had at once. */
export function peakInstances(lives: readonly InstanceLife[], functions: number): number[] {
  const changes = lives.flatMap((life) => [
    { functionId: life.functionId, atSeconds: life.createdAtSeconds, change: 1 },
    { functionId: life.functionId, atSeconds: servedUntilSeconds(life), change: -1 },
  ]).sort((a, b) => a.atSeconds - b.atSeconds || a.change - b.change);
  const now = new Array<number>(functions).fill(0);
  const peaks = new Array<number>(functions).fill(0);
  for (const { functionId, change } of changes) {
    now[functionId] += change;
    peaks[functionId] = Math.max(peaks[functionId], now[functionId]);
  }
  return peaks;
}

/**
 * Functions that had instances and whose GPU has no known price: their part of the bill is undefined,
 * and so is the sum.
 */
export function unpricedFunctions(
  { lives, pools = [] }: RunRecord,
  functions: readonly FunctionFacts[],
): ReadonlySet<number> {
  const unpriced = new Set<number>();
  const look = ({ functionId }: { readonly functionId: number }) => {
    if (functions[functionId].lacksPrice) unpriced.add(functionId);
  };
  lives.forEach(look);
  for (const { members } of pools) members.forEach(look);
  return unpriced;
}
