import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { suggest } from "../../config/suggest.ts";
import type { ExperimentPlace } from "../../experiment/find_experiments.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import type { ExperimentSettings } from "./experiment_settings.ts";
import { UsageError } from "../usage_error.ts";

const ACTIONS = ["list", "run", "reproduce", "status", "clean"] as const;
type Action = (typeof ACTIONS)[number];

const OPTIONS: readonly CommandOption[] = [
  {
    name: "cell",
    value: "KEY",
    repeats: true,
    describe: "run: only this cell, again, and print its rows; may stand several times",
  },
  { name: "workers", value: "N", describe: "Cells that run at once (as many as cores); 1: serial" },
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

run        runs the cells that are not there yet; what was interrupted goes on where it was
reproduce  runs from clean, draws the figures, compares targets and digests; all unless named
status     says which cells are there
clean      removes the cells and results of an experiment

In place of an ID stands the path of an experiment that lies elsewhere: ./mine/experiment.ts, or its
folder ./mine/

${describeOptions(OPTIONS)}

Exit codes: 0 done, 1 a cell failed, a target was missed or results differ from expected.json, 2 a
mistake in the input.`,
  async run(args, print) {
    const given = readArguments("experiment", args, OPTIONS);
    const [name, ...ids] = given.positional;
    const action = actionOf(name);
    const root = new URL("../../../", import.meta.url);
    const folder = given.value("experiments");
    const out = given.value("out");
    const settings: ExperimentSettings = {
      results: resolve(out ?? decodeURIComponent(new URL("results/experiments", root).pathname)),
      workers: workersOf(given.value("workers")),
      cells: given.values("cell"),
      pin: given.flag("pin"),
      quiet: given.flag("quiet"),
    };
    const { experimentAt, findExperiments, isExperimentPath } = await import(
      "../../experiment/find_experiments.ts"
    );
    const ofFolder = findExperiments(
      folder === undefined ? new URL("experiments/", root) : pathToFileURL(`${resolve(folder)}/`),
    );
    const ofPaths = await Promise.all(ids.filter(isExperimentPath).map(experimentAt));
    if (folder !== undefined && ofFolder.length + ofPaths.length === 0) {
      throw new UsageError(
        `Cannot find experiments in a folder as NAME/experiment.ts: current value is "${folder}"`,
      );
    }
    const places = [...ofFolder, ...ofPaths];
    const chosen = chosenPlaces(action, ids, places);
    const actions = await import("./experiment_actions.ts");
    switch (action) {
      case "list":
        return await actions.listExperiments(places, print);
      case "run":
        return await actions.runOne(chosen[0], settings, print);
      case "status":
        return await actions.showStatus(chosen[0], settings, print);
      case "clean":
        return actions.cleanOne(chosen[0], settings, print);
      case "reproduce":
        return await actions.reproduce(chosen, { ...settings, named: ids.length > 0 }, print);
    }
  },
};

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
      `Cannot ${action} as ${wanted === 0 ? "without an id" : "of one experiment"}: ` +
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
  throw new UsageError(`Cannot read --workers as a whole number >= 1: current value is "${text}"`);
}
