import { exponential } from "../../sim/distributions/exponential.ts";
import type { RandomStream } from "../../sim/random_streams.ts";
import { weibull } from "../../sim/distributions/weibull.ts";

/** When something that is up fails. */
export interface FailureProcess {
  /** Instant of the next failure of something that is up from `fromSeconds` on; Infinity for never. */
  next(stream: RandomStream, fromSeconds: number): number;
}

/** Settings of `failures`. */
export interface FailureOptions {
  /** Mean time between failures of one node, seconds, > 0; Infinity for none. */
  readonly mtbfSeconds: number;
  /**
   * Shape of the Weibull law: 1 (default) is memoryless, below 1 fails early, above 1 wears out. Time
   * counts from `fromSeconds`, when the node is as good as new.
   */
  readonly shape?: number;
}

/**
 * Failures at random, one draw each.
 *
 * @throws {RangeError} If a setting is out of its range.
 *
 * @example
 * ```ts
 * import { randomStreams } from "../../sim/random_streams.ts";
 * import { failures } from "./mod.ts";
 * const process = failures({ mtbfSeconds: 86_400 });
 * const failsAtSeconds = process.next(randomStreams(1).take("failures of node 0"), 0);
 * ```
 */
export function failures({ mtbfSeconds, shape = 1 }: FailureOptions): FailureProcess {
  if (!(mtbfSeconds > 0)) {
    throw new RangeError(`Cannot use mtbfSeconds as seconds > 0: current value is ${mtbfSeconds}`);
  }
  if (mtbfSeconds === Infinity) return { next: () => Infinity };
  const life = shape === 1
    ? exponential({ mean: mtbfSeconds })
    : weibull({ mean: mtbfSeconds, shape });
  return { next: (stream, fromSeconds) => fromSeconds + life.sample(stream) };
}

/**
 * Failures at given instants, as from a log.
 *
 * @param atSeconds Instants, seconds, ascending.
 */
export function failuresAt(atSeconds: readonly number[]): FailureProcess {
  atSeconds.forEach((at, i) => {
    if (!(at >= (atSeconds[i - 1] ?? 0))) {
      throw new RangeError(
        `Cannot use failures as ascending instants >= 0: current value is ${at} at row ${i}`,
      );
    }
  });
  return {
    next(_stream, fromSeconds) {
      let low = 0, high = atSeconds.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (atSeconds[middle] > fromSeconds) high = middle;
        else low = middle + 1;
      }
      return low < atSeconds.length ? atSeconds[low] : Infinity;
    },
  };
}

/** Long-run share of time that something is up which fails and is repaired by turns. */
export function availability(mtbfSeconds: number, meanRepairSeconds: number): number {
  return mtbfSeconds === Infinity ? 1 : mtbfSeconds / (mtbfSeconds + meanRepairSeconds);
}
