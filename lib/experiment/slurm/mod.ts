/**
 * Cells as job arrays of Slurm: what is done is what is in the store, what is under way is what Slurm
 * says about arrays of these cells. Read slurm_executor.ts first, then array_run.ts.
 *
 * @module
 */
export { arrayScript, identityOptions, shellWord } from "./array_script.ts";
export { type Place, placesOfCells } from "./places.ts";
export { cancelJobs, SLURM_PROGRAMS } from "./scheduler.ts";
export {
  readSlurmSite,
  SLURM_SETTINGS,
  type SlurmGiven,
  type SlurmSettings,
  slurmSettings,
  type SlurmSite,
} from "./settings.ts";
export { slurmExecutor, type Submission, submitToSlurm } from "./slurm_executor.ts";
export type { SlurmOptions } from "./slurm_options.ts";
export { makeWork, openWorkFolder, shardOf, type Work, type WorkFolder } from "./work.ts";
