import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { suggest } from "../../std/suggest.ts";
import type { ExperimentPlace } from "../../experiment/find_experiments.ts";
import {
  type CommandArguments,
  type CommandOption,
  describeOptions,
  readArguments,
} from "../arguments.ts";
import type { Command } from "../command.ts";
import {
  DETACH_OPTIONS,
  EXECUTOR_OPTIONS,
  noteStrangers,
  slurmCallOf,
} from "./executor_options.ts";
import type { ExperimentSettings } from "./experiment_settings.ts";
import type { Share } from "./store_actions.ts";
import { UsageError } from "../usage_error.ts";

const ACTIONS = [
  ...["list", "run", "reproduce", "status", "clean"] as const,
  ...["shard", "gather", "cancel"] as const,
] as const;
type Action = (typeof ACTIONS)[number];

/** What an action does, by the options that say so; others say where, or how much at once. */
const TAKES: Readonly<Record<Action, readonly string[]>> = {
  list: [],
  run: ["cell", "executor", "site", "detach", "dry-run"],
  reproduce: ["pin", "executor", "site", "detach", "dry-run"],
  status: [],
  clean: [],
  shard: ["of", "index", "work"],
  gather: [],
  cancel: [],
};

const OPTIONS: readonly CommandOption[] = [
  {
    name: "cell",
    value: "KEY",
    repeats: true,
    describe: "run: only this cell, again, and print its rows; may stand several times",
  },
  { name: "workers", value: "N", describe: "Cells that run at once (as many as cores); 1: serial" },
  ...EXECUTOR_OPTIONS,
  ...DETACH_OPTIONS,
  { name: "of", value: "N", describe: "shard: into how many shares the cells are divided" },
  { name: "index", value: "I", describe: "shard: which of them is run, 0 to N - 1" },
  { name: "work", value: "NAME", describe: "shard: of the cells of an array, as its script says" },
  {
    name: "pin",
    describe: "reproduce: write expected.json; refused if results changed and the version did not",
  },
  { name: "out", value: "DIR", describe: "Where results go (results/experiments)" },
  { name: "experiments", value: "DIR", describe: "Folder of the experiments (experiments)" },
  { name: "quiet", describe: "No progress" },
];

/** The command "experiment". */
export const experimentCommand: Command = {
  name: "experiment",
  summary: "Run experiments, and compare them with what is published and pinned",
  help: `Runs experiments, and compares them with what is published and pinned.

Usage: deno task experiment list
       deno task experiment run ID|FILE [--cell KEY...]
       deno task experiment reproduce [ID...] [--pin]
       deno task experiment status ID
       deno task experiment clean ID
       deno task experiment shard ID --of N --index I
       deno task experiment gather ID
       deno task experiment cancel ID

run        runs the cells that are not there yet; what was interrupted goes on where it was
reproduce  runs from clean, draws the figures, compares targets and digests; all unless named
status     says which cells are there
clean      removes the cells and results of an experiment
shard      runs what is not there of one of N shares of the cells: a task of any scheduler
gather     writes rows and figures from the cells that are there; 1 if one is missing
cancel     cancels the experiment's arrays on Slurm

With --executor slurm the cells run as a job array, which goes on when this command is interrupted:
the same command waits for it again. docs/clusters.md shows a first sweep.

In place of an ID stands the path of an experiment that lies elsewhere: ./mine/experiment.ts, or its
folder ./mine/

${describeOptions(OPTIONS)}

Exit codes: 0 done, 1 a cell failed, a target was missed or results differ from expected.json, 2 a
mistake in the input.`,
  async run(args, print) {
    const given = readArguments("experiment", args, OPTIONS);
    const [name, ...ids] = given.positional;
    const action = actionOf(name);
    checkTaken(action, given);
    const root = new URL("../../../", import.meta.url);
    const folder = (option: string, usual: string) =>
      resolve(given.value(option) ?? decodeURIComponent(new URL(usual, root).pathname));
    const settings: ExperimentSettings = {
      results: folder("out", "results/experiments"),
      experiments: folder("experiments", "experiments"),
      workers: workersOf(given.value("workers")),
      cells: [...new Set(given.values("cell"))],
      pin: given.flag("pin"),
      quiet: given.flag("quiet"),
      slurm: slurmCallOf(given),
    };
    const share = shareOf(action, given);
    const { experimentAt, findExperiments, isExperimentPath } = await import(
      "../../experiment/find_experiments.ts"
    );
    const ofFolder = findExperiments(pathToFileURL(`${settings.experiments}/`));
    const ofPaths = await Promise.all(ids.filter(isExperimentPath).map(experimentAt));
    if (given.value("experiments") !== undefined && ofFolder.length + ofPaths.length === 0) {
      throw new UsageError(
        `Cannot find experiments in a folder as NAME/experiment.ts: current value is ` +
          `"${given.value("experiments")}"`,
      );
    }
    for (const { id, given: path, module } of ofPaths) {
      const namesake = [...ofFolder, ...ofPaths]
        .find((place) => place.id === id && place.module !== module);
      if (namesake === undefined) continue;
      throw new UsageError(
        `Cannot use the experiment of ${path} under its id, which ` +
          `${namesake.given ?? "one of the folder of experiments"} has, and its results: current ` +
          `value is "${id}"`,
      );
    }
    const places = [...ofFolder, ...ofPaths];
    noteStrangers(settings.slurm, places.map(({ id }) => id));
    const [chosen, ...others] = chosenPlaces(action, ids, places);
    const actions = await import("./experiment_actions.ts");
    const ofStore = await import("./store_actions.ts");
    switch (action) {
      case "list":
        return await actions.listExperiments(places, print);
      case "run":
        return await actions.runOne(chosen, settings, print);
      case "status":
        return await ofStore.showStatus(chosen, settings, print);
      case "clean":
        return await ofStore.cleanOne(chosen, settings, print);
      case "shard":
        return await ofStore.runShare(chosen, share!, settings, print);
      case "gather":
        return await ofStore.gather(chosen, settings, print);
      case "cancel":
        return await ofStore.cancelArrays(chosen, settings, print);
      case "reproduce": {
        const named = { ...settings, named: ids.length > 0 };
        return await actions.reproduce(chosen ? [chosen, ...others] : [], named, print);
      }
    }
  },
};

/** @throws {UsageError} For an option that the action would not look at. */
function checkTaken(action: Action, given: CommandArguments): void {
  const ignored = OPTIONS.find(({ name, value }) =>
    !["out", "experiments", "workers", "quiet", ...TAKES[action]].includes(name) &&
    (value === undefined ? given.flag(name) : given.value(name) !== undefined)
  );
  if (ignored !== undefined) {
    const takers = ACTIONS.filter((other) => TAKES[other].includes(ignored.name));
    const [first, ...others] = takers.map((taker) => `"experiment ${taker}"`);
    throw new UsageError(
      `Cannot use --${ignored.name} in ${action}: ${[first, ...others].join(", ")} ` +
        `${others.length === 0 ? "takes" : "take"} it`,
    );
  }
  if (given.value("executor") === "slurm" && given.value("workers") !== undefined) {
    throw new UsageError(
      `Cannot use --workers beside --executor slurm, where "cpus" of the site file says how many ` +
        `cells of a task run at once: current value is "${given.value("workers")}"`,
    );
  }
}

/** Which cells "shard" runs; undefined for other actions. */
function shareOf(action: Action, given: CommandArguments): Share | undefined {
  const number = (option: string, least: number) => {
    const text = given.value(option);
    if (text !== undefined && /^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
    throw new UsageError(
      `Cannot read --${option} as a whole number >= ${least}: current value is "${text ?? ""}"`,
    );
  };
  if (action !== "shard") return undefined;
  const work = given.value("work");
  if (work !== undefined) {
    if (given.value("of") === undefined) return { work, index: number("index", 0) };
    throw new UsageError(
      `Cannot use --of beside --work, which says how many shares there are: current value is "${
        given.value("of")
      }"`,
    );
  }
  const of = number("of", 1);
  const index = number("index", 0);
  if (index < of) return { of, index };
  throw new UsageError(
    `Cannot read --index as one of 0 to ${of - 1}, of ${of}: current value is "${index}"`,
  );
}

function actionOf(name: string | undefined): Action {
  const found = ACTIONS.find((action) => action === name);
  if (found !== undefined) return found;
  const near = name === undefined ? undefined : suggest(name, ACTIONS);
  throw new UsageError(
    `Cannot read the action of experiment as one of ${ACTIONS.join(", ")}` +
      `${near === undefined ? "" : ` (did you mean ${near}?)`}: current value is "${name ?? ""}"`,
  );
}

/** The experiments that a command line names, by path, id, or the number that an id begins with. */
function chosenPlaces(
  action: Action,
  ids: readonly string[],
  places: readonly ExperimentPlace[],
): readonly ExperimentPlace[] {
  if (action === "reproduce" && ids.length === 0) return places;
  const wanted = action === "list" ? 0 : action === "reproduce" ? Infinity : 1;
  if (ids.length > wanted || (ids.length === 0 && wanted > 0)) {
    throw new UsageError(
      `Cannot read what "experiment ${action}" is told as ` +
        `${wanted === 0 ? "no id" : wanted === 1 ? "one id or path" : "ids or paths"}: ` +
        `current value is "${ids.join(" ")}"`,
    );
  }
  return ids.map((id) => {
    const found = places.find(({ given }) => given === id) ??
      places.find((place) => place.id === id || place.id.split("_")[0] === id);
    if (found !== undefined) return found;
    const near = suggest(id, places.map((place) => place.id));
    throw new UsageError(
      `Cannot find an experiment as one of ${places.map((place) => place.id).join(", ")}` +
        `${near === undefined ? "" : ` (did you mean ${near}?)`}: current value is "${id}"`,
    );
  });
}

function workersOf(text: string | undefined): number {
  if (text === undefined) return navigator.hardwareConcurrency;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(
    `Cannot read --workers as a whole number from 1 to 9999: current value is "${text}"`,
  );
}
