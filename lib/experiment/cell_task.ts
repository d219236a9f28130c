import { cutText, LONGEST_MESSAGE } from "../std/safe_text.ts";
import { thrownText } from "./author_error.ts";
import { type CellOutcome, openCellStore, type Shard } from "./cell_store.ts";
import { designCells } from "./design_cells.ts";
import { type LoadedExperiment, loadExperiment } from "./load_experiment.ts";
import { runCell } from "./run_cell.ts";

/** A cell to run, as plain data: it can be handed to a Worker, or to another machine. */
export interface CellTask {
  /** Address of the experiment's module. */
  readonly module: string;
  /** Name of the cell. */
  readonly key: string;
  /** Content address under which its outcome is kept. */
  readonly address: string;
  /** Folder of the store. */
  readonly store: string;
}

/** How a cell ended. */
export interface CellEnd {
  /** What went wrong; undefined when its rows are in the store. */
  readonly error?: string;
}

const loaded = new Map<string, Promise<LoadedExperiment>>();

/**
 * Runs a cell and keeps its outcome in the store. An error of the cell is an outcome; what it throws
 * is a mistake of the machinery.
 */
export async function runCellTask(task: CellTask): Promise<CellEnd> {
  if (!loaded.has(task.module)) loaded.set(task.module, loadExperiment(task.module));
  const { experiment, inputs } = await loaded.get(task.module)!;
  const found = designCells(experiment).find(({ key }) => key === task.key);
  const store = openCellStore(task.store);
  const shards: Shard[] = [];
  let outcome: CellOutcome;
  try {
    if (found === undefined) {
      throw new RangeError(
        `Cannot run a cell as one of ${experiment.id}: current value is ${task.key}`,
      );
    }
    const rows = await runCell(experiment, found.cell, inputs, (table, replication) => {
      shards.push(store.writeShard(task.address, replication, table));
    });
    outcome = shards.length > 0 ? { shards } : { rows };
  } catch (error) {
    outcome = { error: cutText(thrownText(error), LONGEST_MESSAGE) };
  }
  await store.write(task.address, outcome);
  return "error" in outcome ? { error: outcome.error } : {};
}
