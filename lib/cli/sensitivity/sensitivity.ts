import {
  experimentSensitivity,
  measuresOf,
} from "../../experiment/sensitivity/experiment_sensitivity.ts";
import { sensitivityFigures } from "../../experiment/sensitivity/sensitivity_figures.ts";
import {
  type SensitivityRow,
  sensitivityTable,
} from "../../experiment/sensitivity/sensitivity_row.ts";
import { readExperimentResult } from "../../experiment/read_result.ts";
import { planMeasures, planSensitivities } from "../../planning/plan_sensitivity.ts";
import { convertSvg, renderSvg } from "../../plot/mod.ts";
import { tableBytes, writeFigures } from "../../results/mod.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { readPlan, resultKind } from "../compare/result_kind.ts";
import { oneOf } from "../one_of.ts";
import { UsageError } from "../usage_error.ts";
import { sensitivityLines } from "./show_sensitivity.ts";

const FORMATS = ["svg", "pdf", "png"] as const;

const OPTIONS: readonly CommandOption[] = [
  {
    name: "measure",
    value: "NAME",
    repeats: true,
    describe: "Only this column of numbers; may stand several times (all)",
  },
  { name: "json", describe: "The same as JSON: rows and notices" },
  {
    name: "out",
    value: "DIR",
    describe: "Write sensitivity.parquet, sensitivity.csv and figures/ there, which may be RESULT",
  },
];

/** The command "sensitivity". */
export const sensitivityCommand: Command = {
  name: "sensitivity",
  summary: "Show what each factor of an experiment or a plan moves",
  help: `Shows what each factor of an experiment or a plan does to its measures, the greatest first.

Usage: deno task sensitivity RESULT [OPTION...]

RESULT is the directory of results of an experiment (results/experiments/ID) or of a plan (plan --out).
The swing of a factor is the difference between its best and its worst level: around the basis of
{ oneAtATime }, over all cells of other designs. The full grid and { sobol } also give the share of
the variance that a factor has by itself (first order) and with all that it takes part in (total
effect). Of a plan: the least value of its objective by level, and the figures of candidates that
differ from the chosen one in that factor alone.

${describeOptions(OPTIONS)}

Exit codes: 0 done, 2 a mistake in the input (one line says which).`,
  async run(args, print) {
    const given = readArguments("sensitivity", args, OPTIONS, 1);
    const [folder] = given.positional;
    if (folder === undefined) {
      throw new UsageError("Cannot tell sensitivities without results: write sensitivity RESULT");
    }
    const { rows, notices } = await sensitivityOf(folder, given.values("measure"));
    if (given.flag("json")) print(JSON.stringify({ rows, notices }, null, 2));
    else {
      for (const line of sensitivityLines(rows)) print(line);
      for (const notice of notices) print(`Note: ${notice}`);
    }
    const out = given.value("out");
    if (out !== undefined) {
      writeFigures(out, await filesOf(rows));
      if (!given.flag("json")) print(`The table and the figures are in ${out}`);
    }
    return 0;
  },
};

async function sensitivityOf(folder: string, wanted: readonly string[]) {
  const chosen = (measures: readonly string[]) =>
    wanted.length === 0
      ? measures
      : [...new Set(wanted)].map((name) => oneOf("a measure", name, measures));
  switch (resultKind(folder)) {
    case "experiment": {
      const result = await readExperimentResult(folder);
      return experimentSensitivity(result, chosen(measuresOf(result)));
    }
    case "plan": {
      const plan = readPlan(folder);
      return planSensitivities(plan, chosen(planMeasures(plan)));
    }
    case "run":
      throw new UsageError(
        `Cannot tell sensitivities of a directory as results of an experiment or a plan: current ` +
          `value is "${folder}", a run`,
      );
  }
}

async function filesOf(rows: readonly SensitivityRow[]) {
  const table = sensitivityTable(rows);
  const files: [string, Uint8Array][] = [
    ["sensitivity.parquet", tableBytes(table, "parquet")],
    ["sensitivity.csv", tableBytes(table, "csv")],
  ];
  for (const [name, spec] of Object.entries(sensitivityFigures(rows))) {
    const svg = await renderSvg(spec);
    for (const format of FORMATS) {
      files.push([`figures/${name}.${format}`, await convertSvg(svg, format)]);
    }
  }
  return files;
}
