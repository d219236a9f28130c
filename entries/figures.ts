/**
 * Figures of a run: the standard ones, and charts of starts, instances, machines and money. What draws
 * them is in simfaasinfer/plot.
 *
 * @module
 */
export type { LatencyParts } from "../lib/metrics/latency_parts.ts";
export type { LatencyBand } from "../lib/report/explain/bands.ts";
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
export {
  instanceGantt,
  type InstanceGanttOptions,
  type PhaseRow,
} from "../lib/plot/instance_gantt.ts";
export { joinShortStages } from "../lib/plot/join_short_stages.ts";
export {
  type Roof,
  roofline,
  type RooflineOptions,
  type RooflineRow,
} from "../lib/plot/roofline.ts";
export type { FigureSpec } from "../lib/plot/spec.ts";
export { stageLabel } from "../lib/plot/stage_label.ts";
export { startGraph, type StartGraphOptions, type StartStageRow } from "../lib/plot/start_graph.ts";
export type { ColumnSpan } from "../lib/plot/theme.ts";
export { type FigureSource, figureSource, type StageWaits } from "../lib/report/figure_source.ts";
export {
  type FigureSlo,
  STANDARD_FIGURES,
  type StandardFigure,
  type StandardFigureOptions,
} from "../lib/report/standard_figures.ts";
export { LIFE_PHASES, type LifePhase } from "../lib/serverless/life_phases.ts";
