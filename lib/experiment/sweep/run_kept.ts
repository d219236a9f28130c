import type { Configuration } from "../../config/configuration.ts";
import { givenPaths } from "../../config/load.ts";
import { sha256 } from "../../results/sha256.ts";
import type { RunInputs } from "../../run/cluster.ts";
import { cellAddress } from "../cell_address.ts";
import { type CellStore, openCellStore } from "../cell_store.ts";
import type { CellEnd } from "../cell_task.ts";
import type { ExperimentRow, Value } from "../experiment.ts";
import { sourceDigest } from "../source_digest.ts";
import { openWorkerPool, type WorkerPool } from "../worker_pool.ts";
import { END_COLUMN, runSweepTask, type SweepTask } from "./sweep_task.ts";

/** Options of {@link runKept}. */
export interface RunKeptOptions {
  /** Folder in which the figures of finished runs are kept. */
  readonly store: string;
  /** Workers at most; 1 runs everything in this thread. */
  readonly workers: number;
  /** Texts of the files that configurations name, or a trace that was read. */
  readonly texts?: RunInputs;
  /** SHA-256 of the file of a trace that was read, which its runs are known by. */
  readonly traceSha256?: string;
  /** Workers of {@link openRunWorkers}, which its caller closes; default new ones for the call. */
  readonly pool?: RunWorkers;
  /** Stops the runs when it is aborted; those that have ended are kept. */
  readonly signal?: AbortSignal;
  /** Called when another run has ended: those that have, those that there are, those that were kept. */
  readonly onProgress?: (done: number, total: number, kept: number) => void;
}

/** Workers for runs, for several calls. */
export type RunWorkers = WorkerPool<SweepTask, CellEnd>;

/** Workers that stay from one call of {@link runKept} to the next. */
export function openRunWorkers(): RunWorkers {
  return openWorkerPool(new URL("./sweep_worker.ts", import.meta.url));
}

/** A run that has ended. */
export interface KeptRun {
  /** Figures of its summary by their path, such as "ttft_s.p99"; empty where it failed. */
  readonly figures: Readonly<Record<string, Value | null>>;
  /** End of its last instance or request, whichever is later, seconds; NaN where it failed. */
  readonly endAtSeconds: number;
  /** What went wrong, in place of figures. */
  readonly error?: string;
}

/**
 * Runs the configurations that are not in a store, in Workers, and returns the figures of all in their
 * order. Every run has an address made of its whole configuration, of the files it reads and of the
 * simulator's own sources: what was run once is not run again, whoever asks for it.
 *
 * @throws {Interrupted} If the signal was aborted.
 */
export async function runKept(
  configs: readonly Configuration[],
  options: RunKeptOptions,
): Promise<KeptRun[]> {
  const { store, texts = {}, onProgress } = options;
  const cells = openCellStore(store);
  const addresses = await addressesOf(configs, options);
  const runs: (KeptRun | undefined)[] = await Promise.all(
    addresses.map((address) => runAt(cells, address)),
  );
  const missing = configs.map((_, i) => i).filter((i) => runs[i] === undefined);
  const kept = configs.length - missing.length;
  onProgress?.(kept, configs.length, kept);
  const tasks = missing.map((i): SweepTask => ({
    config: configs[i],
    given: [...givenPaths(configs[i])],
    texts,
    address: addresses[i],
    store,
  }));
  const ends = await runTasks(tasks, {
    ...options,
    onDone: (done) => onProgress?.(kept + done, configs.length, kept),
  });
  for (const [k, i] of missing.entries()) {
    runs[i] = await runAt(cells, addresses[i]) ?? {
      figures: {},
      endAtSeconds: NaN,
      error: ends[k].error ?? "Error: its file in the store is damaged",
    };
  }
  return runs as KeptRun[];
}

/** Digest of the sources that this process runs: read once, as the sources are. */
let ownSources: Promise<string> | undefined;

async function addressesOf(
  configs: readonly Configuration[],
  { texts = {}, traceSha256 }: RunKeptOptions,
): Promise<string[]> {
  if (texts.trace !== undefined && traceSha256 === undefined) {
    throw new TypeError(
      "Cannot keep the runs of a trace without the SHA-256 of its file: current value is undefined",
    );
  }
  const sources = await (ownSources ??= sourceDigest(new URL("../../../", import.meta.url)));
  const { deno, v8 } = Deno.version;
  const { traceText = null, files = new Map() } = texts;
  const inputs = {
    texts: await sha256(JSON.stringify([traceText, [...files]])),
    ...(traceSha256 !== undefined && { trace: traceSha256 }),
  };
  return await Promise.all(configs.map(async (config) =>
    await cellAddress({
      sources,
      experiment: "sweep/1",
      cell: { config: await sha256(JSON.stringify(config)) },
      seed: config.simulation.random_seed,
      replications: 1,
      inputs,
      runtime: { deno, v8 },
    })
  ));
}

async function runAt(cells: CellStore, address: string): Promise<KeptRun | undefined> {
  const outcome = await cells.read(address);
  if (outcome === undefined || !("rows" in outcome)) return undefined;
  const { replication: _, [END_COLUMN]: end, ...figures } = outcome.rows[0] as ExperimentRow;
  return typeof end === "number" ? { figures, endAtSeconds: end } : undefined;
}

async function runTasks(
  tasks: readonly SweepTask[],
  { workers, pool, signal, onDone }: RunKeptOptions & { readonly onDone: (done: number) => void },
): Promise<readonly CellEnd[]> {
  if (Math.min(workers, tasks.length) > 1) {
    const own = pool ?? openRunWorkers();
    try {
      return await own.run(tasks, {
        workers,
        onDone,
        things: "runs",
        ...(signal && { signal }),
      });
    } finally {
      if (pool === undefined) own.close();
    }
  }
  const ends: CellEnd[] = [];
  for (const task of tasks) {
    ends.push(await runSweepTask(task, signal));
    onDone(ends.length);
  }
  return ends;
}
