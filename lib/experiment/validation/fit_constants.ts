import { type Overhead } from "../../execution/calibrated/mod.ts";
import type { Constants } from "./constants.ts";
import { type Latencies, type LatencyErrors, latencyErrors, meanErrors } from "./latencies.ts";

/** Values that each constant is tried at, seconds, ascending. */
export interface ConstantGrid {
  /** Per step. */
  readonly stepSeconds: readonly number[];
  /** Per step and sequence in it. */
  readonly sequenceSeconds: readonly number[];
  /** Tried at points with tensor parallelism alone; others have no collective. */
  readonly collectiveSeconds: readonly number[];
  /** Per request, between client and engine. */
  readonly requestSeconds: readonly number[];
}

/** A measured point to fit on. */
export interface FitPoint {
  /** Points of one model are left out together. */
  readonly model: string;
  /** What the client measured. */
  readonly measured: Latencies;
  /** Whether the server's GPUs exchange data. */
  readonly hasCollectives: boolean;
  /** Latencies under an overhead, without the time between client and engine. Called once each. */
  predict(overhead: Overhead): Latencies;
}

/** Shares of the errors in what is minimised. */
export interface FitWeights {
  /** Weight of the mean error of TTFT, >= 0. */
  readonly ttft: number;
  /** Weight of the mean error of TPOT, >= 0. */
  readonly tpot: number;
}

/** Fitted constants and the mean errors that they leave. */
export interface FittedConstants extends Constants {
  /** Mean absolute errors of the points that were fitted on. */
  readonly errors: LatencyErrors;
}

/**
 * Constants that make the weighted mean error of the points least, found by trying every combination
 * of a grid: no start, no local minimum, and a resolution that anybody can see. Predictions are kept,
 * so further fits on the same points (one model left out, one family of GPUs) cost nothing.
 */
export class ConstantFitter {
  readonly #grid: ConstantGrid;
  readonly #weights: FitWeights;
  readonly #kept = new Map<FitPoint, Map<string, Latencies>>();

  /** Tries the values of a grid for what the weights say. */
  constructor(grid: ConstantGrid, weights: FitWeights) {
    this.#grid = grid;
    this.#weights = weights;
  }

  /** The best constants for some points. @throws {RangeError} Without any point. */
  fit(points: readonly FitPoint[]): FittedConstants {
    if (points.length === 0) {
      throw new RangeError("Cannot fit constants as those of points: current value is no point");
    }
    const collectives = points.some((point) => point.hasCollectives)
      ? this.#grid.collectiveSeconds
      : [0];
    let best: FittedConstants | undefined;
    let least = Infinity;
    for (const stepSeconds of this.#grid.stepSeconds) {
      for (const sequenceSeconds of this.#grid.sequenceSeconds) {
        for (const collectiveSeconds of collectives) {
          const overhead = { stepSeconds, sequenceSeconds, samplerSeconds: 0, collectiveSeconds };
          for (const requestSeconds of this.#grid.requestSeconds) {
            const errors = this.errors(points, { overhead, requestSeconds });
            const loss = this.#weights.ttft * errors.ttft + this.#weights.tpot * errors.tpot;
            if (loss < least) {
              least = loss;
              best = { overhead, requestSeconds, errors };
            }
          }
        }
      }
    }
    return best!;
  }

  /** Mean errors of some points under given constants. */
  errors(points: readonly FitPoint[], { overhead, requestSeconds }: Constants): LatencyErrors {
    return meanErrors(points.map((point) => {
      const { ttftSeconds, tpotSeconds, e2eSeconds } = this.#predict(point, overhead);
      return latencyErrors({
        ttftSeconds: ttftSeconds + requestSeconds,
        tpotSeconds,
        e2eSeconds: e2eSeconds + requestSeconds,
      }, point.measured);
    }));
  }

  #predict(point: FitPoint, overhead: Overhead): Latencies {
    const collectiveSeconds = point.hasCollectives ? overhead.collectiveSeconds : 0;
    const key = [overhead.stepSeconds, overhead.sequenceSeconds, collectiveSeconds].join();
    let kept = this.#kept.get(point);
    if (kept === undefined) this.#kept.set(point, kept = new Map());
    let latencies = kept.get(key);
    if (latencies === undefined) {
      kept.set(key, latencies = point.predict({ ...overhead, collectiveSeconds }));
    }
    return latencies;
  }
}
