/**
 * Plots: rows in, Vega-Lite specification out, drawn as SVG, PNG and PDF with equal bytes for equal
 * specifications. Charts of what happened inside a run are in simfaasinfer/figures, of what factors move in
 * simfaasinfer/sensitivity.
 *
 * @module
 */
export {
  attainmentCurves,
  type AttainmentRow,
  bandedCurves,
  type BandedCurvesOptions,
  type BandRow,
} from "../lib/plot/banded_curves.ts";
export { barPanels, type BarPanelsOptions, type BarRow } from "../lib/plot/bar_panels.ts";
export { heatMap, type HeatMapOptions, type HeatRow } from "../lib/plot/heat_map.ts";
export {
  type CdfRow,
  latencyCdf,
  type LatencyCdfOptions,
  type SloLine,
} from "../lib/plot/latency_cdf.ts";
export {
  type CurveRow,
  pairedCurves,
  type PairedCurvesOptions,
} from "../lib/plot/paired_curves.ts";
export { paperBars, type PaperBarsOptions, type PaperRow } from "../lib/plot/paper_bars.ts";
export {
  paretoFront,
  type ParetoFrontOptions,
  type ParetoRow,
  paretoRows,
} from "../lib/plot/pareto_front.ts";
export {
  percentileBars,
  type PercentileBarsOptions,
  type PercentileRow,
} from "../lib/plot/percentile_bars.ts";
export { type PointPanel, pointPanels, type PointPanelsOptions } from "../lib/plot/point_panels.ts";
export {
  predictedScatter,
  type PredictedScatterOptions,
  type ScatterRow,
} from "../lib/plot/predicted_scatter.ts";
export { convertSvg, type FigureFormat, renderFigure, renderSvg } from "../lib/plot/render.ts";
export type { FigureSpec } from "../lib/plot/spec.ts";
export { type ColumnSpan, FIGURE_WIDTH } from "../lib/plot/theme.ts";
export { type CdfPoint, thinCdf } from "../lib/plot/thin_cdf.ts";
export { type TimeUnit, timeUnit } from "../lib/plot/time_axis.ts";
