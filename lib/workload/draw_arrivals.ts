import { atMost, LIMITS } from "../sim/limits.ts";
import type { RandomStream } from "../sim/random_streams.ts";
import type { ArrivalProcess } from "./arrivals/arrival_process.ts";

/** Instants drawn at first where their number is not known: a few more than are to be expected. */
function firstDraw(process: ArrivalProcess, durationSeconds: number, requests: number): number {
  const expected = process.meanRatePerSecond * durationSeconds;
  return Math.min(requests, Math.max(8192, Math.ceil(Math.min(1.05 * expected, 2 ** 22))));
}

/**
 * The arrivals up to `durationSeconds`, at most `requests` of them.
 *
 * @param durationSeconds Last instant, seconds; may be Infinity if `requests` is not.
 * @throws {RangeError} If there would be more than a run can have.
 */
export function drawArrivals(
  process: ArrivalProcess,
  stream: RandomStream,
  durationSeconds: number,
  requests: number,
): Float64Array {
  // Where only the number counts, one fill of the right size does it.
  let at = new Float64Array(
    durationSeconds === Infinity ? requests : firstDraw(process, durationSeconds, requests),
  );
  let count = 0;
  for (;;) {
    process.fill(at.subarray(count), stream, count === 0 ? 0 : at[count - 1]);
    while (count < at.length && at[count] <= durationSeconds && at[count] < Infinity) count++;
    if (count === requests) return at;
    if (count < at.length) return at.slice(0, count);
    if (count >= LIMITS.requests.value) {
      throw new RangeError(
        `Cannot draw arrivals for ${durationSeconds} s as ${atMost("requests")}: ` +
          `current value is more`,
      );
    }
    const larger = new Float64Array(Math.min(requests, 2 * at.length));
    larger.set(at);
    at = larger;
  }
}
