/** Points kept for even steps of the share, and for even steps along a logarithmic axis. */
const SHARE_STEPS = 240;
const AXIS_STEPS = 150;

/** A point of a distribution: `share` of all values are at most `value`. */
export interface CdfPoint {
  /** Value that so many are not above. */
  readonly value: number;
  /** Share of values that are not above it, 0..1. */
  readonly share: number;
}

/**
 * At most 400 points of a cumulative distribution that draw the same curve on a logarithmic axis:
 * every step of 1/240 of the share and of 1/150 of the axis has one, so that the tail keeps its
 * shape. Every point that is kept is a point of the whole curve; the first and last are kept.
 *
 * @param values Ascending, above 0 to be seen on a logarithmic axis.
 * @param shareAt Share of all values at most `values[i]`; default (i + 1) / length.
 */
export function thinCdf(
  values: ArrayLike<number>,
  shareAt: (index: number) => number = (index) => (index + 1) / values.length,
): CdfPoint[] {
  const count = values.length;
  const points: CdfPoint[] = [];
  const position = (value: number) => Math.log(Math.max(value, Number.MIN_VALUE));
  let first = 0;
  while (first < count - 1 && !(values[first] > 0)) first++;
  const axisStep = count === 0 ? 0 : (position(values[count - 1]) - position(values[first])) /
    AXIS_STEPS;
  let lastShare = -Infinity;
  let lastPosition = -Infinity;
  for (let i = 0; i < count; i++) {
    // Of equal values the last one has the share of them all.
    if (i < count - 1 && values[i + 1] === values[i]) continue;
    const share = shareAt(i);
    const at = position(values[i]);
    const isDue = share - lastShare >= 1 / SHARE_STEPS || at - lastPosition >= axisStep;
    if (!isDue && i < count - 1) continue;
    points.push({ value: values[i], share });
    lastShare = share;
    lastPosition = at;
  }
  return points;
}
