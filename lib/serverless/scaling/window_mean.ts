/**
 * Mean of a signal over the last `windowSeconds`, from the means of consecutive intervals, and the
 * greatest and least of those means. Before a whole window has passed, that of what there is.
 *
 * @example
 * ```ts
 * import { WindowMean } from "./mod.ts";
 * const window = new WindowMean(6);
 * window.add(2, 10); // mean 10 from 0 to 2 s
 * window.add(4, 20);
 * console.log(window.mean()); // 15
 * ```
 */
export class WindowMean {
  /** Length of the window, seconds. */
  readonly windowSeconds: number;
  /** Ends and means of the intervals in the window, oldest first. */
  readonly #ends: number[] = [];
  readonly #values: number[] = [];
  #beginSeconds: number;

  /**
   * Makes an empty window.
   *
   * @param beginSeconds Instant at which the first interval begins.
   */
  constructor(windowSeconds: number, beginSeconds = 0) {
    this.windowSeconds = windowSeconds;
    this.#beginSeconds = beginSeconds;
  }

  /** Adds the mean of the interval from the last one's end to `endSeconds`. */
  add(endSeconds: number, value: number): void {
    this.#ends.push(endSeconds);
    this.#values.push(value);
    const from = endSeconds - this.windowSeconds;
    // The last interval stays, however short the window.
    while (this.#ends.length > 1 && this.#ends[0] <= from) {
      this.#beginSeconds = this.#ends.shift()!;
      this.#values.shift();
    }
  }

  /** The mean; 0 when nothing was added. */
  mean(): number {
    const { length } = this.#ends;
    if (length === 0) return 0;
    const end = this.#ends[length - 1];
    let from = Math.max(this.#beginSeconds, end - this.windowSeconds);
    const seconds = end - from;
    if (seconds <= 0) return this.#values[length - 1];
    // Summed afresh each time: a running sum would drift and could turn an empty window into 1e-17.
    let sum = 0;
    for (let i = 0; i < length; i++) {
      sum += this.#values[i] * (this.#ends[i] - from);
      from = this.#ends[i];
    }
    return sum / seconds;
  }

  /** The greatest mean of an interval in the window; 0 when nothing was added. */
  max(): number {
    return this.#best((one, other) => one > other);
  }

  /** The least mean of an interval in the window; 0 when nothing was added. */
  min(): number {
    return this.#best((one, other) => one < other);
  }

  #best(isBetter: (one: number, other: number) => boolean): number {
    const { length } = this.#ends;
    if (length === 0) return 0;
    let best = this.#values[length - 1];
    // One that has a part in the window by rounding alone has none.
    const from = this.#ends[length - 1] - this.windowSeconds + 1e-9;
    for (let i = length - 2; i >= 0 && this.#ends[i] > from; i--) {
      if (isBetter(this.#values[i], best)) best = this.#values[i];
    }
    return best;
  }
}
