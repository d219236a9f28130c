import { constant } from "./constant.ts";
import type { Distribution } from "./distribution.ts";
import { empiricalQuantiles } from "./empirical_quantiles.ts";
import { exponential } from "./exponential.ts";
import { gamma } from "./gamma.ts";
import { lognormal } from "./lognormal.ts";
import { pareto } from "./pareto.ts";
import { uniform } from "./uniform.ts";
import { weibull } from "./weibull.ts";
import { zipf } from "./zipf.ts";

/** A law as plain data, the form it has in a configuration. Each law reads what it needs. */
export interface DistributionSpec {
  /** Name of the law. */
  readonly distribution: DistributionName;
  /** Mean of the truncated law. Every law but `zipf` and `empirical` needs it; `uniform` may omit it. */
  readonly mean?: number;
  /** Standard deviation before truncation: `gamma`, `lognormal`, `weibull`, `pareto`, `uniform`. */
  readonly std?: number;
  /** Least value; see `Bounds`. */
  readonly min?: number;
  /** Greatest value; see `Bounds`. For `zipf`, the number of items. */
  readonly max?: number;
  /** Whether samples are whole numbers. */
  readonly integer?: boolean;
  /** Shape of `weibull` and `pareto`, in place of `std`. */
  readonly shape?: number;
  /** Exponent of `zipf`. */
  readonly exponent?: number;
  /** Values of `empirical` at `probabilities`. */
  readonly values?: readonly number[];
  /** Probabilities of `empirical`; default equally spaced. */
  readonly probabilities?: readonly number[];
}

/** Settings that a law needs but may be missing are passed on; the law's own check names them. */
const missing = NaN;

/** The laws by name. A new one is one file and one line here. */
export const DISTRIBUTIONS = {
  constant: (s) => constant({ value: s.mean ?? missing, integer: s.integer }),
  uniform: (s) => uniform(s),
  exponential: (s) => exponential({ ...s, mean: s.mean ?? missing }),
  gamma: (s) => gamma({ ...s, mean: s.mean ?? missing, std: s.std ?? missing }),
  lognormal: (s) => lognormal({ ...s, mean: s.mean ?? missing, std: s.std ?? missing }),
  weibull: (s) => {
    const { mean = missing, std = missing, shape, min, max, integer } = s;
    const bounds = { mean, min, max, integer };
    return weibull(shape === undefined ? { ...bounds, std } : { ...bounds, shape });
  },
  pareto: (s) => {
    const { mean = missing, std = missing, shape, min, max, integer } = s;
    const bounds = { mean, min, max, integer };
    return pareto(shape === undefined ? { ...bounds, std } : { ...bounds, shape });
  },
  zipf: (s) => zipf({ count: s.max ?? missing, exponent: s.exponent ?? missing }),
  empirical: (s) => empiricalQuantiles({ ...s, values: s.values ?? [] }),
} as const satisfies Record<string, (spec: Omit<DistributionSpec, "distribution">) => Distribution>;

/** Names that `createDistribution` knows. */
export type DistributionName = keyof typeof DISTRIBUTIONS;

/**
 * The law that a configuration describes.
 *
 * @throws {RangeError} If the name is unknown, or a setting is missing, out of range or contradicts
 *   another.
 *
 * @example
 * ```ts
 * import { createDistribution } from "./mod.ts";
 *
 * createDistribution({ distribution: "gamma", mean: 512, std: 256, min: 1, max: 4096 });
 * ```
 */
export function createDistribution(spec: DistributionSpec): Distribution {
  const { distribution, ...settings } = spec;
  if (!Object.hasOwn(DISTRIBUTIONS, distribution)) {
    throw new RangeError(
      `Cannot use distribution as one of ${
        Object.keys(DISTRIBUTIONS).join(", ")
      }: current value is "${distribution}"`,
    );
  }
  return DISTRIBUTIONS[distribution](settings);
}
