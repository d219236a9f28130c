import type { RandomStream } from "../random_streams.ts";
import { checkBounds, checkPositive, unreachableMean } from "./check.ts";
import type { Bounds, Distribution } from "./distribution.ts";
import { withFill } from "./with_fill.ts";

/** A law of positive numbers with scale 1; the scaled law is `scale` times it. */
export interface StandardLaw {
  readonly name: string;
  /** Mean of the whole law. */
  readonly mean: number;
  /** Probability of the interval (from, to), 0 <= from <= to <= Infinity. */
  mass(from: number, to: number): number;
  /** Integral of z over the law in (from, to). */
  moment(from: number, to: number): number;
  /** Sampler of the law limited to (from, to). */
  sampler(from: number, to: number): (stream: RandomStream) => number;
}

/** Below this mean, in whole numbers, rounding shifts the mean and the solver counts every cell. */
const EXACT_BELOW = 64;

/** Mean of `scale` times the law, limited to [from, to] and, when `cells`, rounded. */
function meanWithin(law: StandardLaw, scale: number, from: number, to: number, cells: boolean) {
  const mass = law.mass(from / scale, to / scale);
  const moment = (a: number, b: number) => scale * law.moment(a / scale, b / scale);
  if (!cells) return moment(from, to) / mass;
  const first = Math.round(from + 0.5);
  const cut = Math.min(to, first + EXACT_BELOW - 0.5);
  let sum = cut < to ? moment(cut, to) : 0;
  for (let k = first; k < cut; k++) {
    sum += k * law.mass(Math.max(from, k - 0.5) / scale, Math.min(to, k + 0.5) / scale);
  }
  return sum / mass;
}

/**
 * The scale at which `limited` equals `mean`; it rises with the scale. Undefined if there is none.
 * Where the bounds hold too little of the law for a number, its mean is at the nearer bound.
 */
function solveScale(
  limited: (scale: number) => number,
  mean: number,
  start: number,
  { min, max }: Required<Bounds>,
) {
  const meanAt = (scale: number) => {
    const value = limited(scale);
    return Number.isNaN(value) ? scale < start ? min : max : value;
  };
  let low = start;
  let high = start;
  for (let i = 0; !(meanAt(low) <= mean); i++, low /= 1.5) if (i > 80) return undefined;
  for (let i = 0; !(meanAt(high) >= mean); i++, high *= 1.5) if (i > 80) return undefined;
  for (let i = 0; i < 100 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < mean) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Limits a law to [min, max] and solves its scale so that the mean of what remains is `mean`.
 *
 * @throws {RangeError} If a bound is out of range or no scale gives that mean within the bounds.
 */
export function truncated(
  law: StandardLaw,
  options: Bounds & { readonly mean: number },
): Distribution {
  const { mean } = options;
  checkPositive(mean, law.name, "mean");
  const bounds = checkBounds(options, law.name);
  const from = bounds.integer ? Math.max(0, bounds.min - 0.5) : bounds.min;
  const to = bounds.integer ? bounds.max + 0.5 : bounds.max;
  if (!(mean > bounds.min && mean < bounds.max)) throw unreachableMean(law.name, mean, bounds);
  const cells = bounds.integer && mean < EXACT_BELOW;
  const whole = from === 0 && to === Infinity && !cells;
  const natural = mean / law.mean;
  const scale = whole
    ? natural
    : solveScale((s) => meanWithin(law, s, from, to, cells), mean, natural, bounds);
  if (scale === undefined) throw unreachableMean(law.name, mean, bounds);
  const draw = law.sampler(from / scale, to / scale);
  const { min, max } = bounds;
  // The clamps catch an excess of the last bit over a bound.
  const within = (value: number) => Math.min(max, Math.max(min, value));
  return withFill(
    mean,
    bounds.integer
      ? (stream) => within(Math.floor(scale * draw(stream) + 0.5))
      : (stream) => within(scale * draw(stream)),
  );
}
