import { join } from "node:path";
import { suggest } from "../config/suggest.ts";
import type { FigureFormat } from "../plot/render.ts";
import type { FigureSlo, StandardFigure } from "../report/standard_figures.ts";
import { type CommandOption, describeOptions, readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { readableReason } from "./read_input.ts";
import { UsageError } from "./usage_error.ts";

const FORMATS = ["svg", "png", "pdf"] as const;

const OPTIONS: readonly CommandOption[] = [
  {
    name: "figure",
    value: "NAME",
    repeats: true,
    describe: "Only this figure; may stand several times:\n" +
      "latency_cdf, latency_percentiles, timeline, instances, cost",
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
  { name: "out", value: "DIR", describe: "Where the figures go (RESULT_DIR/figures)" },
];

/** The command "plot". */
export const plotCommand: Command = {
  name: "plot",
  summary: "Draw the figures of a directory of results",
  help: `Draws the figures of a directory of results, at paper size with 8-point text.

Usage: deno task plot RESULT_DIR [OPTION...]

${describeOptions(OPTIONS)}`,
  async run(args, print) {
    const given = readArguments("plot", args, OPTIONS, 1);
    const [results] = given.positional;
    if (results === undefined) {
      throw new UsageError("Cannot plot without results: write plot RESULT_DIR");
    }
    const { drawFigures, readFigureSource, STANDARD_FIGURES } = await import("../report/mod.ts");
    const names = Object.keys(STANDARD_FIGURES) as StandardFigure[];
    const only = given.values("figure").map((name) => oneOf("--figure", name, names));
    const formats = [...new Set((given.value("format") ?? "svg,png,pdf").split(","))]
      .map((name) => oneOf<FigureFormat>("--format", name, FORMATS));
    const column = given.value("column");
    const options = {
      formats,
      only: only.length === 0 ? undefined : only,
      column: column === undefined ? undefined : Number(oneOf("--column", column, ["1", "2"])) as
        | 1
        | 2,
      slo: undefined as FigureSlo | undefined,
    };
    const source = await readFigureSource(results);
    options.slo = JSON.parse(Deno.readTextFileSync(join(results, "manifest.json"))).config?.slo;
    const out = given.value("out") ?? join(results, "figures");
    try {
      Deno.mkdirSync(out, { recursive: true });
      await drawFigures(source, options, (name, bytes) => {
        const path = join(out, name);
        Deno.writeFileSync(`${path}.part`, bytes);
        Deno.renameSync(`${path}.part`, path);
        print(path);
      });
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

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === value);
  if (found !== undefined) return found;
  // Of one letter every other one is near.
  const near = value.length > 1 ? suggest(value, allowed) : undefined;
  throw new UsageError(
    `Cannot read ${option} as one of ${allowed.join(", ")}` +
      `${near === undefined ? "" : ` (did you mean ${near}?)`}: current value is "${value}"`,
  );
}
