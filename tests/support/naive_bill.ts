import type { Configuration } from "../../lib/config/configuration.ts";
import type { RunResult } from "../../lib/metrics/run_tables.ts";

/** A row of the table `instances`. */
interface PhaseRow {
  readonly instance: number;
  readonly functionId: number;
  readonly phase: string;
  readonly start: number;
  readonly end: number;
}

/** What is billed of one instance, or of one member of a pool that no instance was made of, seconds. */
interface BilledLife {
  readonly functionId: number;
  readonly start: number;
  readonly busy: number;
  readonly idle: number;
  readonly asleep: number;
  readonly pooled: number;
}

/** Shares of the price by use, and how time is rounded, seconds. */
interface Terms {
  readonly start: number;
  readonly busy: number;
  readonly idle: number;
  readonly asleep: number;
  readonly pooled: number;
  readonly granularity: number;
  readonly minimum: number;
}

/** A bill by use, dollars, and by function. */
export interface NaiveBill {
  readonly cold_start_usd: number;
  readonly busy_usd: number;
  readonly idle_usd: number;
  readonly asleep_usd: number;
  readonly pooled_usd: number;
  readonly rounding_usd: number;
  readonly storage_usd: number;
  readonly total_usd: number;
  readonly byFunction: readonly number[];
}

/** What the documentation says of each billing preset: share of starts, share of idle time, begun units. */
const PRESETS = {
  "per-second-from-start": [1, 1, 1],
  "per-second-ready": [0, 1, 1],
  "per-second-busy": [0, 0, 1],
  "instance-hours": [1, 1, 3600],
} as const;

function termsOf({ cost, scaling }: Configuration): Terms {
  const { preset, from, granularity, minimum } = cost.billing;
  const { of } = scaling.prewarmed_pool;
  const asleep = cost.sleep_factor;
  const pooled = (startShare: number) =>
    cost.pool_factor ?? (of === null || of === "container" ? 0 : startShare);
  if (preset !== null) {
    const [start, idle, unit] = PRESETS[preset];
    return { start, busy: 1, idle, asleep, pooled: pooled(start), granularity: unit, minimum: 0 };
  }
  const work = cost.compute_cost ? 1 : 0;
  return {
    start: from === "ready" ? 0 : work,
    busy: work,
    idle: cost.idle_cost ? cost.idle_factor : 0,
    asleep,
    // A member of a pool has loaded nothing yet, or is not ready yet.
    pooled: pooled(from === "start" ? work : 0),
    granularity,
    minimum,
  };
}

function phaseRows({ instances }: RunResult): PhaseRow[] {
  return Array.from({ length: instances.count }, (_, row) => ({
    instance: instances.instanceId[row],
    functionId: instances.functionId[row],
    phase: instances.phaseNames[instances.phase[row]],
    start: instances.startAtSeconds[row],
    end: instances.endAtSeconds[row],
  }));
}

/**
 * GPU-hours and instance-seconds of a run from the table of instances: asleep an instance holds no GPU,
 * and the members of a pool hold some where `poolHoldsGpus` says so.
 */
export function naiveUse(result: RunResult, gpus: number, poolHoldsGpus: boolean) {
  let gpuHours = 0, instanceSeconds = 0;
  for (const { phase, start, end } of phaseRows(result)) {
    if (phase.startsWith("start:")) continue;
    instanceSeconds += end - start;
    const isPooled = phase === "warming" || phase === "pooled";
    if (phase === "asleep" || (isPooled && !poolHoldsGpus)) continue;
    gpuHours += gpus * (end - start) / 60 / 60;
  }
  return { gpuHours, instanceSeconds };
}

/** The members of pools that no instance was made of: "warming", "pooled", or one after the other. */
function untakenMembers(rows: readonly PhaseRow[]): BilledLife[] {
  const members: { functionId: number; pooled: number }[] = [];
  let warmUntil = NaN;
  for (const { instance, functionId, phase, start, end } of rows) {
    if (instance >= 0 || phase.startsWith("start:")) continue;
    if (phase === "pooled" && start === warmUntil) members.at(-1)!.pooled += end - start;
    else members.push({ functionId, pooled: end - start });
    warmUntil = phase === "warming" ? end : NaN;
  }
  return members.map((one) => ({ start: 0, busy: 0, idle: 0, asleep: 0, ...one }));
}

/** Time in which an instance has a request in it that a step has begun to work on, seconds. */
function busySeconds({ requests }: RunResult, instance: number): number {
  const spans: [number, number][] = [];
  for (let i = 0; i < requests.count; i++) {
    if (requests.instanceId[i] !== instance || Number.isNaN(requests.completedAtSeconds[i])) {
      continue;
    }
    spans.push([requests.scheduledAtSeconds[i], requests.completedAtSeconds[i]]);
  }
  spans.sort((a, b) => a[0] - b[0]);
  let busy = 0, until = 0;
  for (const [start, end] of spans) {
    busy += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return busy;
}

/** Time of an instance's start that is billed, seconds: all of it, or from the first load of weights on. */
function billedStart(rows: readonly PhaseRow[], fromLoad: boolean): number {
  const start = rows.find(({ phase }) => phase === "starting" || phase === "waking");
  if (start === undefined) return 0;
  if (!fromLoad) return start.end - start.start;
  const loads = rows.filter((row) =>
    row.phase.startsWith("start:weights_") && row.start >= start.start
  ).map((row) => row.start);
  return loads.length === 0 ? 0 : start.end - Math.min(...loads);
}

function livesOf(result: RunResult, config: Configuration): BilledLife[] {
  const rows = phaseRows(result);
  const { preset, from } = config.cost.billing;
  const fromLoad = preset === null && from === "load";
  const instances = Map.groupBy(rows.filter((row) => row.instance >= 0), (row) => row.instance);
  const lives = [...instances].map(([instance, own]): BilledLife => {
    const seconds = (...phases: string[]) =>
      own.filter(({ phase }) => phases.includes(phase))
        .reduce((sum, { start, end }) => sum + end - start, 0);
    const busy = busySeconds(result, instance);
    return {
      functionId: own[0].functionId,
      start: billedStart(own, fromLoad),
      busy,
      idle: seconds("ready", "draining") - busy,
      asleep: seconds("asleep"),
      pooled: seconds("warming", "pooled"),
    };
  });
  return [...lives, ...untakenMembers(rows)];
}

/** At least the minimum, and a whole number of units, unless nothing is billed at all. */
function rounded(seconds: number, { granularity, minimum }: Terms): number {
  if (seconds < 1e-12) return 0;
  const least = Math.max(seconds, minimum);
  if (granularity === 0) return least;
  const units = least / granularity;
  const whole = Math.round(units);
  return (Math.abs(units - whole) * granularity < 1e-9 ? whole : Math.ceil(units)) * granularity;
}

/**
 * The bill of a run, worked out anew from the table of instances (as in instances.parquet), that of
 * requests, and the configuration.
 *
 * @param usdPerGpuHour Price of the GPU.
 * @param gpus GPUs of an instance.
 * @param usdPerGbMonth Prices of keeping weights.
 */
export function naiveBill(
  result: RunResult,
  config: Configuration,
  { usdPerGpuHour, gpus, usdPerGbMonth }: {
    readonly usdPerGpuHour: number;
    readonly gpus: number;
    readonly usdPerGbMonth: Readonly<Record<"dram" | "ssd" | "remote", number>>;
  },
): NaiveBill {
  const terms = termsOf(config);
  const usd = (seconds: number) => gpus * seconds / 60 / 60 * usdPerGpuHour;
  const uses = ["start", "busy", "idle", "asleep", "pooled"] as const;
  const bill = { start: 0, busy: 0, idle: 0, asleep: 0, pooled: 0, rounding: 0 };
  const byFunction = result.functionNames.map(() => 0);
  for (const life of livesOf(result, config)) {
    let billed = 0;
    for (const use of uses) {
      billed += terms[use] * life[use];
      bill[use] += usd(terms[use] * life[use]);
    }
    bill.rounding += usd(rounded(billed, terms) - billed);
    byFunction[life.functionId] += usd(rounded(billed, terms));
  }
  const { stored_weights_gb_hours: stored } = result.summary;
  let storage = 0;
  for (const tier of ["dram", "ssd", "remote"] as const) {
    storage += stored[tier] / 24 / 30 * usdPerGbMonth[tier];
  }
  return {
    cold_start_usd: bill.start,
    busy_usd: bill.busy,
    idle_usd: bill.idle,
    asleep_usd: bill.asleep,
    pooled_usd: bill.pooled,
    rounding_usd: bill.rounding,
    storage_usd: storage,
    total_usd: byFunction.reduce((sum, usd) => sum + usd, 0) + storage,
    byFunction,
  };
}
