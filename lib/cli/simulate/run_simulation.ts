import type { Configuration } from "../../config/configuration.ts";
import { runSize, sizeNotices } from "../../config/check/mod.ts";
import type { ReportProgress } from "../../cluster/cluster_parts.ts";
import type { RunInputs } from "../../run/cluster.ts";
import { mostReplications } from "../../config/sections/replications.ts";
import type { ReachedPrecision } from "../../experiment/replicate.ts";
import type { Trace } from "../../workload/traces/trace.ts";
import type { Replication } from "../../experiment/replication.ts";
import type { RunResult } from "../../metrics/run_tables.ts";
import { LIMITS } from "../../sim/limits.ts";
import { LONGEST_MESSAGE, shownName } from "../../std/safe_text.ts";
import { importLater } from "../import_later.ts";
import type { TraceRecorderOptions } from "../../report/trace_events/mod.ts";
import { UsageError } from "../usage_error.ts";
import { loadTraceEvents, traced, type TraceFile } from "./trace_events.ts";
import type { MemoryGuard } from "./memory_guard.ts";
import { type NamedFiles, readNamedFiles } from "./named_files.ts";
import { showProgress } from "./progress.ts";
import { checkOwnFile, ownJson, writeOwnFile } from "../own_file.ts";
import { digits, duration, grouped } from "../readable_numbers.ts";
import type { RunMeter } from "./run_meter.ts";
import { showSummary } from "./show_summary.ts";
import type { Streaming } from "./streaming.ts";

/** A run that a command asks for. */
export interface RunRequest {
  readonly config: Configuration;
  /** Configuration files: name and text, for the manifest. */
  readonly files: readonly { readonly name: string; readonly content: string }[];
  /** Settings that the command line gives by their paths. */
  readonly overridden: ReadonlySet<string>;
  /** Directory of the results; undefined prints the summary alone. */
  readonly out: string | undefined;
  readonly figures: boolean;
  /** Whether rows of requests go to `out` as they end, rather than stay in memory. */
  readonly stream?: boolean;
  readonly quiet: boolean;
  /** Which timeline of the run to write into `out`; undefined writes none. */
  readonly traceEvents?: TraceRecorderOptions | undefined;
  /** Arguments that would save the same run, as a shell takes them; only without `out`. */
  readonly saveLine?: string;
  /** File for the time and memory of this process; undefined does not measure. */
  readonly timing?: string;
}

/** What was run: one result, and the replications of which it is the first. */
interface Run {
  readonly result: RunResult;
  readonly trace?: TraceFile;
  readonly replications?: readonly Replication[];
  /** Where replications were to go on until a figure is known well enough: how well it is. */
  readonly precision?: ReachedPrecision | undefined;
}

/** What `--timing` writes. */
const TIMING_FORMAT = "simfaasinfer-timing";
const TIMING = ownJson("--timing", "times of a run", TIMING_FORMAT, [
  ...["total", "phases", "peak_bytes", "loop_allocated_bytes"],
]);

/**
 * Simulates, prints the summary and writes the results. No table is written unless all are.
 *
 * @returns Exit code: 0, or 1 when the figures could not be drawn.
 * @throws {RangeError} Before simulating, if a named file cannot be read or the directory not
 * written.
 */
export async function runSimulation(
  request: RunRequest,
  print: (line: string) => void,
): Promise<number> {
  const { config, files, out, timing, traceEvents } = request;
  if (traceEvents !== undefined && mostReplications(config.simulation.replications) > 1) {
    throw severalRuns(config);
  }
  if (timing !== undefined) checkOwnFile(timing, TIMING);
  const meter = timing === undefined
    ? undefined
    : new (await importLater<typeof import("./run_meter.ts")>(
      import.meta.resolve("./run_meter.ts"),
    )).RunMeter();
  const fileNames = files.map((file) => file.name);
  const named = await readNamedFiles(config, { fileNames, overridden: request.overridden });
  if (out !== undefined) {
    const { checkResultDirectory } = await importLater<
      typeof import("../../results/result_directory.ts")
    >(import.meta.resolve("../../results/result_directory.ts"));
    const { plannedFiles } = await importLater<typeof import("./save_results.ts")>(
      import.meta.resolve("./save_results.ts"),
    );
    const { TRACE_FILE } = traceEvents ? await loadTraceEvents() : { TRACE_FILE: undefined };
    checkResultDirectory(out, [...plannedFiles(config), ...(TRACE_FILE ? [TRACE_FILE] : [])]);
  }
  if (out === undefined || request.stream !== true) {
    return await runAndSave(request, named, print, meter);
  }
  const { openStreaming } = await importLater<typeof import("./streaming.ts")>(
    import.meta.resolve("./streaming.ts"),
  );
  const streaming = openStreaming(out);
  try {
    return await runAndSave(request, named, print, meter, streaming);
  } finally {
    streaming.close();
  }
}

async function runAndSave(
  request: RunRequest,
  named: NamedFiles,
  print: (line: string) => void,
  meter: RunMeter | undefined,
  streaming?: Streaming,
): Promise<number> {
  const { config, files, out, figures, quiet, timing, traceEvents } = request;
  const { inputs, ...texts } = named;
  const guard = await guardMemory(config, named.trace, request.stream);
  const startedMs = performance.now();
  const run = mostReplications(config.simulation.replications) > 1
    ? await runReplications(config, texts)
    : await runOnce(config, texts, quiet, { meter, guard, streaming, traceEvents });
  const wallTimeSeconds = (performance.now() - startedMs) / 1000;
  meter?.begin("results");
  await show(run, print);
  if (!quiet) {
    print("");
    print(speed(run, wallTimeSeconds));
  }
  let figureError: string | undefined;
  if (out !== undefined) {
    const { firstOf, saveResults } = await importLater<typeof import("./save_results.ts")>(
      import.meta.resolve("./save_results.ts"),
    );
    const source = { config, inputs: [...files, ...inputs], wallTimeSeconds };
    ({ figureError } = await saveResults({
      ...run,
      out,
      figures,
      source,
      ...(streaming && { directory: streaming.directory }),
    }));
    if (!quiet && run.replications !== undefined) {
      print(`Note: ${firstOf(run.replications.length)}`);
    }
  }
  if (timing !== undefined) {
    const report = { format: `${TIMING_FORMAT}/1`, ...meter!.timing() };
    writeOwnFile(timing, JSON.stringify(report, null, 2) + "\n", TIMING);
  }
  if (figureError !== undefined) {
    console.error(figureError);
    return 1;
  }
  if (!quiet) {
    print(
      out === undefined
        ? `Nothing was written. To save it: deno task simulate ${request.saveLine}`
        : `Results are in ${out}` +
          (figures ? `, figures in ${out.replace(/\/$/, "")}/figures` : ""),
    );
  }
  return 0;
}

function severalRuns({ simulation }: Configuration): UsageError {
  return new UsageError(
    `Cannot write trace events of several runs: current value of simulation.replications is ` +
      `${mostReplications(simulation.replications)} (--set simulation.replications=1)`,
  );
}

/**
 * What ends the run before the memory ends the process. Says on stderr what a user should know of the
 * run's size.
 *
 * @throws {UsageError} If the run cannot fit.
 */
async function guardMemory(
  config: Configuration,
  trace: Trace | undefined,
  isStreamed = false,
): Promise<MemoryGuard> {
  const { MemoryGuard } = await importLater<typeof import("./memory_guard.ts")>(
    import.meta.resolve("./memory_guard.ts"),
  );
  const guard = new MemoryGuard(config);
  const size = runSize(config, undefined, undefined, isStreamed);
  const replayed = config.workload.cycle_prompts ? 0 : trace?.table.count ?? 0;
  // What a trace's clock is, and how much of it is replayed, is seen when the run is built.
  const count = Math.min(LIMITS.requests.value, replayed * config.workload.trace.rate_scale);
  const known = { count, lastArrivalSeconds: 0 };
  const { bytes } = replayed > 0 ? runSize(config, known, undefined, isStreamed) : size;
  const atOnce = Math.min(
    mostReplications(config.simulation.replications),
    navigator.hardwareConcurrency,
  );
  guard.requireRoom(bytes * atOnce);
  for (const notice of sizeNotices(size)) console.error(`Note: ${notice}`);
  return guard;
}

async function runOnce(
  config: Configuration,
  texts: RunInputs,
  quiet: boolean,
  { meter, guard, streaming, traceEvents }: {
    readonly meter: RunMeter | undefined;
    readonly guard: MemoryGuard;
    readonly streaming: Streaming | undefined;
    readonly traceEvents: TraceRecorderOptions | undefined;
  },
): Promise<Run> {
  const { simulate, simulateStreamed } = await import("../../run/simulate.ts");
  const progress = await showProgress(quiet);
  try {
    const onPhase = meter && { onPhase: (phase: string) => meter.begin(phase) };
    const onProgress: ReportProgress = (share, simulatedSeconds, holdings) => {
      progress.update(share, simulatedSeconds);
      guard.look(simulatedSeconds, holdings);
    };
    const options = { ...texts, onProgress, ...onPhase };
    if (streaming !== undefined) {
      const { signal, target } = streaming;
      return { result: await simulateStreamed(config, { ...options, signal }, target) };
    }
    const observer = traceEvents && new (await loadTraceEvents()).TraceRecorder(traceEvents);
    const plain = await simulate(config, { ...options, ...(observer && { observer }) });
    const result = config.metrics.kv_sensitivity
      ? await withKvSensitivity(config, texts, plain)
      : plain;
    return observer ? await traced(observer, result) : { result };
  } finally {
    progress.stop();
  }
}

/** A result with what its tail owes to a few per cent of KV blocks among its notices. */
async function withKvSensitivity(
  config: Configuration,
  texts: RunInputs,
  result: RunResult,
): Promise<RunResult> {
  const { kvSensitivity } = await importLater<typeof import("./kv_sensitivity.ts")>(
    import.meta.resolve("./kv_sensitivity.ts"),
  );
  const notice = await kvSensitivity(config, texts, result);
  if (notice === undefined) return result;
  const { engine } = result;
  return { ...result, engine: { ...engine, notices: [...engine.notices, notice] } };
}

async function runReplications(config: Configuration, texts: RunInputs): Promise<Run> {
  const { replicate } = await importLater<typeof import("../../experiment/replicate.ts")>(
    import.meta.resolve("../../experiment/replicate.ts"),
  );
  const workers = navigator.hardwareConcurrency;
  const { first: result, replications, precision } = await replicate(config, { texts, workers });
  return { result, replications, precision };
}

/** Prints the summary of a run, or the figures of its replications. */
async function show(
  { result, replications, precision }: Run,
  print: (line: string) => void,
): Promise<void> {
  if (replications === undefined) {
    for (const line of showSummary(result)) print(line);
    return;
  }
  const { replicatedFigures } = await importLater<
    typeof import("../../experiment/replication_figures.ts")
  >(import.meta.resolve("../../experiment/replication_figures.ts"));
  const { showReplications } = await importLater<typeof import("./show_replications.ts")>(
    import.meta.resolve("./show_replications.ts"),
  );
  const figures = replicatedFigures(replications);
  for (const line of showReplications(figures, replications.length, precision)) print(line);
  if (result.engine.notices.length > 0) print("");
  for (const notice of result.engine.notices) print(`Note: ${shownName(notice, LONGEST_MESSAGE)}`);
}

function speed({ result, replications }: Run, wallTimeSeconds: number): string {
  if (replications !== undefined) {
    return `Ran ${replications.length} replications in ${duration(wallTimeSeconds)}`;
  }
  const simulated = result.timeSeries.timeSeconds.at(-1) ?? 0;
  return `Simulated ${grouped(Math.round(simulated))} s in ${duration(wallTimeSeconds)}: ` +
    `${digits(simulated / wallTimeSeconds)} simulated seconds per second`;
}
