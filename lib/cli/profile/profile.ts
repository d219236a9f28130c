import { PROFILE_NAMES, shippedProfile } from "../../execution/profiled/catalogue.ts";
import type { OperatorProfile } from "../../execution/profiled/operator_profile.ts";
import { parseProfile, writeProfile } from "../../execution/profiled/profile_text.ts";
import { synthesizeProfile } from "../../execution/profiled/synthesize_profile.ts";
import { externalData } from "../../results/external_data.ts";
import { modelFromHfConfig, modelShape, type TransformerShape } from "../../models/mod.ts";
import { parseJson } from "../../std/json.ts";
import { parseInput } from "../../std/input_error.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import {
  type CommandArguments,
  type CommandOption,
  describeOptions,
  readArguments,
} from "../arguments.ts";
import type { Command } from "../command.ts";
import { deriveProfile } from "./derive_profile.ts";
import { type OwnFile, writeOwnFile } from "../own_file.ts";
import { importCollectedFile } from "./profile_collected.ts";
import { namedGpu, SHEET_OPTIONS } from "./profile_gpu.ts";
import { importProfile } from "./profile_import.ts";
import { PROFILE_RECIPES } from "./profile_recipes.ts";
import { showProfile } from "./profile_show.ts";
import { readInput } from "../read_input.ts";
import { UsageError } from "../usage_error.ts";

const OPTIONS: readonly CommandOption[] = [
  {
    name: "figure",
    value: "FILE",
    describe: "show: draw times against the roofline (svg, png, pdf)",
  },
  { name: "coverage", value: "FILE", describe: "show: draw what was measured (svg, png, pdf)" },
  { name: "out", value: "FILE", describe: "import, synthesize: the profile to write" },
  {
    name: "gpu",
    value: "GPU",
    describe: "import: a GPU of data/hardware, or a new name; synthesize: a shipped profile's",
  },
  ...SHEET_OPTIONS,
  {
    name: "format",
    value: "FORMAT",
    describe: "import:\n" +
      "collected       lines of `profile collect` (a .jsonl file needs no --format)\n" +
      "aiconfigurator  folder of one GPU (data/h100_sxm)\n" +
      "llmservingsim   folder of tp<N> folders (perf/RTX4090/.../bf16), with --model\n" +
      "vidur           mlp.csv, all_reduce.csv or send_recv.csv, with --model",
  },
  {
    name: "model",
    value: "NAME",
    repeats: true,
    describe:
      "import: catalogue name of the measured model; collect: whose shapes are measured, a\n" +
      "name or a config.json (several: one --model each); default llama-3.1-8b",
  },
  { name: "print-script", describe: "collect: print the script" },
  { name: "minutes", value: "N", describe: "collect: time that the script may use; default 5" },
  { name: "tp", value: "N", describe: "collect: GPUs that share each layer; default 1" },
  { name: "framework", value: "NAME", describe: 'import: among several, such as "vllm 0.24.0"' },
  { name: "nccl", value: "VERSION", describe: "import: among several" },
  { name: "decode-kernel", value: "NAME", describe: "import: among several that were collected" },
  { name: "prompt-kernel", value: "NAME", describe: "import: among several that were collected" },
  { name: "noise", value: "SHARE", describe: "synthesize: deviation of a time; default 0.03" },
  { name: "seed", value: "N", describe: "synthesize, learn: default 1" },
];

const HELP = `Measured operator times: import, inspect, make.

Usage: deno task profile COMMAND [OPTION...]

  show FILE|GPU    What a profile covers
  learn FILE|GPU   Trains a random forest on four fifths of each operator and compares what it
                   predicts of the last fifth with interpolation (a minute or two)
  collect          Prints a script that measures a GPU of your own (--print-script)
  import PATH      Writes a profile from what it wrote, or from published measurements
  derive [NAME...] Writes the shipped profiles again from external data (all without a name)
  synthesize       Writes roofline times with noise in the same format
  errors           How far the analytical source is from measured latent, sparse and recurrent layers
                   and all-to-all (external data: aiconfigurator-ops)

${describeOptions(OPTIONS)}

GPU is a shipped profile: ${PROFILE_NAMES.join(", ")}.`;

/** A profile that we wrote; its format is "simfaasinfer-operator-profile-1". */
const OWN_PROFILE: OwnFile = {
  option: "--out",
  what: "a profile",
  isSuch: (text) => /^\s*\{\s*"format": "simfaasinfer-operator-profile-/.test(text),
};

type Print = (line: string) => void;
type Action = (given: CommandArguments, rest: readonly string[], print: Print) => unknown;

const ACTIONS: Readonly<Record<string, Action>> = {
  show,
  learn,
  collect,
  import: importFile,
  derive,
  synthesize,
  errors,
};

/**
 * Runs "profile". Returns the exit code.
 *
 * @throws {UsageError} For a wrong command line.
 */
export async function runProfile(args: readonly string[], print: Print): Promise<number> {
  const given = readArguments("profile", args, OPTIONS);
  const [name, ...rest] = given.positional;
  if (name === undefined || given.flag("help")) {
    print(HELP);
    return 0;
  }
  if (!Object.hasOwn(ACTIONS, name)) {
    throw new UsageError(
      `Cannot run "profile ${name}" as one of ${Object.keys(ACTIONS).join(", ")}: ` +
        `"profile --help" explains them`,
    );
  }
  await ACTIONS[name](given, rest, print);
  return 0;
}

async function show(given: CommandArguments, rest: readonly string[], print: Print) {
  const profile = namedProfile("show", rest);
  showProfile(profile, print);
  const [figure, coverage] = [given.value("figure"), given.value("coverage")];
  if (figure === undefined && coverage === undefined) return;
  const { drawCoverage, drawRoofline } = await import("./profile_figures.ts");
  if (figure !== undefined) await drawRoofline(profile, figure);
  if (coverage !== undefined) await drawCoverage(profile, coverage);
}

async function learn(given: CommandArguments, rest: readonly string[], print: Print) {
  const { learnProfile } = await import("./profile_learn.ts");
  learnProfile(namedProfile("learn", rest), numberOf(given, "seed", 1), print);
}

async function collect(given: CommandArguments, rest: readonly string[], print: Print) {
  if (rest.length > 0 || !given.flag("print-script")) {
    throw new UsageError(
      `Cannot run "profile collect" without --print-script: it prints a script for the machine with the ` +
        "GPU (deno task profile collect --print-script > collect.py)",
    );
  }
  const { collectorScript, collectedShape } = await import("./profile_collect.ts");
  const degree = numberOf(given, "tp", 1);
  const names = given.values("model").length === 0 ? ["llama-3.1-8b"] : given.values("model");
  const shapes = names.map((name) => collectedShape(namedShape(name), degree));
  const minutes = numberOf(given, "minutes", 5);
  if (minutes === 0) throw new UsageError("Cannot measure in --minutes 0: it has to be above 0");
  print(collectorScript(shapes, minutes).trimEnd());
}

/** The model of a name of the catalogue or of a config.json. */
function namedShape(name: string): TransformerShape {
  if (!name.endsWith(".json")) return modelShape(name);
  const what = "a model's config.json";
  const short = name.slice(name.lastIndexOf("/") + 1, -".json".length);
  return parseInput(
    { file: name, what },
    readInput(name, what, "description"),
    (text) => modelFromHfConfig(parseJson(text) as Record<string, unknown>, { name: short }).shape,
  );
}

async function importFile(given: CommandArguments, rest: readonly string[], print: Print) {
  const path = onlyOne("import", rest, "PATH");
  const name = required(given, "import", "gpu");
  const format = given.value("format") ?? (/\.jsonl$/i.test(path) ? "collected" : undefined);
  if (format === "collected") {
    const out = required(given, "import", "out");
    save(importCollectedFile(path, name, given, print), out, print);
    return;
  }
  const gpu = namedGpu(given, name);
  const options = {
    format: format ?? required(given, "import", "format"),
    model: given.value("model"),
    framework: given.value("framework"),
    nccl: given.value("nccl"),
  };
  const out = required(given, "import", "out");
  const { profile, notes } = await importProfile(path, options, gpu);
  save(profile, out, print);
  for (const note of notes) print(`  ${note}`);
}

async function derive(_given: CommandArguments, rest: readonly string[], print: Print) {
  const folder = new URL("../../../data/profiles/", import.meta.url);
  for (const recipe of rest.length === 0 ? PROFILE_RECIPES : rest.map(recipeOf)) {
    const profile = await deriveProfile(recipe, externalData(recipe.format));
    save(profile, decodeURIComponent(new URL(`${recipe.name}.json`, folder).pathname), print);
  }
}

function synthesize(given: CommandArguments, _rest: readonly string[], print: Print) {
  const { gpu, peaks } = recipeOf(required(given, "synthesize", "gpu"));
  const stream = randomStreams(numberOf(given, "seed", 1), 0).take("profile");
  const noise = numberOf(given, "noise", 0.03);
  save(
    synthesizeProfile({ gpu, peaks, noise }, stream),
    required(given, "synthesize", "out"),
    print,
  );
}

async function errors(_given: CommandArguments, _rest: readonly string[], print: Print) {
  const { showLayerErrors } = await import("./profile_errors.ts");
  await showLayerErrors(print);
}

function save(profile: OperatorProfile, path: string, print: Print): void {
  const text = writeProfile(profile);
  writeOwnFile(path, text, OWN_PROFILE);
  print(`${path}: ${profile.tables.length} tables, ${text.length} bytes`);
}

function namedProfile(action: string, rest: readonly string[]): OperatorProfile {
  const name = onlyOne(action, rest, "FILE|GPU");
  return PROFILE_NAMES.includes(name) ? shippedProfile(name) : parseInput(
    { file: name, what: "a profile" },
    readInput(name, "a profile", "measurements"),
    parseProfile,
  );
}

function onlyOne(action: string, rest: readonly string[], wanted: string): string {
  if (rest.length === 1) return rest[0];
  throw new UsageError(
    `Cannot run "profile ${action}" as "profile ${action} ${wanted}": current value is ` +
      `"${rest.join(" ")}"`,
  );
}

function required(given: CommandArguments, action: string, name: string): string {
  const value = given.value(name);
  if (value !== undefined) return value;
  const { value: placeholder } = OPTIONS.find((option) => option.name === name)!;
  throw new UsageError(`Cannot run "profile ${action}" without --${name} ${placeholder}`);
}

function numberOf(given: CommandArguments, name: string, standard: number): number {
  const text = given.value(name);
  if (text === undefined) return standard;
  const value = Number(text);
  if (value >= 0 && value < Infinity) return value;
  throw new UsageError(`Cannot read --${name} as a number >= 0: current value is "${text}"`);
}

function recipeOf(name: string) {
  const recipe = PROFILE_RECIPES.find((candidate) => candidate.name === name);
  if (recipe === undefined) {
    const known = PROFILE_RECIPES.map((candidate) => candidate.name).join(", ");
    throw new RangeError(`Cannot use a GPU as one of ${known}: current value is ${name}`);
  }
  return recipe;
}

/** The command "profile". */
export const profileCommand: Command = {
  name: "profile",
  summary: "Import, inspect and make profiles of measured operator times",
  help: HELP,
  run: runProfile,
};
