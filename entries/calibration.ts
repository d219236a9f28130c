/**
 * Calibration: overhead constants fitted to measured load.
 *
 * @module
 */
export {
  calibrationEntries,
  calibrationFor,
  type CalibrationKey,
} from "../lib/execution/calibrated/calibration.ts";
export type {
  CalibrationEntry,
  CalibrationErrors,
  HeldOutErrors,
} from "../lib/execution/calibrated/calibration_entry.ts";
export type { Overhead } from "../lib/execution/calibrated/overhead.ts";
export type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
} from "../lib/execution/execution_time_model.ts";
export type { ProfileDtype } from "../lib/execution/profiled/operator_profile.ts";
export { calibrate, type CalibrationPoints } from "../lib/experiment/validation/calibrate.ts";
export type { ConcurrencyPoint } from "../lib/experiment/validation/concurrency_points.ts";
export {
  type Constants,
  shippedConstants,
  UNTUNED,
} from "../lib/experiment/validation/constants.ts";
export {
  ConstantFitter,
  type FitPoint,
  type FittedConstants,
} from "../lib/experiment/validation/fit_constants.ts";
export type { Latencies, LatencyErrors } from "../lib/experiment/validation/latencies.ts";
export type { LoadPoint } from "../lib/experiment/validation/load_points.ts";
export { type MeasuredServer, ServerRunner } from "../lib/experiment/validation/server.ts";
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
export type { TierRecord } from "../lib/metrics/kv_tier_record.ts";
export type { MigrationRecord } from "../lib/metrics/migration_record.ts";
