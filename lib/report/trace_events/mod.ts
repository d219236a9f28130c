/**
 * What a run did as a timeline for Perfetto, in the JSON form of Chrome's trace events. Read
 * trace_recorder.ts (what is kept while the run goes on) first, then build_trace.ts (what is drawn).
 *
 * @module
 */
export { buildTrace, type BuiltTrace, gzipped, TRACE_FILE } from "./build_trace.ts";
export { TraceRecorder, type TraceRecorderOptions } from "./trace_recorder.ts";
