import { replicatedFigures, replicationTable } from "../experiment/replication_figures.ts";
import type { Replication } from "../experiment/replication.ts";
import type { RunResult } from "../metrics/run_tables.ts";
import {
  makeManifest,
  type ManifestSource,
  openResultDirectory,
  type ResultDirectory,
  writeResults,
  writeTable,
} from "../results/mod.ts";
import { importLater } from "./import_later.ts";

/** Results that a command writes. */
export interface SavedRun {
  readonly result: RunResult;
  /** The replications of which `result` is the first, if there are several. */
  readonly replications?: readonly Replication[];
  readonly out: string;
  readonly figures: boolean;
  readonly source: ManifestSource;
}

/** Writes results and figures to a directory, all or nothing, even when interrupted. */
export async function saveResults(saved: SavedRun): Promise<void> {
  const { result, replications, source } = saved;
  const { config } = source;
  const directory = openResultDirectory(saved.out);
  const stop = () => {
    directory.discard();
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", stop);
  try {
    const { formats, csv_safe: csvSafe } = config.output;
    writeResults(directory, result, await makeManifest(result, source), formats, csvSafe);
    if (replications !== undefined) saveReplications(directory, replications, config.output);
    if (saved.figures) {
      const { drawFigures, figureSource } = await importLater<typeof import("../report/mod.ts")>(
        "../report/mod.ts",
      );
      const options = { formats: config.output.figures, slo: config.slo };
      await drawFigures(figureSource(result), options, (name, bytes) => {
        directory.write(`figures/${name}`, (append) => append(bytes));
      });
    }
    directory.commit();
  } finally {
    directory.discard();
    Deno.removeSignalListener("SIGINT", stop);
  }
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
