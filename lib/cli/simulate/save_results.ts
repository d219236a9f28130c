import { hasAnyGroups } from "../../config/group_configurations.ts";
import { mostReplications } from "../../config/sections/replications.ts";
import { replicatedFigures, replicationTable } from "../../experiment/replication_figures.ts";
import type { Replication } from "../../experiment/replication.ts";
import type { RunResult } from "../../metrics/run_tables.ts";
import {
  addToResults,
  makeManifest,
  type ManifestSource,
  openResultDirectory,
  RESULT_TABLES,
  type ResultDirectory,
  writeResults,
  writeTable,
} from "../../results/mod.ts";
import { importLater } from "../import_later.ts";
import { onStop } from "../on_stop.ts";
import type { TraceFile } from "./trace_events.ts";

/** Results that a command writes. */
export interface SavedRun {
  readonly result: RunResult;
  /** The replications of which `result` is the first, if there are several. */
  readonly replications?: readonly Replication[];
  readonly out: string;
  /** `out` as it was opened for the run; absent: it is opened now. */
  readonly directory?: ResultDirectory;
  readonly figures: boolean;
  /** A timeline of the run. */
  readonly trace?: TraceFile;
  readonly source: ManifestSource;
}

/** What became of results. */
export interface SavedFiles {
  /** Why there are no figures, in a line; undefined when they were drawn or not asked for. */
  readonly figureError: string | undefined;
}

/**
 * Writes results to a directory, all or nothing, even when interrupted; then the figures. Whatever
 * goes wrong while they are drawn, the tables stand.
 */
export async function saveResults(saved: SavedRun): Promise<SavedFiles> {
  const { replications, source, trace } = saved;
  const result = replications === undefined
    ? saved.result
    : withNotice(saved.result, firstOf(replications.length));
  const { output } = source.config;
  const directory = saved.directory ?? openResultDirectory(saved.out);
  const dispose = onStop(() => directory.discard());
  try {
    await writeResults(directory, result, output.formats, output.csv_safe);
    if (trace !== undefined) {
      const [name, pieces] = trace;
      directory.write(name, (append) => pieces.forEach((piece) => append(piece)));
    }
    if (replications !== undefined) saveReplications(directory, replications, output);
    directory.commit(await makeManifest(result, source));
  } finally {
    dispose();
    directory.discard();
  }
  return { figureError: saved.figures ? await saveFigures(saved) : undefined };
}

/** Says what tables and figures show of several replications. */
export function firstOf(replications: number): string {
  return `tables and figures are of the first of ${replications} replications; ` +
    "the table replications and replication_summary.json are of all";
}

function withNotice(result: RunResult, notice: string): RunResult {
  const { engine } = result;
  return { ...result, engine: { ...engine, notices: [...engine.notices, notice] } };
}

/** Files that {@linkcode saveResults} writes, as far as they are known before the run. */
export function plannedFiles(config: ManifestSource["config"]): string[] {
  const { output: { formats }, simulation, metrics } = config;
  const isReplicated = mostReplications(simulation.replications) > 1;
  const written = RESULT_TABLES.filter((name) =>
    metrics.explain !== false || name !== "latency_parts"
  );
  const tables = [
    ...written,
    ...(metrics.per_function ? ["function_series"] : []),
    ...(hasAnyGroups(config) ? ["kv_transfers"] : []),
    ...(isReplicated ? ["replications"] : []),
  ];
  return [
    ...tables.flatMap((name) => formats.map((format) => `${name}.${format}`)),
    "summary.json",
    ...(isReplicated ? ["replication_summary.json"] : []),
  ];
}

async function saveFigures({ result, source, out }: SavedRun): Promise<string | undefined> {
  try {
    const { output, slo } = source.config;
    const { drawFigures, figureSource } = await importLater<typeof import("../../report/mod.ts")>(
      import.meta.resolve("../../report/mod.ts"),
    );
    const files: [string, Uint8Array][] = [];
    await drawFigures(figureSource(result), { formats: output.figures, slo }, (name, bytes) => {
      files.push([`figures/${name}`, bytes]);
    });
    addToResults(out, files);
  } catch (error) {
    return `Cannot draw the figures (${oneLine(error)}); the tables are in ${out}`;
  }
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split("\n")[0].slice(0, 300);
}

/** One row per replication, and the interval of each figure over them. */
function saveReplications(
  directory: ResultDirectory,
  replications: readonly Replication[],
  { formats, csv_safe: csvSafe }: ManifestSource["config"]["output"],
): void {
  writeTable(directory, "replications", replicationTable(replications), formats, csvSafe);
  const figures = replicatedFigures(replications).flatMap(({ name, interval }) => {
    if (interval === undefined) return [];
    const { estimate: mean, lower, upper, level } = interval;
    return [[name, { mean, lower, upper, level }]];
  });
  const text = JSON.stringify(Object.fromEntries(figures), null, 2) + "\n";
  directory.write("replication_summary.json", (append) => append(text));
}
