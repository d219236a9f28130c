import type { RunResult } from "../../metrics/run_tables.ts";
import type { MediaBundle } from "../../std/display.ts";
import { counted, figuresView, joinBundles, latencyView, textBundle } from "./draw_summary.ts";
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
    tableBundle(figuresView("figures", keyFigures(run))),
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

function keyFigures({ summary }: RunResult): [string, unknown][] {
  const { reasons, ...requests } = summary.requests;
  const ended = Object.entries(requests).filter(([name, count]) =>
    count > 0 || name === "arrived" || name === "completed"
  );
  return [
    ...ended,
    ...Object.entries(reasons).filter(([reason]) => !(reason in requests)),
    ...(["throughput_rps", "slo_attainment", "goodput_rps", "output_tokens_per_s"] as const)
      .filter((key) => summary[key] !== null).map((key): [string, unknown] => [key, summary[key]]),
    ["cold_starts", summary.cold_starts],
    ["cold_start_rate", summary.cold_start_rate],
    ["gpu_hours", summary.gpu_hours],
    ["cost.total_usd", summary.cost.total_usd],
  ];
}
