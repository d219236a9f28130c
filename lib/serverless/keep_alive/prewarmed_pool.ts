import { exp, log } from "../../stats/elementary/mod.ts";
import { logGamma } from "../../stats/log_gamma.ts";

/** Decides how many pre-warmed units (containers, engines, nodes) a pool should hold. */
export interface PoolSizePolicy {
  /** Seconds between evaluations, > 0. */
  readonly periodSeconds: number;
  /** Units at the beginning. */
  readonly initialSize: number;
  /** Units that the pool should hold, given those asked for since the last evaluation. */
  size(demands: number): number;
}

/** A pool of constant size. */
export function fixedPool(size: number, periodSeconds = 10): PoolSizePolicy {
  if (!(Number.isInteger(size) && size >= 0)) {
    throw new RangeError(`Cannot use a pool size as a whole number >= 0: current value is ${size}`);
  }
  return { periodSeconds, initialSize: size, size: () => size };
}

/** What pools that follow demand have in common. */
export interface DemandPoolOptions {
  /** Time that making a unit ready takes, seconds, > 0. */
  readonly leadSeconds: number;
  /** Time over which demand is averaged, seconds; default 600. */
  readonly windowSeconds?: number;
  /** Seconds between evaluations; default 10. */
  readonly periodSeconds?: number;
  /** Fewest units, which are there from the beginning; default 0. */
  readonly fewest?: number;
  /** Most units; default Infinity. */
  readonly most?: number;
}

/** A pool whose size depends on the mean demand of one lead time, at the rate of the last window. */
function demandPool(options: DemandPoolOptions, sizeFor: (mean: number) => number): PoolSizePolicy {
  const { leadSeconds, windowSeconds = 600, periodSeconds = 10, fewest = 0, most = Infinity } =
    options;
  for (const [name, value] of Object.entries({ leadSeconds, windowSeconds, periodSeconds })) {
    if (!(value > 0)) {
      throw new RangeError(`Cannot use ${name} as a number > 0: current value is ${value}`);
    }
  }
  const recent: number[] = [];
  let sum = 0;
  const length = Math.max(1, Math.round(windowSeconds / periodSeconds));
  return {
    periodSeconds,
    initialSize: fewest,
    size(demands) {
      recent.push(demands);
      sum += demands;
      if (recent.length > length) sum -= recent.shift()!;
      const mean = sum / (recent.length * periodSeconds) * leadSeconds;
      return Math.min(most, Math.max(fewest, sizeFor(mean)));
    },
  };
}

/** Settings of `littlesLawPool`. */
export interface LittlesLawPoolOptions extends DemandPoolOptions {
  /** Units beyond the mean, as a share of it, >= 0; default 0. */
  readonly headroom?: number;
}

/**
 * A pool of as many units as are on their way on average while demand is met: rate x lead time,
 * rounded up.
 *
 * @source J. Little, "A proof for the queuing formula L = lambda W", Operations Research 9 (3), 1961
 */
export function littlesLawPool(options: LittlesLawPoolOptions): PoolSizePolicy {
  const { headroom = 0 } = options;
  if (!(headroom >= 0)) {
    throw new RangeError(`Cannot use headroom as a share >= 0: current value is ${headroom}`);
  }
  // A mean that is whole but for rounding is not rounded up.
  return demandPool(options, (mean) => Math.ceil(mean * (1 + headroom) - 1e-9));
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
  let term = mean === 0 ? 1 : exp(count * log(mean) - mean - logGamma(count + 1));
  let sum = term;
  const last = mean + 12 * Math.sqrt(mean) + 40;
  while (sum < probability && count < last) {
    term *= mean / ++count;
    sum += term;
  }
  return count;
}

/** Settings of `newsvendorPool`. */
export interface NewsvendorPoolOptions extends DemandPoolOptions {
  /** Cost of a demand that finds the pool empty, in any unit, > 0. */
  readonly missCost: number;
  /** Cost of a unit that waits for one lead time, in the same unit, > 0. */
  readonly idleCost: number;
}

/**
 * A pool that covers the demand of one lead time with the probability missCost / (missCost + idleCost),
 * for Poisson demand at the rate of the last `windowSeconds`: the newsvendor's answer.
 *
 * @source K. Arrow, T. Harris, J. Marschak, "Optimal inventory policy", Econometrica 19 (3), 1951
 */
export function newsvendorPool(options: NewsvendorPoolOptions): PoolSizePolicy {
  const { missCost, idleCost } = options;
  for (const [name, value] of Object.entries({ missCost, idleCost })) {
    if (!(value > 0)) {
      throw new RangeError(`Cannot use ${name} as a number > 0: current value is ${value}`);
    }
  }
  return demandPool(options, (mean) => poissonQuantile(mean, missCost / (missCost + idleCost)));
}
