import { givenPaths } from "../../config/load.ts";
import { sha256 } from "../../results/sha256.ts";
import type { ConfiguredTexts } from "../../run/cluster.ts";
import { cellAddress } from "../cell_address.ts";
import { type CellStore, openCellStore } from "../cell_store.ts";
import type { CellEnd } from "../cell_task.ts";
import type { ExperimentRow, Value } from "../experiment.ts";
import { sourceDigest } from "../source_digest.ts";
import { runInWorkers } from "../worker_pool.ts";
import {
  cellName,
  type SweepCell,
  type SweepDesign,
  type SweepRun,
  sweepRuns,
} from "./sweep_cells.ts";
import { runSweepTask, type SweepTask } from "./sweep_task.ts";

/** Options of {@link runSweep}. */
export interface RunSweepOptions {
  /** Folder in which the figures of finished runs are kept. */
  readonly store: string;
  /** Workers at most; 1 runs everything in this thread. */
  readonly workers: number;
  /** Texts of the files that configurations name. */
  readonly texts?: ConfiguredTexts;
  /** Stops the sweep when it is aborted; runs that have ended are kept. */
  readonly signal?: AbortSignal;
  /** Called when another run has ended: those that have, those that there are, those that were kept. */
  readonly onProgress?: (done: number, total: number, kept: number) => void;
}

/** A run of a sweep that has ended. */
export interface SweepRow {
  readonly cell: SweepCell;
  readonly seed: number;
  /** Figures of its summary by their path, such as "ttft_s.p99". */
  readonly figures: Readonly<Record<string, Value | null>>;
  /** What went wrong, in place of figures. */
  readonly error?: string;
}

/**
 * Runs all runs of a sweep that are not in its store, in Workers, and returns the figures of all. Every
 * run has an address made of its whole configuration, of the files it reads and of the simulator's own
 * sources: what was run once is not run again, in whatever sweep it stands.
 *
 * @throws {RangeError} If the design is none.
 * @throws {Interrupted} If the signal was aborted.
 */
export async function runSweep(design: SweepDesign, options: RunSweepOptions): Promise<SweepRow[]> {
  const { store, texts = {}, onProgress } = options;
  const runs = sweepRuns(design);
  const cells = openCellStore(store);
  const addresses = await addressesOf(runs, texts);
  const figures: (SweepRow["figures"] | undefined)[] = await Promise.all(
    addresses.map((address) => figuresAt(cells, address)),
  );
  const missing = runs.map((_, i) => i).filter((i) => figures[i] === undefined);
  const kept = runs.length - missing.length;
  onProgress?.(kept, runs.length, kept);
  const tasks = missing.map((i): SweepTask => ({
    config: runs[i].config,
    given: [...givenPaths(runs[i].config)],
    texts,
    address: addresses[i],
    store,
  }));
  const ends = await runTasks(tasks, {
    ...options,
    onDone: (done) => onProgress?.(kept + done, runs.length, kept),
  });
  const errors = new Map<number, string>();
  for (const [k, i] of missing.entries()) {
    figures[i] = await figuresAt(cells, addresses[i]);
    if (figures[i] === undefined) {
      errors.set(i, ends[k].error ?? "Error: its file in the store is damaged");
    }
  }
  return runs.map(({ cell, seed }, i) => ({
    cell,
    seed,
    figures: figures[i] ?? {},
    ...(errors.has(i) && { error: errors.get(i)! }),
  }));
}

/** The error of a sweep of which some runs failed; undefined where none did. */
export function failureOf(rows: readonly SweepRow[]): RangeError | undefined {
  const failed = rows.filter(({ error }) => error !== undefined);
  if (failed.length === 0) return undefined;
  const [{ cell, seed, error }] = failed;
  return new RangeError(
    `Cannot finish ${failed.length} of ${rows.length} runs of the sweep, of which the others are ` +
      `kept; the first, ${cellName(cell)}, seed ${seed}: ${error}`,
  );
}

async function addressesOf(runs: readonly SweepRun[], texts: ConfiguredTexts): Promise<string[]> {
  const sources = await sourceDigest(new URL("../../../", import.meta.url));
  const { deno, v8 } = Deno.version;
  const { traceText = null, files = new Map() } = texts;
  const inputs = { texts: await sha256(JSON.stringify([traceText, [...files]])) };
  return await Promise.all(runs.map(async ({ config, seed }) =>
    await cellAddress({
      sources,
      experiment: "sweep/1",
      cell: { config: await sha256(JSON.stringify(config)) },
      seed,
      replications: 1,
      inputs,
      runtime: { deno, v8 },
    })
  ));
}

async function figuresAt(
  cells: CellStore,
  address: string,
): Promise<SweepRow["figures"] | undefined> {
  const outcome = await cells.read(address);
  if (outcome === undefined || !("rows" in outcome)) return undefined;
  const { replication: _, ...figures } = outcome.rows[0] as ExperimentRow;
  return figures;
}

async function runTasks(
  tasks: readonly SweepTask[],
  { workers, signal, onDone }: RunSweepOptions & { readonly onDone: (done: number) => void },
): Promise<readonly CellEnd[]> {
  if (Math.min(workers, tasks.length) > 1) {
    const module = new URL("./sweep_worker.ts", import.meta.url);
    return await runInWorkers<SweepTask, CellEnd>(module, tasks, {
      workers,
      onDone,
      things: "runs",
      ...(signal && { signal }),
    });
  }
  const ends: CellEnd[] = [];
  for (const task of tasks) {
    ends.push(await runSweepTask(task, signal));
    onDone(ends.length);
  }
  return ends;
}
