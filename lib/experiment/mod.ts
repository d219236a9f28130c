/**
 * Runs of more than one simulation: replications, in parallel where there are cores.
 * Read replicate.ts first, then worker_pool.ts.
 *
 * @module
 */
export { replicate, type ReplicatedRun, type ReplicateOptions } from "./replicate.ts";
export type { Replication } from "./replication.ts";
export {
  type ReplicatedFigure,
  replicatedFigures,
  replicationTable,
  summaryFigures,
} from "./replication_figures.ts";
export { serveTasks } from "./serve_tasks.ts";
export { runInWorkers, type TaskAnswer, type WorkerPoolOptions } from "./worker_pool.ts";
