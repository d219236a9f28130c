import type { ReportProgress } from "../cluster/cluster_parts.ts";
import { simulateCluster, simulateInterruptibly, simulateObserved } from "../cluster/simulate.ts";
import { coldStartWaits } from "../metrics/cold_start_waits.ts";
import { censoredNotices } from "../metrics/censored_notices.ts";
import { rowsDigest, runDigest } from "../metrics/digest.ts";
import { instancePhases } from "../metrics/instance_phases.ts";
import type { RunResult } from "../metrics/run_tables.ts";
import { cameTooLate, turnedAway } from "./turned_away.ts";
import { undefinedNotices } from "../metrics/undefined_figures.ts";
import { summarize } from "../metrics/summary.ts";
import { buildEnergyTerms } from "./energy.ts";
import { attendance } from "./attendance.ts";
import {
  buildCluster,
  type BuiltCluster,
  type ConfiguredTexts,
  type RunInputs,
} from "./cluster.ts";
import { mser5Warmup, requestsWarmup } from "./warmup.ts";
import { mostReplications } from "../config/sections/replications.ts";
import { rowsOf, type StreamedResult } from "../metrics/rows/request_rows.ts";
import type { RunRecord } from "../metrics/run_record.ts";
import { LIMITS } from "../sim/limits.ts";
import type { Configuration } from "../config/configuration.ts";
import { displayedAs } from "../std/display.ts";
import type { StreamTarget } from "./stream.ts";

/** What a run does first, next and last: build its parts, simulate, summarise. */
export type SimulatePhase = "build" | "loop" | "summary";

/** Options of {@link simulate}. */
export interface SimulateOptions extends ConfiguredTexts {
  /**
   * Called now and then with the share of requests that have ended, the simulated time, seconds, and
   * what the run holds. An error that it throws ends the run.
   */
  readonly onProgress?: ReportProgress;
  /**
   * Stops the run when it is aborted: `simulate` then throws {@link Interrupted}, within milliseconds
   * as a rule. With a signal the run lets timers and events of the program through now and then;
   * without one it keeps the thread to itself. The result is the same to the byte.
   */
  readonly signal?: AbortSignal;
  /** Called as each phase begins, for a clock outside: nothing in here reads one. */
  readonly onPhase?: (phase: SimulatePhase) => void;
}

/**
 * Runs the simulation that a configuration describes and returns its columns and summary. Touches no
 * disk: files that the configuration names are handed in as texts. Equal configurations and texts
 * give equal results to the byte.
 *
 * @throws {RangeError} If the configuration cannot be built (unknown model, model too big for the
 *   GPU), or the run cannot go on.
 * @throws {SyntaxError} If a row of the trace is malformed.
 * @throws {Interrupted} If `signal` was aborted.
 *
 * @example
 * ```ts
 * import { loadConfig, simulate } from "simfaasinfer";
 * const config = loadConfig("workload: { type: poisson, arrival_rate: 5, num_requests: 200 }");
 * const run = await simulate(config);
 * console.log(run.summary.requests.completed); // 200
 * ```
 */
export async function simulate(
  config: Configuration,
  options: SimulateOptions = {},
): Promise<RunResult> {
  const around = attendance();
  try {
    const { signal = around.signal, onProgress = around.onProgress, ...others } = options;
    return await simulateAttended(config, { ...others, signal, onProgress });
  } finally {
    around.end?.();
  }
}

/**
 * Runs the simulation as {@link simulate} does, with the rows of the requests somewhere else than in
 * memory. Summary, digest and rows are the same.
 *
 * @throws {ConfigError} If the configuration needs all requests at once.
 */
export async function simulateStreamed(
  config: Configuration,
  options: SimulateOptions,
  stream: StreamTarget,
): Promise<StreamedResult> {
  return await simulateAttended(config, { ...options, stream }) as StreamedResult;
}

async function simulateAttended(
  config: Configuration,
  { onProgress, onPhase, signal, ...texts }: SimulateOptions & RunInputs,
): Promise<RunResult> {
  onPhase?.("build");
  const first = await buildCluster(config, texts);
  onPhase?.("loop");
  const run = async ({ parts }: BuiltCluster) => {
    const told = onProgress ? { ...parts, onProgress } : parts;
    if (texts.observer) return await simulateObserved(told, texts.observer, signal);
    return signal ? await simulateInterruptibly(told, signal) : simulateCluster(told);
  };
  const { built, record, warmup } = await withWarmup(config, first, run, texts);
  const { parts, facts, classes, hasClasses, weights, storedAt, kvCache, notices } = built;
  onPhase?.("summary");
  const functionNames = parts.functions.map(({ name }) => name);
  const waits = coldStartWaits(record);
  const energy = buildEnergyTerms(config);
  const summary = summarize(record, {
    functions: facts,
    functionNames,
    coldStartWaits: waits,
    ...(weights && { weightCache: weights.counts() }),
    stored: storedAt(record.endAtSeconds),
    ...(built.rentedMachines && { rentedMachines: built.rentedMachines }),
    ...(energy && { energy }),
    percentiles: config.metrics.percentiles,
    warmupSeconds: warmup.seconds,
    ...(hasClasses ? { classes } : { slo: classes[0].slo }),
  });
  const rows = rowsOf(record);
  const digest = texts.stream === undefined
    ? await runDigest(record.columns)
    : await rowsDigest(rows, texts.stream.newSha256);
  return displayedAs("run", {
    requests: record.columns,
    ...(rows.whole === undefined && { rows }),
    timeSeries: record.timeSeries,
    ...(record.functionSeries && { functionSeries: record.functionSeries }),
    instances: instancePhases(record),
    ...(record.kvTransfers && { kvTransfers: record.kvTransfers }),
    coldStartWaits: waits,
    ...(record.latencyParts && { latencyParts: record.latencyParts }),
    ...(record.kvTiers && { kvTiers: record.kvTiers }),
    summary: displayedAs("summary", { ...summary, digest }),
    functionNames,
    engine: {
      stepping: config.simulation.stepping,
      stepsLeapt: record.stepsLeapt,
      stepsSingle: record.stepsSingle,
      kvCache,
      notices: [
        ...notices,
        ...turnedAway(rows, built.lengthLimits, functionNames),
        ...cameTooLate(rows, functionNames),
        ...undefinedNotices(summary.undefined_figures),
        ...censoredNotices(summary.measured, config.metrics.percentiles),
        ...(mostReplications(config.simulation.replications) > 1
          ? [
            `simulation.replications has no effect: simulate() is one run, the replication ` +
            `${config.simulation.replication}; replicate() runs them all`,
          ]
          : []),
        ...(record.scalesOn ? [scalesOnNotice(record.endAtSeconds)] : []),
        ...(warmup.notice === undefined ? [] : [warmup.notice]),
      ],
    },
    tbtCdf: record.gaps.cdf(),
  });
}

function scalesOnNotice(endAtSeconds: number): string {
  return `the fleet had not scaled down ${
    LIMITS.runsOnSeconds.value / 86_400
  } days after its last ` +
    `request: the run and the bill end at ${Math.round(endAtSeconds)} s (simulation.end says how ` +
    `long a run goes on)`;
}

/** A run with its warm-up, which is given, found (then the run is made anew), or longer than the run. */
async function withWarmup(
  config: Configuration,
  built: BuiltCluster,
  run: (built: BuiltCluster) => Promise<RunRecord>,
  texts: RunInputs,
): Promise<{
  readonly built: BuiltCluster;
  readonly record: RunRecord;
  readonly warmup: { readonly seconds: number; readonly notice?: string };
}> {
  const record = await run(built);
  const { warmup_duration: asked, warmup_requests: requests } = config.simulation;
  if (asked === "mser5" || requests !== null) {
    const warmup = requests === null
      ? mser5Warmup(record.columns)
      : requestsWarmup(record.columns, requests);
    if (warmup.seconds === 0) return { built, record, warmup };
    // The same run once more: gaps between tokens are split at the instant itself.
    const again = await buildCluster(config, texts);
    const parts = { ...again.parts, warmupSeconds: warmup.seconds };
    return { built: again, record: await run({ ...again, parts }), warmup };
  }
  const rows = rowsOf(record);
  const last = rows.count > 0 ? rows.at(rows.count - 1) : undefined;
  const lastArrival = last?.arrivalAtSeconds[last.count - 1] ?? 0;
  if (!(asked > 0 && asked > lastArrival)) return { built, record, warmup: { seconds: asked } };
  record.gaps.merge(record.warmupGaps);
  const notice = `the warm-up of ${asked} s is longer than the workload of ${
    lastArrival.toFixed(1)
  } s and was not left out`;
  return { built, record, warmup: { seconds: 0, notice } };
}
