/**
 * Validation against measured servers: load points, concurrency points and recorded runs are replayed,
 * and the errors compared with published ones. What was measured is read by simfaasinfer/measurements.
 *
 * @module
 */
export type { Overhead } from "../lib/execution/calibrated/overhead.ts";
export type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
} from "../lib/execution/execution_time_model.ts";
export type { ProfileDtype } from "../lib/execution/profiled/operator_profile.ts";
export { BARS } from "../lib/experiment/validation/bars.ts";
export type { ConcurrencyPoint } from "../lib/experiment/validation/concurrency_points.ts";
export type { Constants } from "../lib/experiment/validation/constants.ts";
export {
  type Latencies,
  type LatencyErrors,
  latencyErrors,
  meanErrors,
} from "../lib/experiment/validation/latencies.ts";
export type { LoadGenerator } from "../lib/experiment/validation/load_generator.ts";
export type { LoadPoint } from "../lib/experiment/validation/load_points.ts";
export type { MeasuredRun, MeasuredSecond } from "../lib/experiment/validation/measured_run.ts";
export { replayConcurrencyPoint } from "../lib/experiment/validation/replay_concurrency_point.ts";
export {
  type LoadReplay,
  replayLoadPoint,
} from "../lib/experiment/validation/replay_load_point.ts";
export {
  replayMeasuredRun,
  type RunReplay,
} from "../lib/experiment/validation/replay_measured_run.ts";
export { type MeasuredServer, ServerRunner } from "../lib/experiment/validation/server.ts";
export {
  type PointRow,
  type RunRow,
  validate,
  type Validation,
  type ValidationData,
} from "../lib/experiment/validation/validate.ts";
export type { LatencyParts } from "../lib/metrics/latency_parts.ts";
export type { KvTokens } from "../lib/metrics/kv_tokens.ts";
export type { MeterTotals, TotalsColumns } from "../lib/metrics/meter_totals.ts";
export type {
  FaultRecord,
  PoolRecord,
  RunRecord,
  SleepRecord,
  SpeculationRecord,
} from "../lib/metrics/run_record.ts";
export type { RequestColumns, TimeSeriesColumns } from "../lib/metrics/run_tables.ts";
export type { StageSpanColumns } from "../lib/serverless/cold_start/stage_spans.ts";
export type { StageSpan } from "../lib/serverless/cold_start/start_service.ts";
export type { RankPlace } from "../lib/serverless/cold_start/start_request.ts";
export type { InstanceLife, PoolMemberLife } from "../lib/serverless/lifecycle.ts";
export { type GapRun, GapSketch } from "../lib/stats/gap_sketch.ts";
export type { ClosedLoop, PrefixBlocks, RequestTable } from "../lib/workload/request_table.ts";
export type { Tuning } from "../lib/experiment/validation/tuning.ts";
export type { TierRecord } from "../lib/metrics/kv_tier_record.ts";
export type { MigrationRecord } from "../lib/metrics/migration_record.ts";
