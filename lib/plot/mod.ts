/**
 * Figures: rows in, Vega-Lite specification out, rendered to SVG, PNG and PDF. Knows nothing of the
 * simulator. Read theme.ts first, then latency_cdf.ts and render.ts.
 *
 * @module
 */
export {
  clusterTimeline,
  type ClusterTimelineOptions,
  type TimelineRow,
} from "./cluster_timeline.ts";
export { costBreakdown, type CostBreakdownOptions, type CostRow } from "./cost_breakdown.ts";
export { instanceGantt, type InstanceGanttOptions, type PhaseRow } from "./instance_gantt.ts";
export { type CdfRow, latencyCdf, type LatencyCdfOptions, type SloLine } from "./latency_cdf.ts";
export { type CurveRow, pairedCurves, type PairedCurvesOptions } from "./paired_curves.ts";
export {
  percentileBars,
  type PercentileBarsOptions,
  type PercentileRow,
} from "./percentile_bars.ts";
export {
  predictedMeasured,
  type PredictedMeasuredOptions,
  type PredictionRow,
} from "./predicted_measured.ts";
export { convertSvg, type FigureFormat, renderFigure, renderSvg } from "./render.ts";
export type { FigureSpec } from "./spec.ts";
export { type ColumnSpan, FIGURE_WIDTH, THEME } from "./theme.ts";
export { type CdfPoint, thinCdf } from "./thin_cdf.ts";
export { type TimeUnit, timeUnit } from "./time_axis.ts";
