import { isFinished, openCellStore } from "./cell_store.ts";
import type { CellTask } from "./cell_task.ts";
import type { Executor } from "./executor.ts";
import type { FailedCell } from "./run_experiment.ts";

/** What came of the cells of a shard. */
export interface ShardRun {
  readonly total: number;
  /** Cells that were there. */
  readonly cached: number;
  readonly failed: readonly FailedCell[];
}

/** Runs the cells of a shard that are not in their store; rows stay there. */
export async function runShard(
  tasks: readonly CellTask[],
  executor: Executor,
  onProgress?: (done: number, total: number, cached: number) => void,
): Promise<ShardRun> {
  const missing: CellTask[] = [];
  for (const task of tasks) {
    const outcome = await openCellStore(task.store).read(task.address);
    if (!isFinished(outcome)) missing.push(task);
  }
  const total = tasks.length;
  const cached = total - missing.length;
  onProgress?.(cached, total, cached);
  const ends = await executor.run(missing, (done) => onProgress?.(cached + done, total, cached));
  const failed = missing.flatMap(({ key }, i) => {
    const { error } = ends[i];
    return error === undefined ? [] : [{ key, error }];
  });
  return { total, cached, failed };
}
