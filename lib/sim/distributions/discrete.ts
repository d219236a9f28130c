import type { Distribution } from "./distribution.ts";
import { withFill } from "./with_fill.ts";

/**
 * Indexes 0, 1, ... with probabilities proportional to `weights`. One draw each: a guide table leads
 * to the right index in O(1) expected time, and a larger draw never gives a smaller index.
 *
 * @param weights At least one number, each >= 0, not all 0.
 * @throws {RangeError} If a weight is negative or not finite, or their sum is 0.
 * @source H.-C. Chen and Y. Asau, "On generating random variates from an empirical distribution",
 *   AIIE Transactions 6 (2), 1974.
 */
export function discrete(weights: ArrayLike<number>): Distribution {
  const count = weights.length;
  const cumulative = new Float64Array(count);
  let total = 0;
  let moment = 0;
  for (let i = 0; i < count; i++) {
    if (!(weights[i] >= 0) || weights[i] === Infinity) {
      throw new RangeError(
        `Cannot use weight ${i} as a number >= 0: current value is ${weights[i]}`,
      );
    }
    total += weights[i];
    moment += i * weights[i];
    cumulative[i] = total;
  }
  if (!(total > 0)) {
    throw new RangeError(
      `Cannot use weights as shares of a whole: current value is ${total} in all`,
    );
  }
  // The last index with a weight: rounding of the sum must not lead beyond it.
  let last = count - 1;
  while (weights[last] === 0) last--;
  const guide = new Uint32Array(count);
  for (let i = 0, j = 0; i < count; i++) {
    while (cumulative[j] <= total * (i / count)) j++;
    guide[i] = Math.min(j, last);
  }
  return withFill(moment / total, (stream) => {
    const u = stream.next();
    const x = u * total;
    let j = guide[Math.floor(u * count)];
    while (j < last && cumulative[j] <= x) j++;
    return j;
  });
}
