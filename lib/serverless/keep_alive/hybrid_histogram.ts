import { withDefaults } from "../../settings/from_table.ts";
import { choice, count, quantity } from "../../settings/quantities.ts";
import { isMultiple } from "../is_multiple.ts";
import { forecastNext } from "./autoregression.ts";
import type { KeepAliveEntry, KeepAlivePolicy } from "./policy.ts";

/** Settings of `hybrid-histogram`. */
export type HybridHistogramSettings = {
  readonly binSeconds: number;
  readonly rangeSeconds: number;
  readonly headShare: number;
  readonly tailShare: number;
  readonly histogramMargin: number;
  readonly forecastMargin: number;
  readonly representativeCv: number;
  readonly outOfBoundsShare: number;
  readonly minSamples: number;
  readonly tailFrom: "idle" | "prewarming";
};

/** `hybrid-histogram` as files name it. */
export const hybridHistogramPolicy: KeepAliveEntry<"hybrid-histogram", HybridHistogramSettings> = {
  name: "hybrid-histogram",
  describe: "A histogram of idle times decides when to stop and start again, with the paper's " +
    "defaults.",
  settings: {
    binSeconds: quantity("seconds", {
      above: 0,
      default: 60,
      describe: "Width of a bin, seconds.",
    }),
    rangeSeconds: quantity("seconds", {
      above: 0,
      default: 14400,
      describe: "Range of the histogram of idle times, seconds, a multiple of `bin`.",
    }),
    headShare: quantity("fraction", {
      key: "head",
      min: 0,
      max: 1,
      default: 0.05,
      describe: "Share of idle times before pre-warming.",
    }),
    tailShare: quantity("fraction", {
      key: "tail",
      min: 0,
      max: 1,
      default: 0.99,
      describe: "Share of idle times before an instance is given up.",
    }),
    histogramMargin: quantity("fraction", {
      key: "margin",
      min: 0,
      max: 1,
      default: 0.1,
      describe: "Margin of the histogram's windows.",
    }),
    forecastMargin: quantity("fraction", {
      min: 0,
      max: 1,
      default: 0.15,
      describe: "Margin of the forecast's windows.",
    }),
    representativeCv: quantity("number", {
      min: 0,
      default: 2,
      describe: "Least coefficient of variation of the bins' counts for the histogram to be used.",
    }),
    outOfBoundsShare: quantity("fraction", {
      min: 0,
      max: 1,
      default: 0.5,
      describe: "Share of idle times out of range from which the forecast is used.",
    }),
    minSamples: count({
      min: 0,
      default: 10,
      describe: "Idle times within the range that it takes for the histogram to be used.",
    }),
    tailFrom: choice(["idle", "prewarming"], {
      wanted: "an instant from which the tail counts",
      default: "idle",
      describe:
        "An instance is kept until the tail after the end of the last request (`idle`), or " +
        "for as long as the tail after it was started ahead (`prewarming`).",
    }),
  },
  cuts: { rangeSeconds: "binSeconds" },
  check: ({ rangeSeconds, binSeconds }) =>
    isMultiple(rangeSeconds, binSeconds) ? [] : [{
      option: "rangeSeconds",
      wanted: "whole bins",
      allowed: `a multiple of bin, which is ${binSeconds}`,
    }],
  stops: () => "when the histogram of idle times says so",
  create: (settings) => hybridHistogram(settings),
};

/** What `hybrid-histogram` takes beyond its settings. */
export interface HybridHistogramOptions extends Partial<HybridHistogramSettings> {
  /** Forecast of the next idle time from the last ones; default an autoregression of order 1. */
  readonly forecast?: (idleSeconds: readonly number[]) => number;
}

/** Idle times that the forecast sees. */
const FORECAST_LENGTH = 100;

/** What a function's idle times look like. */
export type IdlePattern = "certain" | "uncertain" | "out-of-bounds";

/** The policy, and the pattern that its next decision follows. */
export interface HybridHistogram extends KeepAlivePolicy {
  /** Pattern of the idle times seen so far. */
  readonly pattern: IdlePattern;
}

/**
 * The hybrid histogram policy: a histogram of the function's idle times decides when to stop, start
 * again and give up.
 * - `out-of-bounds` (at least half of the idle times beyond the range): an autoregressive forecast f;
 *   start again after f (1 - margin), keep until f (1 + margin).
 * - `uncertain` (fewer than `minSamples` idle times, or bins alike: coefficient of variation of their
 *   counts below 2): keep for the range.
 * - `certain`: start again after the lower edge of the head's bin x (1 - margin), keep until the upper
 *   edge of the tail's bin x (1 + margin), both from the end of the last request. A head in the first
 *   bin keeps the instance.
 *
 * What is followed, and what is unsettled. Section 4 of the publication, as summaries of it have it,
 * calls the keep-alive window the time for which an image is kept once it is in memory, and takes it
 * from the tail of the idle times, which run from the end of an execution. Two reproductions read that
 * differently. By the letter (dslab-faas, hybrid_histogram.rs, and OpenDC, HybridHistogramPolicy.kt; `tailFrom: "prewarming"`) the tail
 * begins anew with the pre-warming, so that a function called every 605 s is up to 1,266 s after its
 * last call. By what the tail measures (a reproduction of section 4.2 that keeps "until tail" and
 * forecasts "to within 15 %" on either side; the default) the window ends there, 726 s after it, as
 * that of the forecast does in both. The publication gives no number for "not enough" idle times: ten
 * is that reproduction's constant. Nor for "many" out of bounds: half, as both have it. Its ARIMA model
 * is chosen anew for each function; here it is of order (1, 0, 0).
 *
 * @throws {RangeError} If the range is no multiple of the bin, or a setting is out of its range.
 * @source M. Shahrad et al., "Serverless in the Wild", ATC 2020 (arXiv 2003.03423), section 4.2: bins
 *   of a minute, range of 4 h, 5th and 99th percentile rounded down and up, margins of 10 and 15 %,
 *   CV of 2, standard keep-alive where the histogram is not representative
 *
 * @example
 * ```ts
 * import { hybridHistogram } from "./mod.ts";
 * const policy = hybridHistogram();
 * for (let i = 0; i < 20; i++) policy.observeIdle(605);
 * console.log(policy.pattern, policy.decide().prewarmAfterSeconds); // certain 540
 * ```
 */
export function hybridHistogram(options: HybridHistogramOptions = {}): HybridHistogram {
  const {
    binSeconds,
    rangeSeconds,
    headShare,
    tailShare,
    histogramMargin,
    forecastMargin,
    representativeCv,
    outOfBoundsShare,
    minSamples,
    tailFrom,
  } = withDefaults(hybridHistogramPolicy.settings, options);
  const { forecast = forecastNext } = options;
  const binCount = Math.round(rangeSeconds / binSeconds);
  if (binCount < 1 || !isMultiple(rangeSeconds, binSeconds)) {
    throw new RangeError(
      `Cannot use rangeSeconds as a multiple of ${binSeconds} s: current value is ${rangeSeconds}`,
    );
  }
  const bins = new Int32Array(binCount);
  const recent: number[] = [];
  let inside = 0;
  let outside = 0;
  /** Sum of the bins' squared counts, kept for the coefficient of variation. */
  let squares = 0;
  const decision = { prewarmAfterSeconds: 0, keepAliveSeconds: 0 };

  function pattern(): IdlePattern {
    if (inside + outside === 0) return "uncertain";
    if (outside / (inside + outside) >= outOfBoundsShare) return "out-of-bounds";
    if (inside < Math.max(1, minSamples)) return "uncertain";
    const mean = inside / binCount;
    const cv = Math.sqrt(Math.max(0, squares / binCount - mean * mean)) / mean;
    return cv < representativeCv ? "uncertain" : "certain";
  }

  /** The first bin up to which at least `share` of the idle times lie. */
  function binOf(share: number): number {
    const wanted = share * inside;
    let sum = 0;
    for (let bin = 0; bin < binCount; bin++) {
      sum += bins[bin];
      if (sum > 0 && sum >= wanted - 1e-9) return bin;
    }
    return binCount - 1;
  }

  return {
    name: "hybrid-histogram",
    get pattern() {
      return pattern();
    },
    observeIdle(idleSeconds) {
      const bin = Math.floor(idleSeconds / binSeconds);
      if (bin < binCount) {
        squares += 2 * bins[bin]++ + 1;
        inside++;
      } else {
        outside++;
      }
      recent.push(idleSeconds);
      if (recent.length > FORECAST_LENGTH) recent.shift();
    },
    decide() {
      switch (pattern()) {
        case "out-of-bounds": {
          const next = Math.max(0, forecast(recent));
          decision.prewarmAfterSeconds = next * (1 - forecastMargin);
          decision.keepAliveSeconds = 2 * next * forecastMargin;
          break;
        }
        case "uncertain":
          decision.prewarmAfterSeconds = 0;
          decision.keepAliveSeconds = rangeSeconds;
          break;
        case "certain": {
          const head = binOf(headShare) * binSeconds * (1 - histogramMargin);
          const tail = (binOf(tailShare) + 1) * binSeconds * (1 + histogramMargin);
          decision.prewarmAfterSeconds = head;
          decision.keepAliveSeconds = tailFrom === "idle" ? tail - head : tail;
        }
      }
      return decision;
    },
  };
}
