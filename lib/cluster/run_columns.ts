import type { Clock } from "../engine/clock.ts";
import type { EntryPulls } from "../engine/mod.ts";
import type { RunColumns } from "../engine/engine_parts.ts";
import { LatencyLedger } from "../engine/latency/latency_ledger.ts";
import { SpareSequences } from "../engine/spare_sequences.ts";
import { requestColumns } from "../metrics/recorder.ts";
import type { RunObserver } from "../metrics/run_observer.ts";
import { PrefixIndex } from "../scheduling/kv_cache/prefix_holders.ts";
import { GapSketch } from "../stats/gap_sketch.ts";
import type { RequestTable } from "../workload/request_table.ts";
import { type ClusterParts, streamOf } from "./cluster_parts.ts";

/** The columns that the engines of a run fill in. */
export function runColumns(
  parts: ClusterParts,
  clock: Clock,
  observer: RunObserver | undefined,
  pulls: EntryPulls | undefined,
): RunColumns {
  const { requests, functions } = parts;
  const stream = streamOf(parts);
  const shared = {
    clock,
    gaps: new GapSketch(),
    prefixes: new PrefixIndex(),
    spare: new SpareSequences(),
    ...(observer && { observer }),
    ...(pulls && { pulls }),
  };
  if (stream !== undefined) {
    const { window, rows } = stream;
    const limitOf = (id: number) => functions[id].engine.maxModelTokens;
    return { ...shared, ...window.columnsOf(limitOf, rows), ids: window.ids };
  }
  const outputLimit = outputLimits(parts);
  const columns = { ...requestColumns(requests), outputTokens: outputLimit };
  forgetArrivals(requests, columns.arrivalAtSeconds);
  const generated = new Int32Array(requests.count);
  return {
    ...shared,
    columns,
    generated,
    ...(parts.explains !== false && { latency: new LatencyLedger(columns, generated, clock) }),
    outputLimit,
    waitedFor: undefined,
  };
}

/** Output tokens after which each request ends: its true length, cut by the model's limit. */
function outputLimits(parts: ClusterParts): Int32Array {
  const { requests, functions } = parts;
  const { count, promptTokens, outputTokens, functionId } = requests;
  const limitsOfModels = functions.map((f) => f.engine.maxModelTokens);
  const limits = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const room = limitsOfModels[functionId ? functionId[i] : 0] - promptTokens[i];
    // A prompt without room for any output is turned away, with its length as it was asked for.
    limits[i] = room > 0 ? Math.min(outputTokens[i], room) : outputTokens[i];
  }
  return limits;
}

/** Requests that a completion releases have no arrival instant before it. */
function forgetArrivals(requests: RequestTable, arrivalAtSeconds: Float64Array): void {
  const { afterRequest, closedLoop, count } = requests;
  if (closedLoop) arrivalAtSeconds.fill(NaN, Math.min(count, closedLoop.concurrency));
  if (afterRequest) {
    for (let i = 0; i < count; i++) if (afterRequest[i] >= 0) arrivalAtSeconds[i] = NaN;
  }
}

/** Requests that each request's completion releases, in row order. */
export function successorsOf(after: Int32Array | undefined): Map<number, number[]> | undefined {
  if (after === undefined) return undefined;
  const successors = new Map<number, number[]>();
  after.forEach((before, request) => {
    if (before < 0) return;
    const list = successors.get(before);
    if (list) list.push(request);
    else successors.set(before, [request]);
  });
  return successors;
}
