import { writeFigures } from "../../results/mod.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { UsageError } from "../usage_error.ts";
import { compareExperimentResults } from "./compare_experiments.ts";
import { comparePlanResults } from "./compare_plans.ts";
import { compareRuns } from "./compare_runs.ts";
import type { Comparison } from "./comparison.ts";
import { type ResultKind, resultKind } from "./result_kind.ts";

const OPTIONS: readonly CommandOption[] = [
  { name: "all", describe: "All figures, cells or candidates, not only those that matter most" },
  { name: "json", describe: "The same as JSON, a list of comparisons with the first directory" },
  {
    name: "out",
    value: "DIR",
    describe: "Draw the results over one another there",
  },
];

/** The command "compare". */
export const compareCommand: Command = {
  name: "compare",
  summary: "Compare results: which settings differ, and what that does",
  help: `Compares results with the first of them: settings and figures that differ.

Usage: deno task compare DIR DIR... [OPTION...]

Directories are of one kind: runs (simulate --out), experiments (results/experiments/ID), or plans
(plan --out). Cells of experiments are matched by the levels of their factors, candidates of plans by
theirs; of plans it is told whether the choice changes, and why the other one lost.

Where both hold the same replications of the same seed, differences are taken run by run, on the same
random numbers, and their intervals are narrow; other replications give Welch's interval; single runs
give none. A star marks an interval without 0.

${describeOptions(OPTIONS)}

Exit codes: 0 done, 2 a mistake in the input (one line says which).`,
  async run(args, print) {
    const given = readArguments("compare", args, OPTIONS);
    const folders = given.positional;
    if (folders.length < 2) {
      throw new UsageError(
        `Cannot compare fewer than two directories of results: current value is ${folders.length}`,
      );
    }
    const { json, lines, figures } = await compareAll(folders, given.flag("all"));
    if (given.flag("json")) print(JSON.stringify(json, null, 2));
    else for (const line of lines) print(line);
    const out = given.value("out");
    if (out !== undefined) {
      const { files, notices } = await figures();
      writeFigures(out, files);
      for (const notice of notices) console.error(`Note: ${notice}`);
      if (!given.flag("json")) print(`Figures are in ${out}`);
    }
    return 0;
  },
};

async function compareAll(folders: readonly string[], isAll: boolean): Promise<Comparison> {
  const kinds = folders.map(resultKind);
  const other = kinds.findIndex((kind) => kind !== kinds[0]);
  if (other !== -1) {
    throw new UsageError(
      `Cannot compare results of several kinds: current value is "${folders[0]}", ` +
        `${shownKind(kinds[0])}, and "${folders[other]}", ${shownKind(kinds[other])}`,
    );
  }
  switch (kinds[0]) {
    case "run":
      return await compareRuns(folders, isAll);
    case "experiment":
      return await compareExperimentResults(folders, isAll);
    case "plan":
      return comparePlanResults(folders, isAll);
  }
}

function shownKind(kind: ResultKind): string {
  return kind === "experiment" ? "an experiment" : `a ${kind}`;
}
