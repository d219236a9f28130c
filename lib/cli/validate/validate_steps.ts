import { analytical } from "../../execution/analytical/analytical.ts";
import type { ExecutionTimeModel } from "../../execution/execution_time_model.ts";
import {
  parseProfile,
  PROFILE_NAMES,
  profiled,
  shippedProfile,
} from "../../execution/profiled/mod.ts";
import {
  hostTimeOf,
  type LoggedStep,
  predictedSeconds,
  readStepLog,
  type StepErrors,
  stepErrors,
} from "../../experiment/validation/steps/mod.ts";
import { gpuNamed } from "../../hardware/mod.ts";
import { modelFromHfConfig, modelShape, type TransformerShape } from "../../models/mod.ts";
import { parseInput } from "../../std/input_error.ts";
import { parseJson } from "../../std/json.ts";
import type { CommandArguments, CommandOption } from "../arguments.ts";
import { duration } from "../readable_numbers.ts";
import { readInput } from "../read_input.ts";
import { textTable } from "../text_table.ts";
import { UsageError } from "../usage_error.ts";

/** Options of `validate --steps`. */
export const STEP_OPTIONS: readonly CommandOption[] = [
  {
    name: "steps",
    value: "FILE",
    describe:
      "Compare the steps that an engine logged (vLLM's --enable-logging-iteration-details, or\n" +
      "lines of `profile collect`) with predicted ones, and say what the host takes",
  },
  {
    name: "profile",
    value: "NAME",
    describe:
      "with --steps: a shipped profile or a file of one; without it the analytical source of --gpu",
  },
  { name: "gpu", value: "GPU", describe: "with --steps: a GPU of data/hardware" },
  { name: "model", value: "NAME", describe: "with --steps: a catalogue model or a config.json" },
  { name: "tp", value: "N", describe: "with --steps: GPUs that share each layer; default 1" },
  {
    name: "context",
    value: "TOKENS",
    describe:
      "with --steps: KV entries per decoding sequence, where the log does not say how full the\n" +
      "cache is",
  },
];

/** Options that mean something with `--steps` alone. */
const WITH_STEPS = STEP_OPTIONS.slice(1).map(({ name }) => name);

/**
 * Refuses options of `--steps` without it.
 *
 * @throws {UsageError} If one is given.
 */
export function refuseStepOptions(given: CommandArguments): void {
  const stray = WITH_STEPS.find((name) => given.value(name) !== undefined);
  if (stray === undefined) return;
  throw new UsageError(`Cannot use --${stray} without --steps FILE`);
}

/**
 * Compares the steps of a log with those of a profile or of the analytical source.
 *
 * @throws {UsageError} If the command line does not say what ran, or the file is no such log.
 */
export function validateSteps(
  path: string,
  given: CommandArguments,
  print: (line: string) => void,
): void {
  const log = parseInput(
    { file: path, what: "steps of an engine" },
    readInput(path, "steps of an engine", "measurements"),
    readStepLog,
  );
  const model = given.value("model");
  if (model === undefined) {
    throw new UsageError(
      "Cannot compare steps without --model NAME: the log does not say what ran",
    );
  }
  const context = wholeNumber(given, "context");
  const isUnknown = ({ decodes, contextTokens }: LoggedStep) =>
    decodes > 0 && contextTokens === undefined;
  const unknown = log.steps.filter(isUnknown).length;
  if (unknown > 0 && context === undefined) {
    throw new UsageError(
      `Cannot compare ${unknown} steps whose contexts the log does not say as ones without --context ` +
        "TOKENS: KV entries per decoding sequence, on average",
    );
  }
  const source = sourceOf(given, namedShape(model), wholeNumber(given, "tp") ?? 1, log.steps);
  const predicted = predictedSeconds(source, log.steps, context);
  print(`${log.steps.length} steps of ${log.format}, predicted as ${source.name}`);
  for (const note of notesOf(log, unknown, context)) print(`  ${note}`);
  for (const line of table(stepErrors(log.steps, predicted))) print(line);
  const host = hostTimeOf(log.steps, predicted);
  if (host === undefined) return;
  print("");
  print(
    `Decode-only steps take ${duration(host.stepSeconds)} and ` +
      `${
        duration(host.sequenceSeconds)
      } per sequence beyond this, the source's own error included:`,
  );
  const digits = (seconds: number) => Number(seconds.toPrecision(3));
  print(
    `  execution: {overheads: {step_seconds: ${digits(host.stepSeconds)}, sequence_seconds: ${
      digits(host.sequenceSeconds)
    }}}`,
  );
}

function notesOf(
  log: ReturnType<typeof readStepLog>,
  unknown: number,
  context: number | undefined,
): string[] {
  const notes: string[] = [];
  if (log.broken > 0) notes.push(`${log.broken} broken lines are skipped`);
  if (log.dummies > 0) notes.push(`${log.dummies} steps without a token are skipped`);
  if (unknown > 0) {
    notes.push(`${unknown} steps have ${context} KV entries per decoding sequence (--context)`);
  } else if (context !== undefined) {
    notes.push("--context has no effect: the log says how many KV entries there are");
  }
  if (log.format.startsWith("vLLM")) {
    notes.push("several prompts of a step count as equal ones without KV entries before them");
  }
  return notes;
}

function table(errors: readonly StepErrors[]): string[] {
  const percent = (share: number) => (100 * share).toFixed(1);
  const rows = errors.map((one) => [
    one.kind,
    String(one.steps),
    percent(one.median),
    percent(one.meanAbsolute),
    percent(one.p90Absolute),
    percent(one.total),
    one.hostSeconds === null ? "-" : duration(one.hostSeconds),
  ]);
  const head = ["error %", "steps", "median", "mean abs.", "p90 abs.", "of all", "host, median"];
  return textTable([head, ...rows]);
}

function sourceOf(
  given: CommandArguments,
  shape: TransformerShape,
  tensorParallel: number,
  steps: readonly LoggedStep[],
): ExecutionTimeModel {
  const tokens = ({ decodes, chunks }: LoggedStep) =>
    chunks.reduce((sum, [own]) => sum + own, decodes);
  const size = {
    shape,
    tensorParallel,
    maxTokensPerStep: Math.max(64, ...steps.map(tokens)),
    maxSequences: Math.max(64, ...steps.map(({ decodes, chunks }) => decodes + chunks.length)),
  };
  const [name, gpu] = [given.value("profile"), given.value("gpu")];
  if ((name === undefined) === (gpu === undefined)) {
    throw new UsageError("Cannot predict steps without one of --profile NAME and --gpu GPU");
  }
  if (name === undefined) return analytical({ ...size, gpu: gpuNamed(gpu!) });
  const profile = PROFILE_NAMES.includes(name) ? shippedProfile(name) : parseInput(
    { file: name, what: "a profile" },
    readInput(name, "a profile", "measurements"),
    parseProfile,
  );
  return profiled({ ...size, profile });
}

function namedShape(name: string): TransformerShape {
  if (!name.endsWith(".json")) return modelShape(name);
  const what = "a model's config.json";
  return parseInput(
    { file: name, what },
    readInput(name, what, "description"),
    (text) => modelFromHfConfig(parseJson(text), {}).shape,
  );
}

function wholeNumber(given: CommandArguments, name: string): number | undefined {
  const text = given.value(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value < 1e9) return value;
  throw new UsageError(`Cannot read --${name} as a whole number > 0: current value is "${text}"`);
}
