import { expm1, log1p } from "../../../stats/elementary/mod.ts";
import { ArimaPredictor } from "./arima_predictor.ts";
import { KalmanPredictor } from "./kalman.ts";

/** Says what the next interval will be like, from those so far. */
export interface LoadPredictor {
  /** An interval is over. @param value Finite. */
  observe(value: number): void;
  /** The next interval; 0 before the first one. */
  forecast(): number;
}

/** How predictors are chosen and set. */
export interface PredictorOptions {
  readonly loadPredictor: "constant" | "arima" | "kalman";
  readonly loadPredictorLog1p: boolean;
  readonly kalmanQLevel: number;
  readonly kalmanQTrend: number;
  readonly kalmanR: number;
}

/** The last interval again. */
class ConstantPredictor implements LoadPredictor {
  #last = 0;

  observe(value: number): void {
    this.#last = value;
  }

  forecast(): number {
    return this.#last;
  }
}

/**
 * Makes a predictor that leaves out the intervals before the first with load, and forecasts in the
 * logarithm of the load where it is told to.
 *
 * @source Dynamo, planner/core/load/predictors.py (260b6ae9)
 */
export function loadPredictor(options: PredictorOptions): LoadPredictor {
  const { kalmanQLevel, kalmanQTrend, kalmanR, loadPredictorLog1p: isLog } = options;
  if (options.loadPredictor === "arima") return new FromFirstLoad(new ArimaPredictor(isLog));
  if (options.loadPredictor === "constant") return new FromFirstLoad(new ConstantPredictor());
  const kalman = new KalmanPredictor({ qLevel: kalmanQLevel, qTrend: kalmanQTrend, r: kalmanR });
  return new FromFirstLoad(isLog ? new OfLogarithm(kalman) : kalman);
}

/** Leaves out the intervals before the first with load. */
class FromFirstLoad implements LoadPredictor {
  readonly #inner: LoadPredictor;
  #hasLoad = false;

  constructor(inner: LoadPredictor) {
    this.#inner = inner;
  }

  observe(value: number): void {
    this.#hasLoad ||= value !== 0;
    if (this.#hasLoad) this.#inner.observe(value);
  }

  forecast(): number {
    return this.#inner.forecast();
  }
}

/** Predicts log(1 + load). */
class OfLogarithm implements LoadPredictor {
  readonly #inner: LoadPredictor;

  constructor(inner: LoadPredictor) {
    this.#inner = inner;
  }

  observe(value: number): void {
    this.#inner.observe(log1p(Math.max(0, value)));
  }

  forecast(): number {
    return Math.max(0, expm1(this.#inner.forecast()));
  }
}
