/**
 * Runs of more than one simulation: replications, and experiments with factors, targets and figures,
 * in parallel where there are cores; and validation against measured servers. Read replicate.ts first,
 * then define_experiment.ts and run_experiment.ts; of validation, validation/mod.ts.
 *
 * @module
 */
export {
  type ReachedPrecision,
  replicate,
  type ReplicatedRun,
  type ReplicateOptions,
} from "./replicate.ts";
export type { Replication } from "./replication.ts";
export {
  type ReplicatedFigure,
  replicatedFigures,
  replicationTable,
  summaryFigures,
} from "./replication_figures.ts";
export { serveTasks } from "./serve_tasks.ts";
export { runInWorkers, type TaskAnswer, type WorkerPoolOptions } from "./worker_pool.ts";
export * from "./slurm/mod.ts";
export { cellAddress, type CellOrigin } from "./cell_address.ts";
export {
  type CellOutcome,
  type CellStore,
  isFinished,
  openCellStore,
  type Shard,
} from "./cell_store.ts";
export { type CellEnd, type CellTask, runCellTask } from "./cell_task.ts";
export { defineExperiment } from "./define_experiment.ts";
export { designCells, type NamedCell } from "./design_cells.ts";
export { type Executor, serialExecutor, workerExecutor } from "./executor.ts";
export { differences, type Expected, expectedOf, expectedOfJson } from "./expected.ts";
export type {
  Cell,
  CellContext,
  CellReturn,
  Design,
  Experiment,
  ExperimentDefinition,
  ExperimentFigure,
  ExperimentInput,
  ExperimentRow,
  Factors,
  Measures,
  Value,
} from "./experiment.ts";
export {
  experimentAt,
  type ExperimentPlace,
  findExperiments,
  isExperimentPath,
} from "./find_experiments.ts";
export { importExperiment, type LoadedExperiment, loadExperiment } from "./load_experiment.ts";
export { type ExperimentPlan, planExperiment } from "./plan_experiment.ts";
export { filesOfRows, readFigureRows, readRows } from "./read_rows.ts";
export { rowTable } from "./row_table.ts";
export { runCell } from "./run_cell.ts";
export {
  type ExperimentRun,
  type FailedCell,
  type FinishedCell,
  runExperiment,
  type RunExperimentOptions,
} from "./run_experiment.ts";
export { runShard, type ShardRun } from "./run_shard.ts";
export { experimentDigest, foldersDigest, sourceDigest } from "./source_digest.ts";
export { checkStoreOwner, claimStore, releaseStore } from "./store_owner.ts";
export { targetCells, targetPage } from "./target_page.ts";
export {
  drawExperimentFigures,
  type DrawExperimentOptions,
  filesOfExperiment,
  writeExperiment,
  type WrittenExperiment,
} from "./write_experiment.ts";
export * from "./validation/mod.ts";
