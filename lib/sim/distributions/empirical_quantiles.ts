import type { Distribution } from "./distribution.ts";
import { withFill } from "./with_fill.ts";

/** Options of `empiricalQuantiles`. */
export interface EmpiricalQuantilesOptions {
  /** Values at the probabilities, non-decreasing, at least two. */
  readonly values: readonly number[];
  /** Probabilities from 0 to 1, rising; default equally spaced. */
  readonly probabilities?: readonly number[];
  /** Whether samples are rounded to the nearest whole number. Default false. */
  readonly integer?: boolean;
}

function refuse(what: string, wanted: string, value: unknown): never {
  throw new RangeError(`Cannot use ${what} as ${wanted}: current value is ${value}`);
}

/**
 * The law that has the given quantiles and is linear between them. Samples lie between the first
 * and the last value; one draw each. The mean is that of the linear pieces; rounding halves up moves
 * it by less than 0.125 divided by the number of whole numbers that a piece spans.
 *
 * @throws {RangeError} If the values fall, or the probabilities do not rise from 0 to 1.
 *
 * @example
 * ```ts
 * import { empiricalQuantiles } from "./mod.ts";
 *
 * const lengths = empiricalQuantiles({ values: [10, 100, 4000], probabilities: [0, 0.5, 1] });
 * console.log(lengths.mean); // 1052.5
 * ```
 */
export function empiricalQuantiles(options: EmpiricalQuantilesOptions): Distribution {
  const { values, integer = false } = options;
  const pieces = values.length - 1;
  if (pieces < 1) refuse("quantile values", "a list of at least two", values.length);
  const probabilities = options.probabilities ?? values.map((_, i) => i / pieces);
  if (probabilities.length !== values.length) {
    refuse("probabilities", `one for each of ${values.length} values`, probabilities.length);
  }
  if (probabilities[0] !== 0) refuse("first probability", "0", probabilities[0]);
  if (probabilities[pieces] !== 1) refuse("last probability", "1", probabilities[pieces]);
  const p = Float64Array.from(probabilities);
  const v = Float64Array.from(values);
  const slope = new Float64Array(pieces);
  let mean = 0;
  for (let i = 0; i < pieces; i++) {
    if (!(p[i + 1] > p[i])) refuse(`probability ${i + 1}`, `above ${p[i]}`, p[i + 1]);
    if (!(v[i + 1] >= v[i]) || !Number.isFinite(v[i] + v[i + 1])) {
      refuse(`quantile value ${i + 1}`, `a number not below ${v[i]}`, v[i + 1]);
    }
    slope[i] = (v[i + 1] - v[i]) / (p[i + 1] - p[i]);
    mean += (p[i + 1] - p[i]) * (v[i] + v[i + 1]) / 2;
  }
  const at = (u: number) => {
    let low = 0;
    let high = pieces;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (p[middle] <= u) low = middle;
      else high = middle;
    }
    return v[low] + slope[low] * (u - p[low]);
  };
  return withFill(
    mean,
    integer ? (stream) => Math.floor(at(stream.next()) + 0.5) : (stream) => at(stream.next()),
  );
}
