import type { RequestTable } from "../workload/request_table.ts";
import type { ClusterParts } from "./cluster_parts.ts";

/** Output tokens after which each request ends: its true length, cut by the model's limit. */
export function outputLimits(parts: ClusterParts): Int32Array {
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
export function forgetArrivals(requests: RequestTable, arrivalAtSeconds: Float64Array): void {
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
