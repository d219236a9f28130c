import { exp, log, log1p } from "../../stats/elementary/mod.ts";
import { normalCdf, normalQuantile } from "../../stats/normal.ts";
import { checkVariation } from "./check.ts";
import type { Bounds, Distribution } from "./distribution.ts";
import { type StandardLaw, truncated } from "./truncated.ts";

/** Probability of a standard normal variate between two points, accurate in both tails. */
function between(from: number, to: number): number {
  return from > 0 ? normalCdf(-from) - normalCdf(-to) : normalCdf(to) - normalCdf(from);
}

function lognormalLaw(sigma: number): StandardLaw {
  const mean = exp(sigma * sigma / 2);
  const point = (z: number) => log(z) / sigma;
  return {
    name: "lognormal",
    mean,
    mass: (from, to) => between(point(from), point(to)),
    moment: (from, to) => mean * between(point(from) - sigma, point(to) - sigma),
    sampler(from, to) {
      // In the upper half the law is mirrored, so that its tail keeps its digits.
      const sign = point(from) > 0 ? -1 : 1;
      const start = normalCdf(sign * point(from));
      const span = normalCdf(sign * point(to)) - start;
      return (stream) => {
        let p = start + span * stream.next();
        if (p === 0) p = Number.MIN_VALUE;
        const z = exp(sigma * sign * normalQuantile(p));
        return z < from ? from : z;
      };
    },
  };
}

/**
 * Lognormal values of the given mean and standard deviation: sigma^2 = ln(1 + (std / mean)^2). One
 * draw each, by the inverse of the truncated law. See `Bounds` for what `min`, `max` and `integer` do.
 *
 * @throws {RangeError} If an option is out of range or the mean cannot be reached within the bounds.
 */
export function lognormal(
  options: Bounds & { readonly mean: number; readonly std: number },
): Distribution {
  checkVariation(options.mean, options.std, "lognormal");
  return truncated(lognormalLaw(Math.sqrt(log1p((options.std / options.mean) ** 2))), options);
}
