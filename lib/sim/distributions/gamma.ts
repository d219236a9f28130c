import { log } from "../../stats/elementary/mod.ts";
import { incompleteGamma } from "../../stats/incomplete_gamma.ts";
import { normalQuantile } from "../../stats/normal.ts";
import type { RandomStream } from "../random_streams.ts";
import { checkVariation } from "./check.ts";
import type { Bounds, Distribution } from "./distribution.ts";
import { type StandardLaw, truncated } from "./truncated.ts";

/** Below this probability of a draw being kept, the inverse of the law is cheaper than redrawing. */
const REDRAW_ABOVE = 0.05;

/**
 * One gamma variate of scale 1.
 *
 * @source G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", ACM
 *   Transactions on Mathematical Software 26 (3), 2000.
 */
function standardGamma(shape: number): (stream: RandomStream) => number {
  if (shape < 1) {
    const boosted = standardGamma(shape + 1);
    const power = 1 / shape;
    return (stream) => boosted(stream) * Math.pow(1 - stream.next(), power);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  return (stream) => {
    for (;;) {
      const x = normalQuantile(stream.next());
      const t = 1 + c * x;
      // Also refuses the -Infinity of a zero draw.
      if (!(t > 0)) continue;
      const v = t * t * t;
      const u = 1 - stream.next();
      if (u < 1 - 0.0331 * x * x * x * x) return d * v;
      if (log(u) < 0.5 * x * x + d * (1 - v + log(v))) return d * v;
    }
  };
}

/** Difference of a law's probability over an interval, without cancellation in either tail. */
function interval(shape: number, from: number, to: number): number {
  const a = incompleteGamma(shape, from);
  const b = incompleteGamma(shape, to);
  return a.lower < a.upper ? b.lower - a.lower : a.upper - b.upper;
}

function gammaLaw(shape: number): StandardLaw {
  const draw = standardGamma(shape);
  const mass = (from: number, to: number) => interval(shape, from, to);
  return {
    name: "gamma",
    mean: shape,
    mass,
    moment: (from, to) => shape * interval(shape + 1, from, to),
    sampler(from, to) {
      if (from === 0 && to === Infinity) return draw;
      const kept = mass(from, to);
      if (kept >= REDRAW_ABOVE) {
        return (stream) => {
          for (;;) {
            const z = draw(stream);
            if (z >= from && z < to) return z;
          }
        };
      }
      return (stream) => {
        const wanted = stream.next() * kept;
        let low = from;
        let high = to === Infinity ? from + shape + 1 : to;
        while (to === Infinity && mass(from, high) < wanted) high *= 2;
        for (let i = 0; i < 60 && high - low > 1e-13 * high; i++) {
          const middle = (low + high) / 2;
          if (mass(from, middle) < wanted) low = middle;
          else high = middle;
        }
        return (low + high) / 2;
      };
    },
  };
}

/**
 * Gamma values of the given mean and standard deviation: shape (mean / std)^2. See `Bounds` for what
 * `min`, `max` and `integer` do.
 *
 * @throws {RangeError} If an option is out of range or the mean cannot be reached within the bounds.
 *
 * @example
 * ```ts
 * import { gamma } from "./mod.ts";
 *
 * const promptTokens = gamma({ mean: 512, std: 256, min: 1, max: 4096, integer: true });
 * console.log(promptTokens.mean); // 512
 * ```
 */
export function gamma(
  options: Bounds & { readonly mean: number; readonly std: number },
): Distribution {
  checkVariation(options.mean, options.std, "gamma");
  return truncated(gammaLaw((options.mean / options.std) ** 2), options);
}
