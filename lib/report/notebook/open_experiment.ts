import type { Experiment, ExperimentRow } from "../../experiment/experiment.ts";
import { importExperiment } from "../../experiment/load_experiment.ts";
import { filesOfRows, readFigureRows } from "../../experiment/read_rows.ts";
import { resultsFolder } from "../results_folder.ts";

/**
 * An experiment of this repository and the rows of its last run: in results/experiments, or in the
 * folder that the environment variable SIMFAAS_RESULTS names.
 *
 * @throws {RangeError} If it has not run: the message is the command that runs it.
 */
export async function openExperiment(
  id: string,
): Promise<{ readonly experiment: Experiment; readonly rows: readonly ExperimentRow[] }> {
  const root = new URL("../../../", import.meta.url);
  const experiment = await importExperiment(new URL(`experiments/${id}/experiment.ts`, root).href);
  const folder = `${resultsFolder()}/${id}`;
  if (filesOfRows(folder).length === 0) {
    throw new RangeError(
      `Cannot read the rows of ${id}, which has not run: "deno task experiment run ${id}" runs it, ` +
        `"deno task experiment reproduce" all of them; current value is "${folder}"`,
    );
  }
  return { experiment, rows: await readFigureRows(experiment, folder) };
}
