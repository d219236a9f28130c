import type { RunResult } from "../../metrics/run_tables.ts";
import type { FigureSpec } from "../../plot/mod.ts";
import { suggest } from "../../std/suggest.ts";
import { figureSource } from "../figure_source.ts";
import {
  figuresOf,
  runWithout,
  STANDARD_FIGURES,
  type StandardFigure,
  type StandardFigureOptions,
} from "../standard_figures.ts";

/**
 * A standard figure of a run, such as its timeline: the last line of a cell shows it.
 *
 * @throws {RangeError} If there is no such figure, or the run has none.
 *
 * @example
 * ```ts ignore
 * draw(run, "timeline");
 * ```
 */
export function draw(
  run: RunResult,
  name: StandardFigure,
  options: StandardFigureOptions = {},
): FigureSpec {
  const names = Object.keys(STANDARD_FIGURES);
  if (!names.includes(name)) {
    const near = suggest(name, names);
    throw new RangeError(
      `Cannot draw a figure as one of ${names.join(", ")}${
        near === undefined ? "" : ` (did you mean ${near}?)`
      }: current value is "${name}"`,
    );
  }
  const source = figureSource(run);
  const own = figuresOf(source);
  if (!own.includes(name)) {
    throw new RangeError(
      `Cannot draw ${name} of a run ${runWithout(name)}: current value is ${own.join(", ")}`,
    );
  }
  return STANDARD_FIGURES[name](source, options);
}
