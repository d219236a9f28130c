/**
 * Figures: rows in, Vega-Lite specification out, rendered to SVG, PNG and PDF. Knows nothing of the
 * simulator. Read theme.ts first, then latency_cdf.ts and render.ts.
 *
 * @module
 */
export {
  attainmentCurves,
  type AttainmentRow,
  bandedCurves,
  type BandedCurvesOptions,
  type BandRow,
} from "./banded_curves.ts";
export { barPanels, type BarPanelsOptions, type BarRow } from "./bar_panels.ts";
export * from "./chart/mod.ts";
export { energyTimeline, type EnergyTimelineOptions, type PowerRow } from "./energy_timeline.ts";
export {
  clusterTimeline,
  type ClusterTimelineOptions,
  type TimelineRow,
} from "./cluster_timeline.ts";
export {
  coldStartStages,
  type ColdStartStagesOptions,
  type StageRow,
  type StageTotal,
} from "./cold_start_stages.ts";
export { costBreakdown, type CostBreakdownOptions, type CostRow } from "./cost_breakdown.ts";
export { dotWhisker, type DotWhiskerOptions, type DotWhiskerRow } from "./dot_whisker.ts";
export { heatMap, type HeatMapOptions, type HeatRow } from "./heat_map.ts";
export { instanceGantt, type InstanceGanttOptions, type PhaseRow } from "./instance_gantt.ts";
export { intervalPoints, type IntervalPointsOptions, type IntervalRow } from "./interval_points.ts";
export { joinShortStages, OTHER_STAGES } from "./join_short_stages.ts";
export { type CdfRow, latencyCdf, type LatencyCdfOptions, type SloLine } from "./latency_cdf.ts";
export { type LatencyPartRow, latencyParts, type LatencyPartsOptions } from "./latency_parts.ts";
export { type CurveRow, pairedCurves, type PairedCurvesOptions } from "./paired_curves.ts";
export { paperBars, type PaperBarsOptions, type PaperRow } from "./paper_bars.ts";
export {
  paretoFront,
  type ParetoFrontOptions,
  type ParetoRow,
  paretoRows,
} from "./pareto_front.ts";
export {
  percentileBars,
  type PercentileBarsOptions,
  type PercentileRow,
} from "./percentile_bars.ts";
export {
  predictedScatter,
  type PredictedScatterOptions,
  type ScatterRow,
} from "./predicted_scatter.ts";
export { type PointPanel, pointPanels, type PointPanelsOptions } from "./point_panels.ts";
export { convertSvg, type FigureFormat, renderFigure, renderSvg } from "./render.ts";
export { type Roof, roofline, type RooflineOptions, type RooflineRow } from "./roofline.ts";
export { drawFiguresWith, type FigureSpec } from "./spec.ts";
export { stageLabel } from "./stage_label.ts";
export { startGraph, type StartGraphOptions, type StartStageRow } from "./start_graph.ts";
export { scaleSpec } from "./scale_spec.ts";
export { type ColumnSpan, FIGURE_WIDTH, FONT_SIZE, THEME } from "./theme.ts";
export { type CdfPoint, thinCdf } from "./thin_cdf.ts";
export { type TimeUnit, timeUnit } from "./time_axis.ts";
export { tornado, type TornadoOptions, type TornadoRow } from "./tornado.ts";
