import { zipf } from "../sim/distributions/zipf.ts";
import type { RandomStreams } from "../sim/random_streams.ts";
import { checkWorkloadSpec } from "./check_workload_spec.ts";
import { drawArrivals } from "./draw_arrivals.ts";
import { drawShares } from "./draw_shares.ts";
import { prefixBlocks } from "./prefix_blocks.ts";
import type { RequestTable } from "./request_table.ts";
import { drawSessionTurns } from "./session_turns.ts";
import type { WorkloadSpec } from "./workload_spec.ts";

/** Instants of the requests (sessions) that start: drawn, or all at 0 in a closed loop without a ramp. */
function starts(spec: WorkloadSpec, streams: RandomStreams): Float64Array {
  const { arrivals, closedLoop, durationSeconds = Infinity, requests = Infinity } = spec;
  if (closedLoop === undefined) {
    return drawArrivals(arrivals!, streams.take("arrivals"), durationSeconds, requests);
  }
  const at = new Float64Array(requests);
  if (arrivals !== undefined) {
    const ramp = at.subarray(0, Math.min(closedLoop.concurrency, requests));
    arrivals.fill(ramp, streams.take("arrivals"), 0);
    at.fill(ramp[ramp.length - 1], ramp.length);
  }
  return at;
}

/** Functions, classes and tenants of `count` requests or sessions. */
function owners(spec: WorkloadSpec, count: number, streams: RandomStreams) {
  return {
    functionId: drawShares(spec.functions, count, streams, "functions", 65_536),
    classId: drawShares(spec.classes, count, streams, "classes", 256),
    tenantId: drawShares(spec.tenants, count, streams, "tenants", 65_536),
  };
}

/** The group of each content, if there are groups. */
function groups(spec: WorkloadSpec, contents: number, streams: RandomStreams) {
  if (spec.prefixGroups === undefined) return undefined;
  const { groups: count, zipf: exponent } = spec.prefixGroups;
  const group = new Int32Array(contents);
  zipf({ count, exponent }).fillInt32(group, streams.take("prefix_groups"));
  return group;
}

function generateSessions(spec: WorkloadSpec, streams: RandomStreams): RequestTable {
  const at = starts(spec, streams);
  const groupTokens = spec.prefixGroups?.tokensPerGroup ?? 0;
  const turns = drawSessionTurns(
    spec.sessions!,
    spec.lengths,
    at.length,
    groupTokens,
    spec.requests ?? Infinity,
    streams,
  );
  const { session, promptTokens, outputTokens, afterRequest, thinkSeconds } = turns;
  const { functionId, classId, tenantId } = owners(spec, at.length, streams);
  const bySession = (column: ArrayLike<number>) => (_: number, row: number) => column[session[row]];
  const length = { length: turns.count };
  return {
    count: turns.count,
    arrivalAtSeconds: Float64Array.from(length, bySession(at)),
    promptTokens,
    outputTokens,
    ...(functionId && { functionId: Uint16Array.from(length, bySession(functionId)) }),
    ...(classId && { classId: Uint8Array.from(length, bySession(classId)) }),
    ...(tenantId && { tenantId: Uint16Array.from(length, bySession(tenantId)) }),
    sessionId: session,
    afterRequest,
    thinkSeconds,
    prefix: prefixBlocks({
      // The answer is part of the next turn's history, so its blocks have identities too.
      tokens: promptTokens.map((tokens, row) => tokens + outputTokens[row]),
      content: (row) => session[row],
      contents: at.length,
      group: groups(spec, at.length, streams),
      groupTokens,
      blockTokens: spec.blockTokens ?? 16,
    }),
  };
}

function generateRequests(spec: WorkloadSpec, streams: RandomStreams): RequestTable {
  const { lengths, prefixGroups, cyclePrompts, closedLoop } = spec;
  const arrivalAtSeconds = starts(spec, streams);
  const count = arrivalAtSeconds.length;
  const promptTokens = new Int32Array(count);
  const outputTokens = new Int32Array(count);
  const contents = Math.min(cyclePrompts ?? count, count);
  lengths.fill(
    promptTokens.subarray(0, contents),
    outputTokens.subarray(0, contents),
    streams.take("prompt_tokens"),
    streams.take("output_tokens"),
  );
  const groupTokens = prefixGroups?.tokensPerGroup ?? 0;
  if (groupTokens > 0) { for (let i = 0; i < contents; i++) promptTokens[i] += groupTokens; }
  for (let i = contents; i < count; i++) {
    promptTokens[i] = promptTokens[i - contents];
    outputTokens[i] = outputTokens[i - contents];
  }
  const { functionId, classId, tenantId } = owners(spec, count, streams);
  return {
    count,
    arrivalAtSeconds,
    promptTokens,
    outputTokens,
    ...(functionId && { functionId: Uint16Array.from(functionId) }),
    ...(classId && { classId: Uint8Array.from(classId) }),
    ...(tenantId && { tenantId: Uint16Array.from(tenantId) }),
    ...((cyclePrompts !== undefined || prefixGroups !== undefined) && {
      prefix: prefixBlocks({
        tokens: promptTokens,
        content: (i) => i % contents,
        contents,
        group: groups(spec, contents, streams),
        groupTokens,
        blockTokens: spec.blockTokens ?? 16,
      }),
    }),
    ...(closedLoop && { closedLoop }),
  };
}

/**
 * Draws a synthetic workload. Each law draws from a stream of its own ("arrivals", "prompt_tokens",
 * "output_tokens", "functions", "classes", "tenants", "prefix_groups", "session_turns",
 * "think_seconds"), so that a change of one leaves what the others draw unchanged.
 *
 * With sessions each arrival starts a conversation: its turns stand in successive rows, each released
 * by the completion of the turn before (`afterRequest`, `thinkSeconds`), with function, class and
 * tenant drawn once. Prefix identities then cover the generated tokens as well, so that the next turn
 * finds the whole history. `requests` counts turns.
 *
 * @throws {RangeError} If a setting is out of range or two of them exclude each other.
 *
 * @example
 * ```ts
 * import { randomStreams } from "../sim/random_streams.ts";
 * import { exponential } from "../sim/distributions/mod.ts";
 * import { generateWorkload, independentLengths, poisson } from "./mod.ts";
 *
 * const lengths = independentLengths({
 *   promptTokens: exponential({ mean: 512, min: 1, max: 8192, integer: true }),
 *   outputTokens: exponential({ mean: 200, min: 2, max: 2048, integer: true }),
 * });
 * const arrivals = poisson({ ratePerSecond: 32 });
 * const table = generateWorkload({ arrivals, lengths, requests: 1000 }, randomStreams(42));
 * console.log(table.count); // 1000
 * ```
 */
export function generateWorkload(spec: WorkloadSpec, streams: RandomStreams): RequestTable {
  checkWorkloadSpec(spec);
  return spec.sessions === undefined
    ? generateRequests(spec, streams)
    : generateSessions(spec, streams);
}
