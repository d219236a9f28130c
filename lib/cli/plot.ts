import { join } from "node:path";
import type { FigureFormat } from "../plot/render.ts";
import type { FigureSlo, StandardFigure } from "../report/standard_figures.ts";
import { writeFigures } from "../results/add_files.ts";
import { recoverResults } from "../results/result_directory.ts";
import { type CommandOption, describeOptions, readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { experimentNamed } from "./experiment_named.ts";
import { oneOf } from "./one_of.ts";
import { exists } from "../results/exists.ts";
import { parseInput } from "../std/input_error.ts";
import { parseJson } from "../std/json.ts";
import { showValue } from "../std/show_value.ts";
import { readableReason, readInput } from "./read_input.ts";
import { UsageError } from "./usage_error.ts";

const FORMATS = ["svg", "png", "pdf"] as const;

const OPTIONS: readonly CommandOption[] = [
  {
    name: "figure",
    value: "NAME",
    repeats: true,
    describe: "Only this figure; may stand several times. Of a run: latency_cdf,\n" +
      "latency_percentiles, timeline, instances, cold_starts (where a request waited for\n" +
      "one), cost, attainment_by_class and attainment_by_function (where there are such with\n" +
      "limits); an experiment has its own",
  },
  {
    name: "format",
    value: "LIST",
    describe: "svg, png, pdf, or several with commas (svg,png,pdf)",
  },
  {
    name: "column",
    value: "1|2",
    describe: "Width: one column of a two-column page (240 points), or both (504 points)",
  },
  {
    name: "out",
    value: "DIR",
    describe: "Where the figures go (RESULT_DIR/figures); files that plot did not write stay",
  },
  {
    name: "experiments",
    value: "DIR|FILE",
    describe: "Folder of the experiments (experiments), or the one whose figures are drawn",
  },
];

/** The command "plot". */
export const plotCommand: Command = {
  name: "plot",
  summary: "Draw the figures of a directory of results",
  help:
    `Draws the figures of a directory of results, of a run or an experiment, at paper size with 8-point text.

Usage: deno task plot RESULT_DIR [OPTION...]

${describeOptions(OPTIONS)}`,
  async run(args, print) {
    const given = readArguments("plot", args, OPTIONS, 1);
    const [results] = given.positional;
    if (results === undefined) {
      throw new UsageError("Cannot plot without results: write plot RESULT_DIR");
    }
    const formats = [...new Set((given.value("format") ?? "svg,png,pdf").split(","))]
      .map((name) => oneOf<FigureFormat>("--format", name, FORMATS));
    const column = given.value("column");
    const draw = await drawing(results, given.values("figure"), {
      experiments: given.value("experiments"),
      formats,
      column: column === undefined ? undefined : Number(oneOf("--column", column, ["1", "2"])) as
        | 1
        | 2,
    });
    const out = given.value("out") ?? join(results, "figures");
    const files: [string, Uint8Array][] = [];
    await draw((name, bytes) => {
      files.push([name, bytes]);
    });
    try {
      writeFigures(out, files);
      for (const [name] of files) print(join(out, name));
    } catch (error) {
      if (!(error instanceof Error) || !error.name.match(/^(Not|Permission|Already|Read)/)) {
        throw error;
      }
      throw new UsageError(
        `Cannot write figures to a directory (${readableReason(error)}): current value is "${out}"`,
        { cause: error },
      );
    }
    return 0;
  },
};

type Draw = (write: (name: string, bytes: Uint8Array<ArrayBuffer>) => void) => Promise<void>;

/** What draws the figures that a directory of results has: those of a run, or of its experiment. */
async function drawing(
  results: string,
  figures: readonly string[],
  { experiments, ...options }: {
    readonly formats: readonly FigureFormat[];
    readonly column: 1 | 2 | undefined;
    readonly experiments: string | undefined;
  },
): Promise<Draw> {
  recoverResults(results);
  const manifest = readManifest(results);
  const asked = <T extends string>(names: readonly T[]) =>
    figures.length === 0 ? undefined : figures.map((name) => oneOf("--figure", name, names));
  if (manifest?.experiment !== undefined) {
    const { drawExperimentFigures, readFigureRows } = await import("../experiment/mod.ts");
    const experiment = await experimentNamed(
      manifest.experiment,
      experiments,
      "draw the figures of",
    );
    const rows = await readFigureRows(experiment, results);
    const only = asked(Object.keys(experiment.figures));
    return (write) => drawExperimentFigures(experiment, rows, { ...options, only }, write);
  }
  const { drawFigures, readFigureSource, STANDARD_FIGURES } = await import("../report/mod.ts");
  const only = asked(Object.keys(STANDARD_FIGURES) as StandardFigure[]);
  const source = await readFigureSource(results);
  const slo = manifest?.config?.slo;
  return (write) => drawFigures(source, { ...options, only, slo }, write);
}

/** What of a manifest decides which figures are drawn. */
interface DrawnManifest {
  readonly experiment?: string;
  readonly config?: { readonly slo?: FigureSlo };
}

/**
 * The manifest of a directory, or undefined where there is none.
 *
 * @throws {InputError} If it is damaged.
 */
function readManifest(results: string): DrawnManifest | undefined {
  const path = join(results, "manifest.json");
  if (!exists(path)) return undefined;
  const what = "a manifest of results";
  return parseInput({ file: path, what }, readInput(path, what), (text) => {
    const { experiment, config } = mapping(parseJson(text), "the file");
    if (experiment !== undefined && typeof experiment !== "string") {
      throw new SyntaxError(
        `Cannot read "experiment" as a name: current value is ${showValue(experiment)}`,
      );
    }
    const slo = mapping(mapping(config ?? {}, '"config"').slo ?? {}, '"config.slo"');
    for (const key of ["ttft_s", "tpot_s", "e2e_s"]) {
      const limit = slo[key] ?? 0;
      if (typeof limit === "number" && limit >= 0 && limit < 1e15) continue;
      throw new SyntaxError(
        `Cannot read "config.slo.${key}" as seconds: current value is ${showValue(limit)}`,
      );
    }
    return { ...(experiment !== undefined && { experiment }), config: { slo } };
  });
}

function mapping(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new SyntaxError(`Cannot read ${what} as an object: current value is ${showValue(value)}`);
}
