import { SUMMARY_FIGURES } from "../../metrics/figures/summary_figures.ts";
import type { RunResult, Summary } from "../../metrics/run_tables.ts";
import type { MediaBundle } from "../../std/display.ts";
import {
  counted,
  type FigureRow,
  figureRows,
  figuresView,
  joinBundles,
  latencyView,
  textBundle,
} from "./draw_summary.ts";
import { formatNumber } from "./format_cells.ts";
import { tableBundle } from "./table_view.ts";

/** A run in short: what it was, its latencies, its key figures, its notices, and what is in it. */
export function drawRun(run: RunResult): MediaBundle {
  const { summary, timeSeries, requests, functionNames } = run;
  const endSeconds = timeSeries.count > 0 ? timeSeries.timeSeconds[timeSeries.count - 1] : 0;
  const title = `run: ${counted(requests.count, "request")} to ` +
    `${counted(functionNames.length, "function")} in ${formatNumber(endSeconds)} s`;
  return joinBundles([
    tableBundle(latencyView(summary, title)),
    tableBundle(figuresView("figures", keyFigures(summary))),
    ...(run.engine.notices.length === 0 ? [] : [textBundle("notices", run.engine.notices)]),
    textBundle("in it", [
      `requests: ${counted(requests.count, "row")}`,
      `timeSeries: ${counted(timeSeries.count, "row")}`,
      `instances: ${counted(run.instances.count, "row")}`,
      `coldStartWaits: ${counted(run.coldStartWaits.count, "row")}`,
      "summary: all figures",
      "await frame(run): data frames of these",
    ]),
  ]);
}

/** Figures that say what kind of run it was, by their path in the summary. */
const KEY_FIGURES = [
  ...["requests.arrived", "requests.completed", "throughput_rps", "slo_attainment", "goodput_rps"],
  ...["output_tokens_per_s", "cold_starts", "cold_start_rate", "gpu_hours", "cost.total_usd"],
];

function keyFigures(summary: Summary): FigureRow[] {
  const rows = figureRows(SUMMARY_FIGURES, summary as unknown as Readonly<Record<string, unknown>>);
  const isKey = ({ name }: FigureRow) => KEY_FIGURES.includes(name);
  // What went wrong is said where it did.
  const isEnd = ({ name, value }: FigureRow) => name.startsWith("requests.") && Number(value) > 0;
  return rows.filter((row) => (isKey(row) && row.value !== null) || isEnd(row));
}
