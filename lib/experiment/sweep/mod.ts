/**
 * Sweeps: all combinations of levels of a configuration's settings, with several seeds, in Workers, each
 * run kept by its content address. Read sweep_cells.ts first, then run_sweep.ts.
 *
 * @module
 */
export { failureOf, runSweep, type RunSweepOptions, type SweepRow } from "./run_sweep.ts";
export {
  cellName,
  type Level,
  type SweepCell,
  type SweepConfig,
  type SweepDesign,
  type SweepFactors,
  type SweepRun,
  sweepRuns,
} from "./sweep_cells.ts";
