import { type Interval, meanInterval } from "./intervals.ts";

/** When to stop replicating. */
export interface StoppingRule {
  /** Widest half-width accepted, as a share of the mean, > 0. */
  readonly relativeHalfWidth: number;
  /** Confidence of the interval, between 0 and 1. Default 0.95. */
  readonly level?: number;
  /** Replications before the first look, >= 2. Default 10: fewer stop early by chance. */
  readonly minimum?: number;
  /** Most replications to make, >= minimum. Default 1000. */
  readonly maximum?: number;
}

/** Where a sequence of replications stands. */
export interface SequentialResult {
  /** Interval of the mean from all replications so far. */
  readonly interval: Interval;
  /** Replications so far. */
  readonly replications: number;
  /** The interval is narrow enough; false when the maximum came first. */
  readonly precise: boolean;
}

/**
 * Replicates one at a time until the interval of the mean is narrow enough or the maximum is
 * reached. Looking after every replication costs a little coverage: up to two points at a level of
 * 0.95 and a minimum of 10.
 *
 * @param replicate makes replication 0, 1, ... and returns its value; must be independent of the
 *   others (a stream per replication).
 * @source Law 2015, "Simulation modeling and analysis", 5th edition, section 9.4.1; Chow and
 *   Robbins 1965, Annals of Mathematical Statistics 36(2)
 *
 * @example
 * ```ts
 * import { replicateUntilPrecise } from "./sequential.ts";
 *
 * const values = [9, 11, 10, 10, 9, 11, 10, 10, 9, 11];
 * const found = await replicateUntilPrecise((i) => values[i % 10], { relativeHalfWidth: 0.1 });
 * console.log(found.replications, found.precise); // 10 true
 * ```
 */
export async function replicateUntilPrecise(
  replicate: (replication: number) => number | Promise<number>,
  rule: StoppingRule,
): Promise<SequentialResult> {
  const { relativeHalfWidth, level = 0.95, minimum = 10, maximum = 1000 } = rule;
  if (!(relativeHalfWidth > 0)) {
    throw new RangeError(
      `Cannot replicate as to a relative half-width > 0: current value is ${relativeHalfWidth}`,
    );
  }
  if (!(minimum >= 2 && maximum >= minimum && Number.isInteger(minimum))) {
    throw new RangeError(
      `Cannot replicate as from a minimum >= 2 to a maximum >= minimum: ` +
        `current value is ${minimum} to ${maximum}`,
    );
  }
  const values: number[] = [];
  while (true) {
    values.push(await replicate(values.length));
    if (values.length < minimum) continue;
    const interval = meanInterval(values, level);
    const precise = interval.halfWidth <= relativeHalfWidth * Math.abs(interval.estimate);
    if (precise || values.length >= maximum) {
      return { interval, replications: values.length, precise };
    }
  }
}
