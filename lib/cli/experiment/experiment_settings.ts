import type { SlurmCall } from "./executor_options.ts";

/** What the options of the command "experiment" say. */
export interface ExperimentSettings {
  /** Folder of the results of all experiments. */
  readonly results: string;
  /** Folder of the experiments. */
  readonly experiments: string;
  /** Cells that run at once; 1 runs them in this thread. */
  readonly workers: number;
  /** Names of cells to run alone; none runs all. */
  readonly cells: readonly string[];
  readonly pin: boolean;
  readonly quiet: boolean;
  /** Slurm as the executor; undefined for Workers of this process. */
  readonly slurm?: SlurmCall | undefined;
}
