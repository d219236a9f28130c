import { type CellEnd, type CellTask, runCellTask } from "./cell_task.ts";
import { runInWorkers } from "./worker_pool.ts";

export type { CellEnd };

/**
 * Runs cells somewhere. Tasks are plain data and outcomes are in the store as soon as they are there,
 * so that an executor may be threads, processes or the array jobs of a cluster.
 */
export interface Executor {
  /**
   * @param onDone Called when another cell has ended, with the number of those that have.
   * @returns How each cell ended, in the order of the tasks.
   */
  run(tasks: readonly CellTask[], onDone?: (done: number) => void): Promise<readonly CellEnd[]>;
}

/** One cell after the other in this thread. */
export function serialExecutor(): Executor {
  return {
    async run(tasks, onDone) {
      const ends: CellEnd[] = [];
      for (const task of tasks) {
        ends.push(await runCellTask(task));
        onDone?.(ends.length);
      }
      return ends;
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
      runInWorkers<CellTask, CellEnd>(module, tasks, { workers, ...(onDone && { onDone }) }),
  };
}
