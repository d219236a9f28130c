import {
  cancelJobs,
  type CellEnd,
  type CellStore,
  type CellTask,
  checkStoreOwner,
  claimStore,
  type ExperimentPlace,
  type ExperimentPlan,
  filesOfExperiment,
  isFinished,
  openCellStore,
  openWorkFolder,
  type Place,
  placesOfCells,
  releaseStore,
  runExperiment,
  runShard,
  serialExecutor,
  shardOf,
  workerExecutor,
} from "../../experiment/mod.ts";
import { checkResultDirectory, clearResults } from "../../results/mod.ts";
import { UsageError } from "../usage_error.ts";
import { cellProgress } from "./cell_progress.ts";
import { cellsFolder } from "./cells_executor.ts";
import { nameOf, noteDamaged, planOf, summaryLine, writeRun } from "./experiment_actions.ts";
import type { ExperimentSettings } from "./experiment_settings.ts";
import { arrayFolder } from "./slurm_call.ts";

type Print = (line: string) => void;

/** Cells that are named one by one where many are not there. */
const MOST_NAMED = 20;

/** Which cells of an experiment a call runs: a share of all, or those of a task of an array. */
export type Share =
  | { readonly of: number; readonly index: number }
  | { readonly work: string; readonly index: number };

/** Runs a share of the cells that are not there yet; 1 if one fails. */
export async function runShare(
  place: ExperimentPlace,
  share: Share,
  settings: ExperimentSettings,
  print: Print,
): Promise<number> {
  const plan = await planOf(place, settings);
  const tasks = "work" in share
    ? tasksOfArray(plan, share, settings)
    : shardOf(plan.tasks, share.of, share.index);
  await claimStore(cellsFolder(settings), place.id, place.module);
  const { workers, quiet } = settings;
  const executor = workers === 1 ? serialExecutor() : workerExecutor(workers);
  const progress = cellProgress(place.id, quiet);
  let run: Awaited<ReturnType<typeof runShard>>;
  try {
    run = await runShard(tasks, executor, progress.update);
  } finally {
    progress.stop();
  }
  const { total, cached, failed } = run;
  for (const { key, error } of failed) {
    print(`  ${key} failed: ${error.replaceAll("\n", "\n    ")}`);
  }
  print(
    `${place.id}: ${total - failed.length} of ${total} cells of this share are there` +
      (cached > 0 ? `, ${cached} of them were before` : ""),
  );
  return failed.length === 0 ? 0 : 1;
}

/** The cells of a task of an array, which must be those that were submitted. */
function tasksOfArray(
  plan: ExperimentPlan,
  { work: id, index }: { readonly work: string; readonly index: number },
  settings: ExperimentSettings,
): CellTask[] {
  const folder = openWorkFolder(arrayFolder(settings, plan.experiment.id));
  const work = folder.read(id);
  const cells = shardOf(work.cells, work.shards, index);
  const known = new Map(plan.tasks.map((task) => [task.address, task]));
  const tasks = cells.map(({ key, address }) => {
    const task = known.get(address);
    if (task !== undefined) return { ...task, store: `${cellsFolder(settings)}/${work.store}` };
    throw new UsageError(
      `Cannot run ${key} as it was submitted: current value is other sources, inputs or another ` +
        "version of Deno than at the submission; submit it again",
    );
  });
  // Shows whoever waits that tasks begin, and can write here.
  folder.begin(work, index);
  return tasks;
}

/** Collects the cells that are there, without running any; 1 if some are not. */
export async function gather(
  place: ExperimentPlace,
  settings: ExperimentSettings,
  print: Print,
): Promise<number> {
  const plan = await planOf(place, settings);
  const directory = `${settings.results}/${place.id}`;
  checkResultDirectory(directory, filesOfExperiment(plan.experiment));
  await claimStore(cellsFolder(settings), place.id, place.module);
  const cells = openCellStore(plan.store);
  const run = await runExperiment(plan, {
    executor: { run: (tasks) => Promise.all(tasks.map((task) => whyMissing(cells, task))) },
  });
  noteDamaged(place.id, run.damaged);
  if (run.failed.length > 0) {
    for (const { key, error } of run.failed.slice(0, MOST_NAMED)) print(`  ${key}: ${error}`);
    const more = run.failed.length - MOST_NAMED;
    if (more > 0) {
      print(`  and ${more} more; "deno task experiment status ${nameOf(place)}" lists them`);
    }
    print(
      `${place.id}: ${run.failed.length} of ${plan.tasks.length} cells are not there, and nothing ` +
        "is written",
    );
    const own = new Set(plan.tasks.map(({ address }) => address));
    const foreign = [...cells.addresses()].filter((address) => !own.has(address)).length;
    if (foreign > 0) {
      print(`  (${foreign} cells there are of other sources, inputs or versions of Deno)`);
    }
    return 1;
  }
  print(summaryLine(place.id, run, null));
  return await writeRun(directory, plan, run, null, print);
}

async function whyMissing(cells: CellStore, { address }: CellTask): Promise<CellEnd> {
  const outcome = await cells.read(address);
  return {
    error: outcome !== undefined && "error" in outcome ? `failed, ${outcome.error}` : "missing",
  };
}

/** Says which cells of an experiment are there, and which are under way on Slurm. */
export async function showStatus(
  place: ExperimentPlace,
  settings: ExperimentSettings,
  print: Print,
): Promise<number> {
  const { tasks, store } = await planOf(place, settings);
  const places = await placesIfKnown(place.id, settings);
  const cells = openCellStore(store);
  let done = 0;
  for (const { key, address } of tasks) {
    const outcome = await cells.read(address);
    const isDone = isFinished(outcome);
    if (isDone) {
      done++;
      places.delete(address);
    }
    const there = places.get(address);
    const word = isDone
      ? "done   "
      : there !== undefined
      ? there.state === "PENDING" ? "queued " : "running"
      : outcome === undefined
      ? "missing"
      : "failed ";
    const error = word === "failed " && outcome !== undefined && "error" in outcome;
    print(`${word}  ${key}${error ? `  (${outcome.error.split("\n")[0]})` : ""}`);
  }
  print(`${done} of ${tasks.length} cells of ${place.id} are there`);
  if (places.size > 0) {
    const queued = [...places.values()].filter(({ state }) => state === "PENDING").length;
    print(
      `On Slurm: ${places.size - queued} cells in tasks that run, ${queued} in tasks that wait`,
    );
  }
  noteDamaged(place.id, cells.damaged);
  return 0;
}

/** Where cells wait or run on Slurm, by their address; none where there is no array. */
async function placesUnderWay(
  id: string,
  settings: ExperimentSettings,
): Promise<Map<string, Place>> {
  const folder = openWorkFolder(arrayFolder(settings, id));
  const found = new Map<string, Place>();
  for (const store of new Set(folder.list().map((work) => work.store))) {
    const places = await placesOfCells(folder, store);
    if (typeof places === "string") {
      console.error(`Note: Slurm does not answer (${places})`);
      continue;
    }
    for (const [address, place] of places) if (place.isActive) found.set(address, place);
  }
  return found;
}

/** As {@linkcode placesUnderWay}; with a note and nothing where there is no Slurm to ask. */
async function placesIfKnown(id: string, settings: ExperimentSettings) {
  try {
    return await placesUnderWay(id, settings);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(`Note: what is under way is not known. ${error.message}`);
    return new Map<string, Place>();
  }
}

/** Cancels the arrays of an experiment; cells that are there stay. */
export async function cancelArrays(
  place: ExperimentPlace,
  settings: ExperimentSettings,
  print: Print,
): Promise<number> {
  await checkStoreOwner(cellsFolder(settings), place.id, place.module);
  const folder = openWorkFolder(arrayFolder(settings, place.id));
  const places = await placesUnderWay(place.id, settings);
  const works = new Map([...places.values()].map(({ work }) => [work.id, work]));
  if (works.size === 0) {
    print(`No array of ${place.id} is under way`);
    return 0;
  }
  // First the marks: whoever waits for the arrays is not to submit their cells again.
  for (const work of works.values()) folder.cancel(work);
  await cancelJobs([...works.values()].map(({ job }) => job));
  print(`Cancelled ${works.size} arrays of ${place.id} with ${places.size} cells under way`);
  return 0;
}

/** Removes the cells and results of an experiment, and nothing that is not ours. */
export async function cleanOne(
  place: ExperimentPlace,
  settings: ExperimentSettings,
  print: Print,
): Promise<number> {
  await checkStoreOwner(cellsFolder(settings), place.id, place.module);
  const { size } = await placesIfKnown(place.id, settings);
  if (size > 0) {
    throw new UsageError(
      `Cannot clean an experiment whose cells are under way on Slurm: current value is ${size} ` +
        `cells; "deno task experiment cancel ${nameOf(place)}" ends them`,
    );
  }
  openWorkFolder(arrayFolder(settings, place.id)).clear();
  const cells = `${cellsFolder(settings)}/${place.id}`;
  const results = `${settings.results}/${place.id}`;
  const left = [
    ...openCellStore(cells).clear().map((name) => `${cells}/${name}`),
    ...openCellStore(`${cells}.again`).clear().map((name) => `${cells}.again/${name}`),
    ...clearResults(results).map((name) => `${results}/${name}`),
  ];
  releaseStore(cellsFolder(settings), place.id);
  print(`Removed the cells and results of ${place.id}`);
  for (const path of left) print(`  left, since it is not ours: ${path}`);
  return 0;
}
