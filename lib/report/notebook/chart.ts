import {
  type Channel,
  type Chart,
  chart as plainChart,
  type ChartData,
  type Charts,
  type ChartTools,
  convertSvg,
  type FigureFormat,
  type FigureSpec,
  renderSvg,
} from "../../plot/mod.ts";
import { replaceFile } from "../../results/replace_file.ts";
import { DISPLAY } from "../../std/display.ts";
import { meanInterval } from "../../stats/intervals.ts";
import { showValue } from "../../std/show_value.ts";
import { suggest } from "../../std/suggest.ts";
import { figureBundle } from "./show.ts";
import type { Display } from "./table.ts";

/** What charts take from other rooms. */
const TOOLS: ChartTools = { interval: meanInterval, nearest: suggest, shown: showValue };

/** A chart in a notebook: shown on the last line of a cell, and saved to a file in one call. */
export interface NotebookChart extends Chart, Display {
  /** The chart in panels, one for each name of a column. */
  facet(by: Channel, columns?: number): NotebookChart;
  /**
   * Draws the chart into a file at the size of a page: PDF, SVG or PNG, by the end of its name.
   *
   * @returns The chart itself, so that a cell shows what it saves.
   */
  save(path: string): Promise<NotebookChart>;
}

/**
 * Charts of rows or of a data frame: `line`, `bar`, `point`, `cdf`, each with `facet` and `save`.
 *
 * @throws {RangeError} If a part names no column of the data: the message has the nearest one.
 *
 * @example
 * ```ts ignore
 * chart(frame).line({ x: "rate", y: "ttft_s.p99", color: "policy", band: true });
 * ```
 */
export function chart(data: ChartData): Charts<NotebookChart> {
  const charts = plainChart(data, TOOLS);
  return {
    line: (parts) => shown(charts.line(parts), "line"),
    bar: (parts) => shown(charts.bar(parts), "bar"),
    point: (parts) => shown(charts.point(parts), "point"),
    cdf: (parts) => shown(charts.cdf(parts), "distribution"),
  };
}

function shown({ spec, facet }: Chart, kind: string): NotebookChart {
  const own: NotebookChart = {
    spec,
    facet: (by, columns) => shown(facet(by, columns), kind),
    async save(path) {
      await saveFigure(spec, path);
      return own;
    },
    [DISPLAY]: () => figureBundle(spec, { description: `${kind} chart` }),
  };
  return own;
}

const FORMATS: readonly FigureFormat[] = ["pdf", "svg", "png"];

/** Draws a figure into a file, whose name says the format. */
export async function saveFigure(spec: FigureSpec, path: string): Promise<void> {
  const end = /\.([^./\\]*)$/.exec(path)?.[1] ?? "";
  const format = FORMATS.find((known) => known === end.toLowerCase());
  if (format === undefined) {
    const near = suggest(end, [...FORMATS]);
    throw new RangeError(
      `Cannot save a figure as ${FORMATS.map((known) => `.${known}`).join(", ")}${
        near === undefined ? "" : ` (did you mean .${near}?)`
      }: current value is "${path}"`,
    );
  }
  const bytes = await convertSvg(await renderSvg(spec), format);
  replaceFile(path, (append) => append(bytes));
}
