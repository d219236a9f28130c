import type { CellOutcome } from "./cell_store.ts";
import { type CellTask, runCellTask } from "./cell_task.ts";
import { runInWorkers } from "./worker_pool.ts";

/**
 * Runs cells somewhere. Tasks are plain data and outcomes are in the store as soon as they are there,
 * so that an executor may be threads, processes or the array jobs of a cluster.
 */
export interface Executor {
  /**
   * @param onDone Called when another cell has ended, with the number of those that have.
   * @returns Outcomes in the order of the tasks.
   */
  run(tasks: readonly CellTask[], onDone?: (done: number) => void): Promise<readonly CellOutcome[]>;
}

/** One cell after the other in this thread. */
export function serialExecutor(): Executor {
  return {
    async run(tasks, onDone) {
      const outcomes: CellOutcome[] = [];
      for (const task of tasks) {
        outcomes.push(await runCellTask(task));
        onDone?.(outcomes.length);
      }
      return outcomes;
    },
  };
}

/**
 * Cells in parallel Workers of this process.
 *
 * @param workers Workers at most, >= 1.
 */
export function workerExecutor(workers: number): Executor {
  const module = new URL("./cell_worker.ts", import.meta.url);
  return {
    run: (tasks, onDone) =>
      runInWorkers<CellTask, CellOutcome>(module, tasks, { workers, ...(onDone && { onDone }) }),
  };
}
