import { discrete } from "./discrete.ts";
import type { Distribution } from "./distribution.ts";

/** Options of `zipf`. */
export interface ZipfOptions {
  /** Number of items, a whole number from 1 to 10^7. */
  readonly count: number;
  /** Exponent s >= 0: item k (from 0) has probability proportional to (k + 1)^-s. 0 is uniform. */
  readonly exponent: number;
}

/**
 * Popularity of `count` items: samples are indexes from 0, the most popular, to count - 1.
 *
 * @throws {RangeError} If count or exponent is out of range.
 */
export function zipf({ count, exponent }: ZipfOptions): Distribution {
  if (!Number.isInteger(count) || count < 1 || count > 1e7) {
    throw new RangeError(
      `Cannot use count of a zipf distribution as a whole number from 1 to 10^7: current value is ${count}`,
    );
  }
  if (!(exponent >= 0) || exponent === Infinity) {
    throw new RangeError(
      `Cannot use exponent of a zipf distribution as a number >= 0: current value is ${exponent}`,
    );
  }
  const weights = new Float64Array(count);
  for (let k = 0; k < count; k++) weights[k] = Math.pow(k + 1, -exponent);
  return discrete(weights);
}
