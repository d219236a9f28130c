import { atMost, LIMITS } from "../sim/limits.ts";
import type { RandomStream, RandomStreams } from "../sim/random_streams.ts";
import { checkWorkloadSpec } from "./check_workload_spec.ts";
import { shareLaw } from "./draw_shares.ts";
import type { RequestPieces } from "./request_pieces.ts";
import type { RequestTable } from "./request_table.ts";
import type { Shares, WorkloadSpec } from "./workload_spec.ts";

/** Requests that are drawn at a time. */
const ROWS_PER_PIECE = 65_536;

/** Why a workload cannot be drawn in pieces; undefined where it can. */
export function wholeBecause(
  { sessions, prefixGroups, cyclePrompts }: WorkloadSpec,
): string | undefined {
  if (sessions !== undefined) return "sessions";
  if (prefixGroups !== undefined) return "prefix groups";
  return cyclePrompts === undefined ? undefined : "repeated prompts";
}

/**
 * Draws a synthetic workload in pieces: the rows that {@linkcode generateWorkload} draws at once, each
 * law from its own stream. Every call of `pieces` draws them anew.
 *
 * @param newStreams Makes the streams of the run: equal ones at each call, of which none is taken yet.
 * @throws {RangeError} If a setting is out of range, or prompts share anything: what is shared would
 * have to be remembered.
 */
export function generatePieces(
  spec: WorkloadSpec,
  newStreams: () => RandomStreams,
  rowsPerPiece: number = ROWS_PER_PIECE,
): RequestPieces {
  checkWorkloadSpec(spec);
  const why = wholeBecause(spec);
  if (why !== undefined) {
    throw new RangeError(
      `Cannot draw a workload in pieces as one whose prompts share nothing: current value is one with ${why}`,
    );
  }
  const pieces = () => drawPieces(spec, newStreams(), rowsPerPiece);
  if (spec.closedLoop !== undefined) return { count: spec.requests!, pieces };
  // Only arrivals say how many there are by an instant, or before they end.
  let count = 0;
  for (const at of arrivalPieces(spec, newStreams().take("arrivals"), rowsPerPiece)) {
    count += at.length;
  }
  return { count, pieces };
}

/** Instants of the requests, so many at a time. */
function* arrivalPieces(
  { arrivals, closedLoop, durationSeconds = Infinity, requests = Infinity }: WorkloadSpec,
  stream: RandomStream,
  rowsPerPiece: number,
): Iterable<Float64Array> {
  // In a closed loop those drawn are the first ones; without a ramp all begin at 0.
  const drawn = closedLoop === undefined ? requests : Math.min(closedLoop.concurrency, requests);
  const until = closedLoop === undefined ? durationSeconds : Infinity;
  let last = 0;
  for (let first = 0; first < requests; first += rowsPerPiece) {
    const at = new Float64Array(Math.min(rowsPerPiece, requests - first));
    const own = arrivals === undefined ? 0 : Math.max(0, Math.min(at.length, drawn - first));
    arrivals?.fill(at.subarray(0, own), stream, last);
    if (own > 0) last = at[own - 1];
    at.fill(last, own);
    let count = 0;
    while (count < at.length && at[count] <= until && at[count] < Infinity) count++;
    if (first + count > LIMITS.requests.value) {
      throw new RangeError(
        `Cannot draw arrivals for ${until} s as ${atMost("requests")}: current value is more`,
      );
    }
    if (count > 0) yield at.subarray(0, count);
    if (count < at.length) return;
  }
}

/** What draws one index per request; undefined where there is one thing to choose. */
function drawer(shares: Shares | undefined, streams: RandomStreams, name: string, max: number) {
  const law = shareLaw(shares, name, max);
  if (law === undefined) return undefined;
  const stream = streams.take(name);
  return (count: number) => {
    const column = new Int32Array(count);
    law.fillInt32(column, stream);
    return column;
  };
}

function* drawPieces(
  spec: WorkloadSpec,
  streams: RandomStreams,
  rowsPerPiece: number,
): Iterable<RequestTable> {
  const { lengths, closedLoop } = spec;
  const prompts = streams.take("prompt_tokens");
  const outputs = streams.take("output_tokens");
  const functions = drawer(spec.functions, streams, "functions", 65_536);
  const classes = drawer(spec.classes, streams, "classes", 256);
  const tenants = drawer(spec.tenants, streams, "tenants", 65_536);
  for (const arrivalAtSeconds of arrivalPieces(spec, streams.take("arrivals"), rowsPerPiece)) {
    const count = arrivalAtSeconds.length;
    const promptTokens = new Int32Array(count);
    const outputTokens = new Int32Array(count);
    lengths.fill(promptTokens, outputTokens, prompts, outputs);
    yield {
      count,
      arrivalAtSeconds,
      promptTokens,
      outputTokens,
      ...(functions && { functionId: Uint16Array.from(functions(count)) }),
      ...(classes && { classId: Uint8Array.from(classes(count)) }),
      ...(tenants && { tenantId: Uint16Array.from(tenants(count)) }),
      ...(closedLoop && { closedLoop }),
    };
  }
}
