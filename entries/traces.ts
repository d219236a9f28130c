/**
 * Traces: workloads that were recorded elsewhere, read and transformed.
 *
 * @module
 */
export type { RandomStream } from "../lib/sim/random_streams.ts";
export type { ClosedLoop, PrefixBlocks, RequestTable } from "../lib/workload/request_table.ts";
export type { TraceColumns } from "../lib/workload/traces/columns.ts";
export {
  type CsvTraceOptions,
  detectTraceFormat,
  type JsonTraceOptions,
  type LlmServingSimTraceOptions,
  type MooncakeTraceOptions,
  readAzureTrace,
  readCsvTrace,
  readJsonTrace,
  readLlmServingSimTrace,
  readMooncakeTrace,
  readVidurTrace,
} from "../lib/workload/traces/readers.ts";
export {
  readTrace,
  type ReadTraceOptions,
  readTraceStream,
} from "../lib/workload/traces/read_trace.ts";
export type {
  ArrivalWindow,
  FailedRule,
  Trace,
  TraceOptions,
} from "../lib/workload/traces/trace.ts";
export type { TimeUnit } from "../lib/workload/traces/units.ts";
export {
  transformTrace,
  type TransformTraceOptions,
} from "../lib/workload/traces/transform_trace.ts";
export { TRACE_FORMATS, type TraceFormat } from "../lib/workload/traces/trace_formats.ts";
export type {
  AnyPolicy,
  Declaration,
  Declared,
  NameOf,
  PolicyTable,
  SettingGroup,
  SettingList,
} from "../lib/settings/policy.ts";
export type { Applicability, NumberBounds, Setting } from "../lib/settings/setting.ts";
