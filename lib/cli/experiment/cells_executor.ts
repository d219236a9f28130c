import {
  type Executor,
  type ExperimentPlan,
  serialExecutor,
  slurmExecutor,
  workerExecutor,
} from "../../experiment/mod.ts";
import { onStop } from "../on_stop.ts";
import type { ExperimentSettings } from "./experiment_settings.ts";
import { nameFromHere, slurmOptions } from "./slurm_call.ts";

/** Folder of the finished cells of all experiments. */
export function cellsFolder(settings: ExperimentSettings): string {
  return `${settings.results}/.cells`;
}

/** The executor that the command line asks for; `release` is called when its run has ended. */
export function cellsExecutor(
  plan: ExperimentPlan,
  settings: ExperimentSettings,
  again: boolean,
): { readonly executor: Executor; release(): void } {
  const { workers, slurm } = settings;
  if (slurm === undefined) {
    const executor = workers === 1 ? serialExecutor() : workerExecutor(workers);
    return { executor, release: () => {} };
  }
  const name = nameFromHere(plan, settings);
  const release = onStop(() => {
    console.error(
      `The array of ${plan.experiment.id} goes on. The same command waits for it again; "deno task experiment ` +
        `status ${name}" shows it, "deno task experiment cancel ${name}" ends it`,
    );
  });
  return { executor: slurmExecutor(slurmOptions(plan, settings, slurm, again)), release };
}
