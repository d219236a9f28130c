import {
  claimStore,
  type ExperimentPlan,
  isFinished,
  makeWork,
  openCellStore,
  submitToSlurm,
} from "../../experiment/mod.ts";
import { UsageError } from "../usage_error.ts";
import { cellsFolder } from "./cells_executor.ts";
import type { ExperimentSettings } from "./experiment_settings.ts";
import { nameFromHere, slurmOptions } from "./slurm_call.ts";

/**
 * Submits the cells of an experiment without waiting for them, or prints their script, where the
 * command line asks for that.
 *
 * @param again Whether cells that are there are run as well.
 * @returns Whether that was all to do: not where nobody asks, or where no cell is missing.
 */
export async function submitOnly(
  plan: ExperimentPlan,
  settings: ExperimentSettings,
  again: boolean,
  print: (line: string) => void,
): Promise<boolean> {
  const { slurm, cells } = settings;
  if (slurm === undefined || !(slurm.detach || slurm.dryRun)) return false;
  if (cells.length > 0) {
    throw new UsageError(
      `Cannot run single cells without waiting for them: current value is ` +
        `${slurm.detach ? "--detach" : "--dry-run"} with --cell`,
    );
  }
  const { id } = plan.experiment;
  const store = again ? `${plan.store}.again` : plan.store;
  const missing = await missingTasks(plan, store);
  if (missing.length === 0) {
    if (slurm.dryRun) print(`All cells of ${id} are there: nothing would be submitted`);
    return slurm.dryRun;
  }
  const options = slurmOptions(plan, settings, slurm, again);
  if (slurm.dryRun) {
    const name = store.slice(store.lastIndexOf("/") + 1);
    const fresh = missing.map(({ key, address }) => ({ key, address, attempt: 0 }));
    print(options.script(await makeWork(id, name, fresh, options.settings.tasks)).trimEnd());
    return true;
  }
  const { submitted, underWay } = await submitToSlurm(missing, options);
  await claimStore(cellsFolder(settings), id, plan.module);
  print(
    `${id}: ${submitted} cells submitted` + (underWay > 0 ? `, ${underWay} are under way` : "") +
      `; "deno task experiment status ${
        nameFromHere(plan, settings)
      }" shows them, the same command without --detach ` +
      "waits and collects",
  );
  return true;
}

async function missingTasks({ tasks }: ExperimentPlan, store: string) {
  const cells = openCellStore(store);
  const missing: typeof tasks[number][] = [];
  for (const task of tasks) {
    const outcome = await cells.read(task.address);
    if (!isFinished(outcome)) missing.push(task);
  }
  return missing;
}
