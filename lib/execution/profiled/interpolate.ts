/** Place of a value between two knots: `index`, and the weight of the next knot. */
export interface KnotPlace {
  index: number;
  weight: number;
}

/**
 * Finds the knots around `value` by bisection. Outside the range the place is the edge itself.
 * `knots` ascend; a single knot has weight 0.
 */
export function placeAmong(knots: ArrayLike<number>, value: number, place: KnotPlace): void {
  const last = knots.length - 1;
  if (!(value > knots[0])) {
    place.index = 0;
    place.weight = 0;
    return;
  }
  if (value >= knots[last]) {
    place.index = Math.max(0, last - 1);
    place.weight = last === 0 ? 0 : 1;
    return;
  }
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (knots[middle] <= value) low = middle;
    else high = middle;
  }
  place.index = low;
  place.weight = (value - knots[low]) / (knots[high] - knots[low]);
}

/** Weighted mean of two values of which either may be NaN (not measured): the other one then. */
export function blend(first: number, second: number, weight: number): number {
  if (weight === 0) return Number.isNaN(first) ? second : first;
  if (weight === 1) return Number.isNaN(second) ? first : second;
  if (Number.isNaN(first)) return second;
  if (Number.isNaN(second)) return first;
  return first + weight * (second - first);
}
