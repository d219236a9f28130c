/**
 * What is made from a run for readers: the standard figures of a result. Read standard_figures.ts
 * first, then draw_figures.ts.
 *
 * @module
 */
export { drawFigures, type DrawOptions } from "./draw_figures.ts";
export { coldStartRows } from "./cold_start_rows.ts";
export { type FigureSource, figureSource, type StageWaits } from "./figure_source.ts";
export { readFigureSource } from "./read_figure_source.ts";
export {
  type FigureSlo,
  figuresOf,
  latencyRows,
  STANDARD_FIGURES,
  type StandardFigure,
  type StandardFigureOptions,
} from "./standard_figures.ts";
export { timelineRows } from "./timeline_rows.ts";
