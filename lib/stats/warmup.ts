/** Observations per batch of MSER-5. */
const BATCH = 5;

/** Where MSER-5 cuts a series. */
export interface WarmupCut {
  /** Observations to drop from the front, a multiple of 5. */
  readonly dropped: number;
  /** Mean of the remaining full batches, in the unit of the values. */
  readonly mean: number;
  /**
   * False when the least error lies in the second half of the series: the run is then too short to
   * tell warm-up from steady state, and half of it is dropped.
   */
  readonly reliable: boolean;
}

/**
 * Length of the warm-up by MSER-5: of all cuts, the one that leaves the least standard error of the
 * mean over batches of five observations. Cuts past the middle are not taken.
 *
 * @param values in the order of observation, at least 10, all finite. What is left over after the
 *   last full batch is ignored.
 * @source White, Cobb and Spratt 2000, "A comparison of five steady-state truncation heuristics for
 *   simulation" (Winter Simulation Conference)
 *
 * @example
 * ```ts
 * import { mser5 } from "./warmup.ts";
 *
 * const series = Array.from({ length: 200 }, (_, i) => i < 20 ? 100 : 10 + i % 2);
 * console.log(mser5(series).dropped); // 20
 * ```
 */
export function mser5(values: ArrayLike<number>): WarmupCut {
  const batches = Math.floor(values.length / BATCH);
  if (batches < 2) {
    throw new RangeError(
      `Cannot find a warm-up as of at least 10 observations: current value is ${values.length}`,
    );
  }
  const means = new Float64Array(batches);
  let centre = 0;
  for (let b = 0; b < batches; b++) {
    for (let i = b * BATCH; i < (b + 1) * BATCH; i++) means[b] += values[i] / BATCH;
    if (!Number.isFinite(means[b])) {
      throw new RangeError(
        `Cannot find a warm-up as of finite observations: ` +
          `current value is a batch mean of ${means[b]} from observation ${b * BATCH}`,
      );
    }
    centre += means[b] / batches;
  }
  // From the back, so that each cut costs one addition; centred, so that squares do not cancel.
  const half = Math.floor(batches / 2);
  let sum = 0;
  let squares = 0;
  let least = Infinity;
  let leastAnywhere = Infinity;
  let best = half;
  let bestMean = NaN;
  let reliable = true;
  for (let cut = batches - 1; cut >= 0; cut--) {
    const deviation = means[cut] - centre;
    sum += deviation;
    squares += deviation * deviation;
    const left = batches - cut;
    // A few last batches may agree by chance; five are the least that a variance is read from.
    if (left < Math.min(5, batches)) continue;
    const error = Math.max(0, squares - sum * sum / left) / (left * left);
    if (cut > half) {
      leastAnywhere = Math.min(leastAnywhere, error);
    } else if (error <= least) { // equal errors: keep more of the series
      least = error;
      best = cut;
      bestMean = centre + sum / left;
    }
  }
  if (leastAnywhere < least) {
    reliable = false;
    best = half;
    let total = 0;
    for (let b = half; b < batches; b++) total += means[b];
    bestMean = total / (batches - half);
  }
  return { dropped: best * BATCH, mean: bestMean, reliable };
}
