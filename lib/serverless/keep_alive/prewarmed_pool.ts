import { logGamma } from "../../sim/distributions/log_gamma.ts";

/** Decides how many pre-warmed units (containers, engines, nodes) a pool should hold. */
export interface PoolSizePolicy {
  /** Seconds between evaluations, > 0. */
  readonly periodSeconds: number;
  /** Units that the pool should hold, given those taken since the last evaluation. */
  size(taken: number): number;
}

/** A pool of constant size. */
export function fixedPool(size: number, periodSeconds = 10): PoolSizePolicy {
  if (!(Number.isInteger(size) && size >= 0)) {
    throw new RangeError(`Cannot use a pool size as a whole number >= 0: current value is ${size}`);
  }
  return { periodSeconds, size: () => size };
}

/**
 * The least number of units that covers a Poisson demand of the given mean with at least the given
 * probability.
 *
 * @param mean Mean demand, >= 0.
 * @param probability 0..1, below 1.
 */
export function poissonQuantile(mean: number, probability: number): number {
  // Twelve standard deviations below the mean nothing is left, and exp does not underflow.
  let count = Math.max(0, Math.floor(mean - 12 * Math.sqrt(mean)));
  let term = mean === 0 ? 1 : Math.exp(count * Math.log(mean) - mean - logGamma(count + 1));
  let sum = term;
  const last = mean + 12 * Math.sqrt(mean) + 40;
  while (sum < probability && count < last) {
    term *= mean / ++count;
    sum += term;
  }
  return count;
}

/** Settings of `newsvendorPool`. */
export interface NewsvendorPoolOptions {
  /** Time that making a unit ready takes, seconds, > 0. */
  readonly leadSeconds: number;
  /** Cost of a demand that finds the pool empty, in any unit, > 0. */
  readonly missCost: number;
  /** Cost of a unit that waits for one lead time, in the same unit, > 0. */
  readonly idleCost: number;
  /** Time over which demand is averaged, seconds; default 600. */
  readonly windowSeconds?: number;
  /** Seconds between evaluations; default 10. */
  readonly periodSeconds?: number;
}

/**
 * A pool that covers the demand of one lead time with the probability missCost / (missCost + idleCost),
 * for Poisson demand at the rate of the last `windowSeconds`: the newsvendor's answer.
 *
 * @source K. Arrow, T. Harris, J. Marschak, "Optimal inventory policy", Econometrica 19 (3), 1951
 */
export function newsvendorPool(options: NewsvendorPoolOptions): PoolSizePolicy {
  const { leadSeconds, missCost, idleCost, windowSeconds = 600, periodSeconds = 10 } = options;
  for (
    const [name, value] of Object.entries({
      leadSeconds,
      missCost,
      idleCost,
      windowSeconds,
      periodSeconds,
    })
  ) {
    if (!(value > 0)) {
      throw new RangeError(`Cannot use ${name} as a number > 0: current value is ${value}`);
    }
  }
  const demands: number[] = [];
  let sum = 0;
  const length = Math.max(1, Math.round(windowSeconds / periodSeconds));
  return {
    periodSeconds,
    size(taken) {
      demands.push(taken);
      sum += taken;
      if (demands.length > length) sum -= demands.shift()!;
      const rate = sum / (demands.length * periodSeconds);
      return poissonQuantile(rate * leadSeconds, missCost / (missCost + idleCost));
    },
  };
}
