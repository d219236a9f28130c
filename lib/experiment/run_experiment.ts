import { sha256 } from "../results/sha256.ts";
import { ofAuthor } from "./author_error.ts";
import { type CellOutcome, isFinished, openCellStore, type Shard } from "./cell_store.ts";
import type { Executor } from "./executor.ts";
import type { ExperimentRow } from "./experiment.ts";
import type { ExperimentPlan } from "./plan_experiment.ts";
import { withTables } from "./tables.ts";

/** A finished cell. */
export interface FinishedCell {
  readonly key: string;
  readonly address: string;
  /** SHA-256 over its rows. */
  readonly digest: string;
}

/** A cell that failed. */
export interface FailedCell {
  readonly key: string;
  readonly error: string;
}

/** What came of the cells of an experiment. */
export interface ExperimentRun {
  /** Rows of all finished cells in the order of the cells; of tables what `summarise` makes of them. */
  readonly rows: readonly ExperimentRow[];
  /** Paths of the tables of all finished cells in their order; none where cells have rows. */
  readonly tables: readonly string[];
  readonly finished: readonly FinishedCell[];
  readonly failed: readonly FailedCell[];
  /** Cells that were taken from the store. */
  readonly cached: number;
  /** Files in the store that were cut short, changed or foreign; their cells were run again. */
  readonly damaged: number;
}

/** Options of {@link runExperiment}. */
export interface RunExperimentOptions {
  readonly executor: Executor;
  /** Whether cells that are there are run as well; what comes of them replaces them one by one. */
  readonly again?: boolean;
  /** Called when another cell has ended: those that have, those that there are, those cached. */
  readonly onProgress?: (done: number, total: number, cached: number) => void;
}

/**
 * Runs the cells of an experiment that are not in its store. Cells that failed are run again; one that
 * fails loses no other.
 */
export async function runExperiment(
  plan: ExperimentPlan,
  { executor, again = false, onProgress }: RunExperimentOptions,
): Promise<ExperimentRun> {
  const { tasks, store } = plan;
  const cells = openCellStore(store);
  const outcomes = new Map<string, CellOutcome>();
  for (const { key, address } of again ? [] : tasks) {
    const outcome = await cells.read(address);
    if (outcome !== undefined && isFinished(outcome)) outcomes.set(key, outcome);
  }
  const missing = tasks.filter(({ key }) => !outcomes.has(key));
  const cached = outcomes.size;
  onProgress?.(cached, tasks.length, cached);
  const ran = await executor.run(
    missing,
    (done) => onProgress?.(cached + done, tasks.length, cached),
  );
  for (const [i, { key, address }] of missing.entries()) {
    const { error } = ran[i];
    const outcome = error === undefined ? await cells.read(address) : { error };
    outcomes.set(key, outcome ?? { error: "Error: its file in the store is damaged" });
  }
  const rows: ExperimentRow[] = [];
  const shards: Shard[] = [];
  const finished: FinishedCell[] = [];
  const failed: FailedCell[] = [];
  for (const { key, address } of tasks) {
    const outcome = outcomes.get(key)!;
    if ("error" in outcome) {
      failed.push({ key, error: outcome.error });
      continue;
    }
    // One by one: as arguments of a call a hundred thousand would be too many.
    if ("rows" in outcome) { for (const row of outcome.rows) rows.push(row); }
    else shards.push(...outcome.shards);
    finished.push({ key, address, digest: await digestOf(outcome) });
  }
  const tables = shards.map(cells.pathOf);
  return {
    rows: tables.length === 0 ? rows : await rowsOfTables(plan, tables, rows.length),
    ...{ tables, finished, failed, cached, damaged: cells.damaged },
  };
}

async function digestOf(
  outcome: Exclude<CellOutcome, { readonly error: string }>,
): Promise<string> {
  const parts = "rows" in outcome ? outcome.rows : outcome.shards.map((shard) => shard.sha256);
  return await sha256(JSON.stringify(parts));
}

async function rowsOfTables(
  { experiment: { id, summarise }, module, store }: ExperimentPlan,
  tables: readonly string[],
  rows: number,
): Promise<readonly ExperimentRow[]> {
  if (rows > 0) {
    throw new TypeError(
      `Cannot collect the cells of ${id} as tables: current value is rows in some of them`,
    );
  }
  if (summarise === undefined) return [];
  return await ofAuthor(`summarise the tables of ${id}`, module, async () => {
    const rows: unknown = await withTables(tables, store, summarise);
    const areRows = Array.isArray(rows) && rows.every((row) => row instanceof Object);
    if (!areRows) throw new TypeError("summarise() returns no list of rows");
    return rows;
  });
}
