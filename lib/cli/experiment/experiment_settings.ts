/** What the options of the command "experiment" say. */
export interface ExperimentSettings {
  /** Folder of the results of all experiments. */
  readonly results: string;
  /** Cells that run at once; 1 runs them in this thread. */
  readonly workers: number;
  /** Names of cells to run alone; none runs all. */
  readonly cells: readonly string[];
  readonly pin: boolean;
  readonly quiet: boolean;
}
