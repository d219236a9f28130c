import { exp, expm1, log, log1p } from "../../stats/elementary/mod.ts";
import { incompleteGamma } from "../../stats/incomplete_gamma.ts";
import { logGamma } from "../../stats/log_gamma.ts";
import { checkPositive, checkVariation } from "./check.ts";
import type { Bounds, Distribution } from "./distribution.ts";
import { type StandardLaw, truncated } from "./truncated.ts";

function weibullLaw(shape: number): StandardLaw {
  const mean = exp(logGamma(1 + 1 / shape));
  return {
    name: "weibull",
    mean,
    mass: (from, to) =>
      exp(-(from ** shape)) * (to === Infinity ? 1 : -expm1(from ** shape - to ** shape)),
    moment(from, to) {
      const a = incompleteGamma(1 + 1 / shape, from ** shape);
      const b = incompleteGamma(1 + 1 / shape, to ** shape);
      return mean * (a.lower < a.upper ? b.lower - a.lower : a.upper - b.upper);
    },
    sampler(from, to) {
      const start = from ** shape;
      const covered = to === Infinity ? 1 : -expm1(start - to ** shape);
      const power = 1 / shape;
      return (stream) => Math.pow(start - log(1 - covered * stream.next()), power);
    },
  };
}

/** The shape whose ratio of standard deviation to mean is `ratio`; the ratio falls with the shape. */
function shapeOf(ratio: number): number {
  let low = 0.02;
  let high = 2000;
  const wanted = log1p(ratio * ratio);
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    const shape = Math.sqrt(low * high);
    if (logGamma(1 + 2 / shape) - 2 * logGamma(1 + 1 / shape) > wanted) low = shape;
    else high = shape;
  }
  return Math.sqrt(low * high);
}

/** Options of `weibull`: the mean and either the standard deviation or the shape. */
export type WeibullOptions =
  & Bounds
  & { readonly mean: number }
  & ({ readonly std: number; readonly shape?: undefined } | {
    readonly shape: number;
    readonly std?: undefined;
  });

/**
 * Weibull values: shape below 1 bursts more than an exponential, above 1 less. One draw each, by the
 * inverse of the truncated law. See `Bounds` for what `min`, `max` and `integer` do.
 *
 * @throws {RangeError} If an option is out of range or the mean cannot be reached within the bounds.
 */
export function weibull(options: WeibullOptions): Distribution {
  checkPositive(options.mean, "weibull", "mean");
  if (options.shape !== undefined) {
    checkPositive(options.shape, "weibull", "shape");
    return truncated(weibullLaw(options.shape), options);
  }
  checkVariation(options.mean, options.std, "weibull");
  return truncated(weibullLaw(shapeOf(options.std / options.mean)), options);
}
