import type { Experiment, ExperimentRow } from "../../experiment/experiment.ts";
import { importExperiment } from "../../experiment/load_experiment.ts";
import { filesOfRows, readFigureRows } from "../../experiment/read_rows.ts";
import { resultsFolder } from "../results_folder.ts";

/** An experiment and the rows of its last run. */
export interface OpenExperiment {
  /** As its experiment.ts defines it. */
  readonly experiment: Experiment;
  /** The rows that its figures are drawn from. */
  readonly rows: readonly ExperimentRow[];
}

/**
 * An experiment of this repository and the rows of its last run: in results/experiments, or in the
 * folder that the environment variable SIMFAAS_RESULTS names.
 *
 * @throws {RangeError} If it has not run: the message has the command that runs it.
 */
export async function openExperiment(id: string): Promise<OpenExperiment> {
  return (await openExperiments([id]))[0];
}

/**
 * Several experiments, in the order of their names here.
 *
 * @throws {RangeError} If some have not run: the message has the one command that runs them all.
 */
export async function openExperiments(ids: readonly string[]): Promise<OpenExperiment[]> {
  const root = new URL("../../../", import.meta.url);
  const folderOf = (id: string) => `${resultsFolder()}/${id}`;
  const experiments = await Promise.all(
    ids.map((id) => importExperiment(new URL(`experiments/${id}/experiment.ts`, root).href)),
  );
  const missing = ids.filter((id) => filesOfRows(folderOf(id)).length === 0);
  if (missing.length > 0) {
    const verb = missing.length === 1 ? "run" : "reproduce";
    throw new RangeError(
      `Cannot read the rows of experiments that have not run: run ` +
        `"deno task experiment ${verb} ${
          missing.join(" ")
        }" in a terminal, then this cell again; ` +
        `current value is "${resultsFolder()}" without ${missing.join(", ")}`,
    );
  }
  return await Promise.all(
    experiments.map(async (experiment, i) => ({
      experiment,
      rows: await readFigureRows(experiment, folderOf(ids[i])),
    })),
  );
}
