/**
 * Traces: workloads that were recorded elsewhere, read and transformed.
 *
 * @module
 */
export type { RandomStream } from "../lib/sim/random_streams.ts";
export type { ClosedLoop, PrefixBlocks, RequestTable } from "../lib/workload/request_table.ts";
export { readAzureTrace } from "../lib/workload/traces/azure.ts";
export type { TraceColumns } from "../lib/workload/traces/columns.ts";
export { type CsvTraceOptions, readCsvTrace } from "../lib/workload/traces/csv.ts";
export { detectTraceFormat } from "../lib/workload/traces/detect_trace_format.ts";
export { type JsonTraceOptions, readJsonTrace } from "../lib/workload/traces/json.ts";
export {
  type LlmServingSimTraceOptions,
  readLlmServingSimTrace,
} from "../lib/workload/traces/llmservingsim.ts";
export { type MooncakeTraceOptions, readMooncakeTrace } from "../lib/workload/traces/mooncake.ts";
export { readTrace, type ReadTraceOptions } from "../lib/workload/traces/read_trace.ts";
export type { Trace, TraceOptions } from "../lib/workload/traces/trace.ts";
export {
  transformTrace,
  type TransformTraceOptions,
} from "../lib/workload/traces/transform_trace.ts";
export { readVidurTrace } from "../lib/workload/traces/vidur.ts";
export { TRACE_FORMATS, type TraceFormat } from "../lib/workload/traces/trace_formats.ts";
export type {
  AnyPolicy,
  Declaration,
  Declared,
  NameOf,
  PolicyTable,
  SettingList,
} from "../lib/settings/policy.ts";
export type { Applicability, NumberBounds, Setting } from "../lib/settings/setting.ts";
