/**
 * Mean over the last `windowSeconds` of a signal that is not always reported, as Knative's autoscaler
 * keeps it. Time without a report between two reports counts as 0; after a window without any the mean
 * begins anew at the next report; and while reports are missing it is that of what was reported.
 *
 * Knative keeps a total for each second. Here an interval between two evaluations has one mean, so that
 * windows are exact that hold whole intervals; a window shorter than an interval has the last one's mean.
 *
 * @source Knative Serving, pkg/autoscaler/aggregation/bucketing.go (Record: firstWrite is reset when the
 *   window has passed between two writes; WindowAverage: six decimals, partial windows; isEmptyLocked)
 *
 * @example
 * ```ts
 * import { ReportedMean } from "./mod.ts";
 * const window = new ReportedMean(60);
 * window.add(0, 2, 10); // mean 10 from 0 to 2 s
 * console.log(window.mean(2)); // 10
 * window.add(100, 102, 8); // nothing was reported for longer than the window
 * console.log(window.mean(102)); // 8
 * ```
 */
export class ReportedMean {
  /** Length of the window, seconds. */
  readonly windowSeconds: number;
  /** Begins, ends and means of the intervals in the window, oldest first. */
  readonly #intervals: { readonly from: number; readonly to: number; readonly value: number }[] =
    [];
  /** Begin of the first interval since the mean began anew. */
  #beginSeconds = NaN;
  #endSeconds = -Infinity;

  /** Makes a window in which nothing has been reported. */
  constructor(windowSeconds: number) {
    this.windowSeconds = windowSeconds;
  }

  /** Adds the mean of an interval that begins at or after the end of the last one. */
  add(fromSeconds: number, toSeconds: number, value: number): void {
    const intervals = this.#intervals;
    if (fromSeconds - this.#endSeconds >= this.#gapSeconds) {
      intervals.length = 0;
      this.#beginSeconds = fromSeconds;
    }
    intervals.push({ from: fromSeconds, to: toSeconds, value });
    this.#endSeconds = toSeconds;
    const before = toSeconds - this.windowSeconds;
    while (intervals.length > 1 && intervals[0].to <= before) intervals.shift();
  }

  /** Whether nothing has been reported in the window before an instant. */
  isEmpty(nowSeconds: number): boolean {
    return nowSeconds - this.#endSeconds > this.#gapSeconds;
  }

  /** The mean at an instant, six decimals rounded down; 0 when nothing was reported in the window. */
  mean(nowSeconds: number): number {
    const intervals = this.#intervals;
    if (intervals.length === 0) return 0;
    const { from: lastFrom, to: end, value } = intervals[intervals.length - 1];
    const from = Math.max(this.#beginSeconds, nowSeconds - this.windowSeconds);
    if (from >= end) return 0;
    if (from >= lastFrom) return sixDecimals(value);
    // Summed afresh each time: a running sum would drift and could turn an empty window into 1e-17.
    let sum = 0;
    for (const { from: begin, to, value } of intervals) {
      if (to > from) sum += value * (to - Math.max(from, begin));
    }
    return sixDecimals(sum / (end - from));
  }

  /** Time without a report from which on the window is empty: Knative counts from the last second. */
  get #gapSeconds(): number {
    return Math.max(0, this.windowSeconds - 1);
  }
}

const sixDecimals = (value: number) => Math.floor(value * 1e6) / 1e6;
