import { exponential, gamma, weibull } from "../../sim/distributions/mod.ts";
import type { Distribution } from "../../sim/distributions/distribution.ts";
import type { RandomStream } from "../../sim/random_streams.ts";
import { atMost, LIMITS } from "../../sim/limits.ts";
import { growFloats } from "./grow.ts";
import type { ArrivalWindow } from "./trace.ts";

/** Gaps of a window's family and variation, with a mean of 1. */
function unitGaps({ law, variation }: ArrivalWindow): Distribution {
  if (law === "exponential") return exponential({ mean: 1 });
  return (law === "gamma" ? gamma : weibull)({ mean: 1, std: variation });
}

/**
 * Arrivals in windows of their own rates and families of gaps. Gaps are drawn in expected arrivals and
 * run on from one window to the next, so that no window begins with an arrival.
 *
 * @param windows In ascending order; between them nothing arrives.
 * @returns Instants, seconds on the windows' clock, ascending.
 * @throws {RangeError} If there are more than a run may have.
 */
export function drawWindows(
  windows: readonly ArrivalWindow[],
  stream: RandomStream,
): Float64Array<ArrayBuffer> {
  const arrivals = growFloats();
  const expected = (window: ArrivalWindow) => window.ratePerSecond * window.seconds;
  let next = windows.length > 0 ? unitGaps(windows[0]).sample(stream) : 0;
  let begun = 0;
  for (const window of windows) {
    const gaps = unitGaps(window);
    const end = begun + expected(window);
    while (next < end) {
      if (arrivals.length >= LIMITS.requests.value) {
        throw new RangeError(
          `Cannot draw the arrivals of a trace's windows as ${atMost("requests")}: ` +
            `current value is one more`,
        );
      }
      arrivals.push(window.startSeconds + (next - begun) / window.ratePerSecond);
      next += gaps.sample(stream);
    }
    begun = end;
  }
  return arrivals.take();
}
