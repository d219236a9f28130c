import { resolve } from "node:path";
import { exists } from "../../results/exists.ts";
import { replaceFile } from "../../results/replace_file.ts";
import {
  type CommandArguments,
  type CommandOption,
  describeOptions,
  readArguments,
} from "../arguments.ts";
import type { Command } from "../command.ts";
import { EXECUTOR_OPTIONS, slurmCallOf } from "../experiment/executor_options.ts";
import { checkNotebookFolder } from "../notebooks/notebooks.ts";
import { UsageError } from "../usage_error.ts";
import { pipelineSteps } from "./pipeline_steps.ts";

const OPTIONS: readonly CommandOption[] = [
  { name: "out", value: "DIR", describe: "Where results go (results/experiments)" },
  { name: "experiments", value: "DIR", describe: "Folder of the experiments (experiments)" },
  { name: "notebooks", value: "DIR", describe: "Folder of the notebooks (notebooks)" },
  ...EXECUTOR_OPTIONS,
  { name: "again", describe: "Run every step, also those whose inputs are unchanged" },
];

/** The command "pipeline". */
export const pipelineCommand: Command = {
  name: "pipeline",
  summary: "Verify data, run experiments, draw figures, execute notebooks: what has changed",
  help: `Verifies the data, runs the experiments, draws their figures and executes the notebooks.

Usage: deno task pipeline [--again] [--executor slurm]

A step is skipped while nothing that it depends on has changed since it last succeeded; every step
says in a line what it does and why. The first step that fails ends the pipeline with exit code 1.

${describeOptions(OPTIONS)}`,
  async run(args, print) {
    const given = readArguments("pipeline", args, OPTIONS, 0);
    const slurm = slurmCallOf(given, false);
    const root = new URL("../../../", import.meta.url);
    const folder = (name: string, usual: string) =>
      resolve(given.value(name) ?? decodeURIComponent(new URL(usual, root).pathname));
    const results = folder("out", "results/experiments");
    checkFolders(given, folder);
    const memory = `${results}/.pipeline.json`;
    const known = readMemory(memory);
    const steps = pipelineSteps({
      results,
      experiments: folder("experiments", "experiments"),
      notebooks: folder("notebooks", "notebooks"),
      slurm,
    });
    for await (const step of steps) {
      if (step.fingerprint === undefined) {
        print(`${step.name}: left out, ${step.why}`);
        continue;
      }
      const before = known[step.name];
      const unchanged = before === step.fingerprint && step.isThere();
      if (unchanged && !given.flag("again")) {
        print(`${step.name}: skipped, ${step.inputs} unchanged`);
        continue;
      }
      const reason = given.flag("again")
        ? "asked to run again"
        : before === undefined
        ? "it has not run here"
        : before !== step.fingerprint
        ? `${step.inputs} changed`
        : "its results are not there";
      print(`${step.name}: runs, ${reason}`);
      const code = await step.run((line) => print(`  ${line}`));
      if (code !== 0) {
        print(`${step.name} failed; the pipeline ends here`);
        return 1;
      }
      known[step.name] = step.fingerprint;
      Deno.mkdirSync(results, { recursive: true });
      replaceFile(memory, JSON.stringify(known, null, 2) + "\n");
    }
    return 0;
  },
};

/** @throws {UsageError} For a folder that is named and not there. */
function checkFolders(
  given: CommandArguments,
  folder: (name: string, usual: string) => string,
): void {
  checkNotebookFolder(given.value("notebooks"));
  const experiments = given.value("experiments");
  if (experiments === undefined || exists(folder("experiments", ""))) return;
  throw new UsageError(`Cannot find experiments in a folder: current value is "${experiments}"`);
}

function readMemory(path: string): Record<string, string> {
  try {
    const known = JSON.parse(Deno.readTextFileSync(path));
    return typeof known === "object" && known !== null ? known : {};
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return {};
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot keep what has run in a file (${why}): current value is "${path}"`);
  }
}
