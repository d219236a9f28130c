import type { LatencySummary } from "./latency_summary.ts";
import { OUTCOME_CODE } from "./recorder.ts";
import { timesToFirstToken } from "./function_latencies.ts";
import { rowsOf } from "./rows/request_rows.ts";
import type { RunRecord } from "./run_record.ts";
import { hasLimits, meetsSlo, type SloLimits } from "./slo.ts";

/** What the rows by function are made of. */
export interface FunctionOptions {
  /** Names by id. */
  readonly names: readonly string[];
  /** Limits of a function's requests of a class. */
  readonly limitsOf: (functionId: number, classId: number) => SloLimits;
  /** The bill of each function, dollars; null where its GPU has no price. */
  readonly costUsd: readonly (number | null)[];
  /** The energy of each function, joules; absent: nobody asks. */
  readonly energyJoules?: ArrayLike<number>;
  readonly percentiles: readonly number[];
  readonly warmupSeconds: number;
}

/** One function, over the requests that arrived after the warm-up. */
export interface FunctionPart {
  readonly name: string;
  /** Its requests, those that completed, met every limit, and waited for a start. */
  readonly arrived: number;
  readonly completed: number;
  readonly attained: number;
  readonly waited: number;
  /** Whether any of them had limits. */
  readonly isLimited: boolean;
  /** Starts of its instances during the run. */
  readonly starts: number;
  readonly ttft: LatencySummary;
  /** Time from creation to stop of its instances and members of pools. */
  readonly instanceSeconds: number;
  /** Its part of the bill; null where its GPU has no price. */
  readonly costUsd: number | null;
  /** Its energy; null where nobody asks. */
  readonly energyJoules: number | null;
}

/** What the figures of each function are computed from. */
export function functionParts(
  run: RunRecord,
  options: FunctionOptions,
): FunctionPart[] {
  const { names, limitsOf, costUsd, percentiles, warmupSeconds } = options;
  const { endAtSeconds } = run;
  const count = names.length;
  const arrived = new Int32Array(count);
  const completed = new Int32Array(count);
  const attained = new Int32Array(count);
  const limited = new Uint8Array(count);
  const waited = new Int32Array(count);
  for (const columns of rowsOf(run).pieces()) {
    for (let i = 0; i < columns.count; i++) {
      const at = columns.arrivalAtSeconds[i];
      if (!(at <= endAtSeconds && at >= warmupSeconds)) continue;
      const fn = columns.functionId[i];
      const limits = limitsOf(fn, columns.classId[i]);
      arrived[fn]++;
      if (columns.outcome[i] === OUTCOME_CODE.completed) completed[fn]++;
      if (columns.coldStartWaitSeconds[i] > 0) waited[fn]++;
      if (hasLimits(limits)) limited[fn] = 1;
      if (meetsSlo(columns, i, limits)) attained[fn]++;
    }
  }
  const ttft = timesToFirstToken(rowsOf(run), completed, percentiles, warmupSeconds);
  const instanceSeconds = new Float64Array(count);
  const starts = new Int32Array(count);
  for (const life of run.lives) {
    instanceSeconds[life.functionId] += life.stoppedAtSeconds - life.createdAtSeconds;
    if (life.madeOf === "sleeper") continue;
    // Instances that are there from the beginning have not been started, unlike those that give up.
    const isInitial = life.createdAtSeconds <= 0 && life.readyAtSeconds <= 0;
    if (!isInitial) starts[life.functionId]++;
  }
  for (const member of (run.pools ?? []).flatMap((pool) => pool.members)) {
    instanceSeconds[member.functionId] += member.endAtSeconds - member.createdAtSeconds;
  }
  return names.map((name, fn) => ({
    name,
    arrived: arrived[fn],
    completed: completed[fn],
    attained: attained[fn],
    waited: waited[fn],
    isLimited: limited[fn] === 1,
    starts: starts[fn],
    ttft: ttft[fn],
    instanceSeconds: instanceSeconds[fn],
    costUsd: costUsd[fn],
    energyJoules: options.energyJoules?.[fn] ?? null,
  }));
}
