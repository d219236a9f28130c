/**
 * Sweeps: all combinations of levels of a configuration's settings, with several seeds, in Workers, each
 * run kept by its content address. Read sweep_cells.ts first, then run_kept.ts.
 *
 * @module
 */
export {
  type KeptRun,
  openRunWorkers,
  runKept,
  type RunKeptOptions,
  type RunWorkers,
} from "./run_kept.ts";
export { failureOf, runSweep, type RunSweepOptions, type SweepRow } from "./run_sweep.ts";
export {
  cellName,
  type Level,
  settingPath,
  type SweepCell,
  type SweepConfig,
  type SweepDesign,
  type SweepFactors,
  type SweepRun,
  sweepRuns,
  withSeed,
} from "./sweep_cells.ts";
