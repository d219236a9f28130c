import { cellAddress } from "./cell_address.ts";
import type { CellTask } from "./cell_task.ts";
import { designCells } from "./design_cells.ts";
import { type LoadedExperiment, loadExperiment } from "./load_experiment.ts";
import { experimentDigest, sourceDigest } from "./source_digest.ts";

/** An experiment and the tasks that its cells are, in their order. */
export interface ExperimentPlan extends LoadedExperiment {
  readonly tasks: readonly CellTask[];
  /** Folder of its finished cells. */
  readonly store: string;
  /** SHA-256 of the sources that cells are computed by. */
  readonly sources: string;
}

/**
 * Loads an experiment and addresses its cells.
 *
 * @param module Address of its experiment.ts.
 * @param cells Folder that holds the finished cells of all experiments.
 * @throws {RangeError} If an input is not there.
 */
export async function planExperiment(module: string, cells: string): Promise<ExperimentPlan> {
  const loaded = await loadExperiment(module);
  const { experiment, inputDigests: inputs } = loaded;
  const [sources, own] = await Promise.all([
    sourceDigest(new URL("../../", import.meta.url)),
    experimentDigest(module),
  ]);
  const store = `${cells}/${experiment.id}`;
  const { seed, replications } = experiment;
  const { deno, v8 } = Deno.version;
  const runtime = { deno, v8 };
  const same = { sources, experiment: own, seed, replications, inputs, runtime };
  const tasks = await Promise.all(
    designCells(experiment).map(async ({ key, cell }) => ({
      module,
      key,
      address: await cellAddress({ ...same, cell }),
      store,
    })),
  );
  return { ...loaded, tasks, store, sources };
}
