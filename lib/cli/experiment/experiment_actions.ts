import {
  checkStoreOwner,
  claimStore,
  designCells,
  differences,
  type Expected,
  expectedOf,
  expectedOfJson,
  type Experiment,
  type ExperimentPlace,
  type ExperimentPlan,
  type ExperimentRun,
  filesOfExperiment,
  importExperiment,
  openCellStore,
  planExperiment,
  runExperiment,
  shellWord,
  targetCells,
  writeExperiment,
  type WrittenExperiment,
} from "../../experiment/mod.ts";
import { exists } from "../../results/exists.ts";
import { parseInput } from "../../std/input_error.ts";
import { parseJson } from "../../std/json.ts";
import { checkResultDirectory, replaceFile } from "../../results/mod.ts";
import { cellProgress } from "./cell_progress.ts";
import { cellsExecutor, cellsFolder } from "./cells_executor.ts";
import type { ExperimentSettings } from "./experiment_settings.ts";
import { submitOnly } from "./submit_only.ts";
import { readInput } from "../read_input.ts";
import { duration } from "../readable_numbers.ts";
import { isUsersMistake, UsageError } from "../usage_error.ts";

type Print = (line: string) => void;

/** Prints what each experiment is, or what is wrong with it; 2 if something is. */
export async function listExperiments(
  places: readonly ExperimentPlace[],
  print: Print,
): Promise<number> {
  const width = Math.max(0, ...places.map(({ id }) => id.length));
  let mistakes = 0;
  for (const { id, module } of places) {
    let experiment: Experiment;
    try {
      experiment = await importExperiment(module);
    } catch (error) {
      if (!isUsersMistake(error)) throw error;
      mistakes++;
      print(`${id.padEnd(width)}  ${error.message}`);
      continue;
    }
    const cells = designCells(experiment).length;
    const each = experiment.replications === 1 ? "" : ` x ${experiment.replications} replications`;
    print(`${id.padEnd(width)}  version ${experiment.version}, ${cells} cells${each}`);
    print(`${" ".repeat(width)}  ${experiment.question}`);
  }
  return mistakes === 0 ? 0 : 2;
}

/** Runs what is missing of an experiment, or some of its cells alone; 1 if a cell fails. */
export async function runOne(
  place: ExperimentPlace,
  settings: ExperimentSettings,
  print: Print,
): Promise<number> {
  const whole = await planOf(place, settings);
  if (settings.cells.length > 0) return await runCells(place, whole, settings, print);
  const directory = `${settings.results}/${place.id}`;
  checkResultDirectory(directory, filesOfExperiment(whole.experiment));
  if (await submitOnly(whole, settings, false, print)) return 0;
  const { run, wallTimeSeconds } = await runPlan(whole, settings);
  print(summaryLine(place.id, run, wallTimeSeconds));
  if (showFailures(nameOf(place), run, print)) return 1;
  return await writeRun(directory, whole, run, wallTimeSeconds, print);
}

/** Writes the results of a whole run, and says what came out; 1 if a figure cannot be drawn. */
export async function writeRun(
  directory: string,
  plan: ExperimentPlan,
  run: ExperimentRun,
  wallTimeSeconds: number | null,
  print: Print,
): Promise<number> {
  const written = await writeExperiment(directory, plan, run, wallTimeSeconds);
  showTargets(written, print);
  print(`Results are in ${directory}`);
  return showFigureError(plan.experiment.id, written, directory, print) ? 1 : 0;
}

/** Runs the named cells, also those that are there, and prints their rows as JSON. */
async function runCells(
  place: ExperimentPlace,
  plan: ExperimentPlan,
  settings: ExperimentSettings,
  print: Print,
): Promise<number> {
  const tasks = settings.cells.map((key) => {
    const task = plan.tasks.find((candidate) => candidate.key === key);
    if (task !== undefined) return task;
    throw new UsageError(
      `Cannot run a cell as one of "deno task experiment status ${nameOf(place)}": ` +
        `current value is "${key}"`,
    );
  });
  const { run } = await runPlan({ ...plan, tasks }, settings, true);
  for (const row of run.rows) print(JSON.stringify(row));
  return showFailures(nameOf(place), run, print) ? 1 : 0;
}

/** Runs experiments from clean; 1 if a cell fails, a target is missed or a digest differs. */
export async function reproduce(
  places: readonly ExperimentPlace[],
  settings: ExperimentSettings & { readonly named: boolean },
  print: Print,
): Promise<number> {
  let failed = 0;
  for (const place of places) {
    let plan: ExperimentPlan;
    try {
      plan = await planOf(place, settings);
    } catch (error) {
      // Of all experiments, those whose data is not here are left out; one that is named fails.
      if (settings.named || !isUsersMistake(error)) throw error;
      const isAbsent = error.message.includes("external data set");
      print(`${place.id}: ${isAbsent ? "left out. " : ""}${error.message}`);
      if (!isAbsent) failed++;
      continue;
    }
    const pinned = readExpected(place.expected);
    const directory = `${settings.results}/${place.id}`;
    checkResultDirectory(directory, filesOfExperiment(plan.experiment));
    if (await submitOnly(plan, settings, true, print)) continue;
    const { run, wallTimeSeconds } = await runPlan(plan, settings, true);
    print(summaryLine(place.id, run, wallTimeSeconds));
    if (showFailures(nameOf(place), run, print)) {
      failed++;
      continue;
    }
    // Only now: until every cell of this plan stands, those of an earlier one are all there is.
    openCellStore(plan.store).prune(plan.tasks.map(({ address }) => address));
    const written = await writeExperiment(directory, plan, run, wallTimeSeconds);
    showTargets(written, print);
    const missed = written.targets.some((row) => row.pass === false && row.known === undefined);
    const undrawn = showFigureError(place.id, written, directory, print);
    const differs = !checkPinned(place, plan, { pinned, run, written }, settings.pin, print);
    if (missed || undrawn || differs) failed++;
  }
  if (settings.slurm?.detach || settings.slurm?.dryRun) return failed === 0 ? 0 : 1;
  print(
    failed === 0
      ? `All reproduced; results are in ${settings.results}`
      : `${failed} of ${places.length} experiments failed`,
  );
  return failed === 0 ? 0 : 1;
}

/** Compares with expected.json, or writes it; false when it is there and results differ from it. */
function checkPinned(
  place: ExperimentPlace,
  plan: ExperimentPlan,
  { pinned, run, written: { headlines } }: {
    readonly pinned: Expected | undefined;
    readonly run: ExperimentRun;
    readonly written: WrittenExperiment;
  },
  pin: boolean,
  print: Print,
): boolean {
  const { version } = plan.experiment;
  const ours = expectedOf(version, run.finished, headlines);
  const lines = differences(place.id, pinned, ours, nameOf(place));
  if (lines.length === 0) return true;
  if (pin && pinned?.version !== version) {
    replaceFile(place.expected, JSON.stringify(ours, null, 2) + "\n");
    print(`  pinned version ${version} in expected.json`);
    return true;
  }
  for (const line of lines) print(`  ${line}`);
  // One that has never been pinned has nothing to differ from.
  return pinned === undefined;
}

/**
 * @throws {RangeError} If the experiment does not have the name of its folder as its id, or cells and
 * results of that id are another's.
 */
export async function planOf(place: ExperimentPlace, settings: ExperimentSettings) {
  const plan = await planExperiment(place.module, cellsFolder(settings));
  if (plan.experiment.id === place.id) {
    await checkStoreOwner(cellsFolder(settings), place.id, place.module);
    return plan;
  }
  throw new UsageError(
    `Cannot use the experiment of the folder ${place.id} under that name: current value is the id ` +
      `"${plan.experiment.id}"`,
  );
}

/** The word by which a command line names an experiment. */
export function nameOf({ given, id }: ExperimentPlace): string {
  return shellWord(given ?? id);
}

function readExpected(path: string) {
  if (!exists(path)) return undefined;
  const what = "pinned results";
  return parseInput(
    { file: path, what },
    readInput(path, what),
    (text) => expectedOfJson(parseJson(text)),
  );
}

/** @param again Also the cells that are there. */
async function runPlan(plan: ExperimentPlan, settings: ExperimentSettings, again = false) {
  // Tasks of an array claim it themselves: what Slurm refuses is to leave nothing.
  if (settings.slurm === undefined) {
    await claimStore(cellsFolder(settings), plan.experiment.id, plan.module);
  }
  const { executor, release } = cellsExecutor(plan, settings, again);
  const progress = cellProgress(plan.experiment.id, settings.quiet);
  const startedMs = performance.now();
  try {
    const options = { executor, again, onProgress: progress.update };
    const run = await runExperiment(plan, options);
    noteDamaged(plan.experiment.id, run.damaged);
    return { run, wallTimeSeconds: (performance.now() - startedMs) / 1000 };
  } finally {
    progress.stop();
    release();
  }
}

/** Says how many files of the store did not hold what they should. */
export function noteDamaged(id: string, damaged: number): void {
  if (damaged === 0) return;
  console.error(
    `Note: ${damaged} kept ${damaged === 1 ? "cell" : "cells"} of ${id} were cut short, changed ` +
      `or foreign, and count as missing`,
  );
}

/** Says that the figures are missing, and where the rows are; false when they are not. */
function showFigureError(
  id: string,
  { figureError }: WrittenExperiment,
  directory: string,
  print: Print,
): boolean {
  if (figureError === undefined) return false;
  const why = String(figureError).split("\n")[0].slice(0, 300);
  print(`Cannot draw the figures of ${id} (${why}); the rows are in ${directory}`);
  return true;
}

/** @param wallTimeSeconds Wall time of the cells; null where none was run. */
export function summaryLine(
  id: string,
  run: ExperimentRun,
  wallTimeSeconds: number | null,
): string {
  const { finished, failed, cached } = run;
  return `${id}: ${finished.length + failed.length} cells` +
    (wallTimeSeconds === null ? "" : ` in ${duration(wallTimeSeconds)}`) +
    (cached > 0 ? `, ${cached} of them were there` : "") +
    (failed.length > 0 ? `, ${failed.length} failed` : "");
}

/** Prints each failed cell with the command that runs it alone. */
function showFailures(id: string, { failed }: ExperimentRun, print: Print): boolean {
  for (const { key, error } of failed) {
    print(`  ${key} failed: ${error.replaceAll("\n", "\n    ")}`);
    print(`    deno task experiment run ${id} --cell '${key.replaceAll("'", `'\\''`)}'`);
  }
  return failed.length > 0;
}

function showTargets({ targets, headlines }: WrittenExperiment, print: Print): void {
  for (const [name, value] of Object.entries(headlines)) {
    print(`  ${name} ${Number(value.toPrecision(4))}`);
  }
  const judged = targets.filter((row) => row.pass !== null);
  if (judged.length === 0) return;
  print(`  ${judged.filter((row) => row.pass).length} of ${judged.length} targets met`);
  for (const row of judged.filter((target) => !target.pass)) {
    const [name, paper, ours, error, tolerance] = targetCells(row);
    const known = row.known === undefined ? "" : ` (known: ${row.known})`;
    print(
      `  missed: ${name}, paper ${paper}, ours ${ours}, error ${error} of ${tolerance}${known}`,
    );
  }
}
