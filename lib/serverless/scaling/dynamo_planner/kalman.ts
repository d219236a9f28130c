import type { LoadPredictor } from "./load_predictor.ts";

/** Noise of a Kalman predictor. */
export interface KalmanOptions {
  /** Variance of the level's and of the trend's change from one interval to the next. */
  readonly qLevel: number;
  readonly qTrend: number;
  /** Variance of a measurement. */
  readonly r: number;
}

/**
 * A local linear trend: the level grows by the trend, both drift, and the level is measured. The
 * forecast is the level one interval ahead.
 *
 * @source Dynamo, planner/core/load/predictors.py (KalmanPredictor): initial covariance 1000, and the
 *   first measurement is the level as it stands
 */
export class KalmanPredictor implements LoadPredictor {
  readonly #options: KalmanOptions;
  #level = 0;
  #trend = 0;
  /** Covariance of level and trend. */
  #p = [1000, 0, 1000];
  #isInitialized = false;
  /** Whether the state is that of the interval to come. */
  #isAhead = false;

  constructor(options: KalmanOptions) {
    this.#options = options;
  }

  observe(value: number): void {
    if (!this.#isInitialized) {
      [this.#level, this.#trend] = [value, 0];
      this.#isInitialized = true;
    } else {
      this.#goAhead();
      this.#correct(value);
    }
    this.#isAhead = false;
  }

  forecast(): number {
    if (!this.#isInitialized) return 0;
    this.#goAhead();
    return this.#level;
  }

  #goAhead(): void {
    if (this.#isAhead) return;
    const [a, b, c] = this.#p;
    this.#level += this.#trend;
    this.#p = [
      a + 2 * b + c + Math.max(1e-12, this.#options.qLevel),
      b + c,
      c + Math.max(1e-12, this.#options.qTrend),
    ];
    this.#isAhead = true;
  }

  #correct(value: number): void {
    const [a, b, c] = this.#p;
    const r = Math.max(1e-9, this.#options.r);
    const gain = [a / (a + r), b / (a + r)];
    const error = value - this.#level;
    this.#level += gain[0] * error;
    this.#trend += gain[1] * error;
    this.#p = [(1 - gain[0]) * a, (1 - gain[0]) * b, c - gain[1] * b];
  }
}
