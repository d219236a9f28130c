import { convertSvg, type FigureFormat, renderSvg } from "../plot/mod.ts";
import type { FigureSource } from "./figure_source.ts";
import {
  figuresOf,
  runWithout,
  STANDARD_FIGURES,
  type StandardFigure,
  type StandardFigureOptions,
} from "./standard_figures.ts";

/** Options of {@linkcode drawFigures}. */
export interface DrawOptions extends StandardFigureOptions {
  readonly formats: readonly FigureFormat[];
  /** Figures to draw; default all that the run has. */
  readonly only?: readonly StandardFigure[];
}

/**
 * Draws the standard figures of a run one after the other.
 *
 * @param write Takes the name of each file, such as "timeline.svg", and its bytes.
 * @throws {RangeError} If a figure is asked for that the run does not have.
 */
export async function drawFigures(
  source: FigureSource,
  options: DrawOptions,
  write: (name: string, bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const own = figuresOf(source);
  for (const name of options.only ?? own) {
    if (!own.includes(name)) {
      throw new RangeError(
        `Cannot draw ${name} of a run ${runWithout(name)}: current value is ${own.join(", ")}`,
      );
    }
    const svg = await renderSvg(STANDARD_FIGURES[name](source, options));
    for (const format of options.formats) {
      write(`${name}.${format}`, await convertSvg(svg, format));
    }
  }
}
