/**
 * Notebooks: tables, data frames, sweeps, charts and figures as a cell's output. Import it as
 * "simfaasinfer/notebook". Read notebook/show.ts and notebook/table.ts first.
 *
 * @module
 */
import { type Attendance, attendRuns } from "../run/attendance.ts";
import { drawFiguresWith } from "../plot/mod.ts";
import { drawKind } from "../std/display.ts";
import { beginInterruptible, listenForInterrupts } from "./interrupts.ts";
import { drawConfiguration } from "./notebook/draw_configuration.ts";
import { drawRun } from "./notebook/draw_run.ts";
import { drawSummary } from "./notebook/draw_summary.ts";
import { formatNumber } from "./notebook/format_cells.ts";
import { beginProgress } from "./notebook/progress.ts";
import { figureBundle } from "./notebook/show.ts";

// Importing this module is what makes a kernel's stop button stop runs, whoever imports simulate(), and
// what shows how far they are.
if (listenForInterrupts()) attendRuns(attend);

// What runs, configurations and figures are shown as, where a cell ends with one.
drawKind("run", drawRun);
drawKind("summary", drawSummary);
drawKind("configuration", drawConfiguration);
drawFiguresWith(figureBundle);

/** Attends a run in a notebook. */
function attend(): Attendance {
  const stop = beginInterruptible();
  const progress = beginProgress("simulating");
  return {
    signal: stop.signal,
    onProgress: (share, nowSeconds) =>
      progress.update(share, `${formatNumber(Math.floor(nowSeconds))} s`),
    end() {
      progress.end();
      stop.end();
    },
  };
}

export { targetCells } from "../experiment/target_page.ts";
export { chart, type NotebookChart, saveFigure } from "./notebook/chart.ts";
export { draw } from "./notebook/draw.ts";
export { frame, frames, type RunFrames } from "./notebook/frames.ts";
export {
  type OpenExperiment,
  openExperiment,
  openExperiments,
} from "./notebook/open_experiment.ts";
export { show, type ShowOptions } from "./notebook/show.ts";
export { summarise, type SummariseOptions } from "./notebook/summarise.ts";
export { sweep, type SweepOptions } from "./notebook/sweep.ts";
export { type Display, table, type TableOptions, type TableRow } from "./notebook/table.ts";
export type { FrameLike } from "./notebook/frame_view.ts";
export type { Frame } from "./notebook/load_polars.ts";
