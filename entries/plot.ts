/**
 * Figures: rows in, Vega-Lite specification out, drawn as SVG, PNG and PDF with equal bytes for equal
 * specifications. The standard figures of a run are here too.
 *
 * @module
 */
export type {
  ClassSummary,
  ColdStartWaits,
  CostSummary,
  FunctionSummary,
  InstancePhases,
  LatencySummary,
  PoolSummary,
  RequestColumns,
  RunResult,
  Summary,
  TimeSeriesColumns,
} from "../lib/metrics/run_tables.ts";
export type { UndefinedFigures } from "../lib/metrics/undefined_figures.ts";
export {
  attainmentCurves,
  type AttainmentRow,
  bandedCurves,
  type BandedCurvesOptions,
  type BandRow,
} from "../lib/plot/banded_curves.ts";
export { barPanels, type BarPanelsOptions, type BarRow } from "../lib/plot/bar_panels.ts";
export {
  clusterTimeline,
  type ClusterTimelineOptions,
  type TimelineRow,
} from "../lib/plot/cluster_timeline.ts";
export {
  coldStartStages,
  type ColdStartStagesOptions,
  type StageRow,
  type StageTotal,
} from "../lib/plot/cold_start_stages.ts";
export {
  costBreakdown,
  type CostBreakdownOptions,
  type CostRow,
} from "../lib/plot/cost_breakdown.ts";
export { heatMap, type HeatMapOptions, type HeatRow } from "../lib/plot/heat_map.ts";
export {
  instanceGantt,
  type InstanceGanttOptions,
  type PhaseRow,
} from "../lib/plot/instance_gantt.ts";
export { joinShortStages, OTHER_STAGES } from "../lib/plot/join_short_stages.ts";
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
export {
  type Roof,
  roofline,
  type RooflineOptions,
  type RooflineRow,
} from "../lib/plot/roofline.ts";
export type { FigureSpec } from "../lib/plot/spec.ts";
export { stageLabel } from "../lib/plot/stage_label.ts";
export { startGraph, type StartGraphOptions, type StartStageRow } from "../lib/plot/start_graph.ts";
export { type ColumnSpan, FIGURE_WIDTH } from "../lib/plot/theme.ts";
export { type CdfPoint, thinCdf } from "../lib/plot/thin_cdf.ts";
export { type TimeUnit, timeUnit } from "../lib/plot/time_axis.ts";
export { type FigureSource, figureSource, type StageWaits } from "../lib/report/figure_source.ts";
export {
  type FigureSlo,
  STANDARD_FIGURES,
  type StandardFigure,
  type StandardFigureOptions,
} from "../lib/report/standard_figures.ts";
export { LIFE_PHASES, type LifePhase } from "../lib/serverless/life_phases.ts";
