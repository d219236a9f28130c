import type { Configuration } from "../config/configuration.ts";
import type { ConfiguredTexts } from "../run/cluster.ts";
import type { Replication } from "../experiment/replication.ts";
import type { RunResult } from "../metrics/run_tables.ts";
import { importLater } from "./import_later.ts";
import { readNamedFiles } from "./named_files.ts";
import { showProgress } from "./progress.ts";
import { digits, duration, grouped } from "./readable_numbers.ts";
import type { RunMeter } from "./run_meter.ts";
import { showSummary } from "./show_summary.ts";

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
  readonly quiet: boolean;
  /** File for the time and memory of this process; undefined does not measure. */
  readonly timing?: string;
}

/** What was run: one result, and the replications of which it is the first. */
interface Run {
  readonly result: RunResult;
  readonly replications?: readonly Replication[];
}

/**
 * Simulates, prints the summary and writes the results. Nothing is written unless everything is.
 *
 * @throws {RangeError} Before simulating, if a named file cannot be read or the directory not
 * written.
 */
export async function runSimulation(
  request: RunRequest,
  print: (line: string) => void,
): Promise<void> {
  const { config, files, out, figures, quiet, timing } = request;
  const meter = timing === undefined
    ? undefined
    : new (await importLater<typeof import("./run_meter.ts")>("./run_meter.ts")).RunMeter();
  const fileNames = files.map((file) => file.name);
  const named = await readNamedFiles(config, { fileNames, overridden: request.overridden });
  if (out !== undefined) {
    const { checkResultDirectory } = await import("../results/result_directory.ts");
    checkResultDirectory(out);
  }
  const { inputs, ...texts } = named;
  const startedMs = performance.now();
  const run = config.simulation.replications > 1
    ? await runReplications(config, texts)
    : await runOnce(config, texts, quiet, meter);
  const wallTimeSeconds = (performance.now() - startedMs) / 1000;
  meter?.begin("results");
  await show(run, print);
  if (!quiet) {
    print("");
    print(speed(run, wallTimeSeconds));
  }
  if (out !== undefined) {
    const { saveResults } = await import("./save_results.ts");
    const source = { config, inputs: [...files, ...inputs], wallTimeSeconds };
    await saveResults({ ...run, out, figures, source });
  }
  if (timing !== undefined) {
    Deno.writeTextFileSync(timing, JSON.stringify(meter!.timing(), null, 2) + "\n");
  }
  if (!quiet) {
    print(
      out === undefined
        ? "Nothing was written: --out DIR writes tables, summary and manifest."
        : `Results are in ${out}` +
          (figures ? `, figures in ${out.replace(/\/$/, "")}/figures` : ""),
    );
  }
}

async function runOnce(
  config: Configuration,
  texts: ConfiguredTexts,
  quiet: boolean,
  meter: RunMeter | undefined,
): Promise<Run> {
  const { simulate } = await import("../run/simulate.ts");
  const progress = await showProgress(quiet);
  try {
    const onPhase = meter && { onPhase: (phase: string) => meter.begin(phase) };
    return {
      result: await simulate(config, { ...texts, onProgress: progress.update, ...onPhase }),
    };
  } finally {
    progress.stop();
  }
}

async function runReplications(config: Configuration, texts: ConfiguredTexts): Promise<Run> {
  const { replicate } = await importLater<typeof import("../experiment/replicate.ts")>(
    "../experiment/replicate.ts",
  );
  const workers = navigator.hardwareConcurrency;
  const { first: result, replications } = await replicate(config, { texts, workers });
  return { result, replications };
}

/** Prints the summary of a run, or the figures of its replications. */
async function show({ result, replications }: Run, print: (line: string) => void): Promise<void> {
  if (replications === undefined) {
    for (const line of showSummary(result)) print(line);
    return;
  }
  const { replicatedFigures } = await importLater<
    typeof import("../experiment/replication_figures.ts")
  >("../experiment/replication_figures.ts");
  const { showReplications } = await importLater<typeof import("./show_replications.ts")>(
    "./show_replications.ts",
  );
  for (const line of showReplications(replicatedFigures(replications), replications.length)) {
    print(line);
  }
  if (result.engine.notices.length > 0) print("");
  for (const notice of result.engine.notices) print(`Note: ${notice}`);
}

function speed({ result, replications }: Run, wallTimeSeconds: number): string {
  if (replications !== undefined) {
    return `Ran ${replications.length} replications in ${duration(wallTimeSeconds)}`;
  }
  const simulated = result.timeSeries.timeSeconds.at(-1) ?? 0;
  return `Simulated ${grouped(Math.round(simulated))} s in ${duration(wallTimeSeconds)}: ` +
    `${digits(simulated / wallTimeSeconds)} simulated seconds per second`;
}
