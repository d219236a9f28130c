import { checkNumber } from "./check.ts";

/** Settings of the smoothing. */
export interface HoltWintersOptions {
  /** Weight of the newest observation in the level, 0..1. */
  readonly alpha: number;
  /** Weight of the newest slope in the trend, 0..1. */
  readonly beta: number;
  /** Weight of the newest deviation in the season, 0..1. */
  readonly gamma: number;
  /** Observations per season; 0 for no season. */
  readonly seasonLength: number;
}

/**
 * Additive triple exponential smoothing:
 * level l = a (y - s[t-m]) + (1 - a)(l + b), trend b = B (l - l') + (1 - B) b,
 * season s[t] = g (y - l) + (1 - g) s[t-m], forecast l + h b + s.
 * The first two observations set level and trend; the first two seasons set all values anew, and until
 * then there is no season.
 *
 * @source P. R. Winters, "Forecasting sales by exponentially weighted moving averages", Management Science 6 (3), 1960
 */
export class HoltWinters {
  readonly #options: HoltWintersOptions;
  readonly #season: number[];
  /** The first observations, until they have set the season. */
  #first: number[] = [];
  #count = 0;
  #isBlank = true;
  #level = 0;
  #trend = 0;
  /** Exponentially weighted mean square of one-step errors. */
  #squareError = 0;

  /** Makes a forecast that has seen nothing. */
  constructor(options: HoltWintersOptions) {
    checkNumber(options.alpha, "alpha", { min: 0, max: 1 });
    checkNumber(options.beta, "beta", { min: 0, max: 1 });
    checkNumber(options.gamma, "gamma", { min: 0, max: 1 });
    checkNumber(options.seasonLength, "seasonLength", { min: 0 });
    this.#options = options;
    this.#season = Array(options.seasonLength).fill(0);
  }

  /** Observations so far. */
  get count(): number {
    return this.#count;
  }

  /** Whether all observations so far were 0: so are all forecasts. */
  get isBlank(): boolean {
    return this.#isBlank;
  }

  /** Standard deviation of recent one-step errors; 0 before the third observation. */
  get errorDeviation(): number {
    return Math.sqrt(this.#squareError);
  }

  /** Takes the next observation. */
  observe(y: number): void {
    const { seasonLength: m, alpha } = this.#options;
    if (y !== 0) this.#isBlank = false;
    if (this.#count >= 2) {
      const error = y - this.forecast(1);
      // The first error is taken whole; then the level's weight sets how fast old ones fade.
      const weight = this.#count === 2 ? 1 : Math.max(alpha, 0.05);
      this.#squareError += weight * (error * error - this.#squareError);
    }
    this.#smooth(y);
    this.#count++;
    if (m > 0 && this.#count <= 2 * m) {
      this.#first.push(y);
      if (this.#count === 2 * m) this.#initialize(m);
    }
  }

  /** Forecast of the observation `steps` (>= 1) from now. */
  forecast(steps: number): number {
    const m = this.#options.seasonLength;
    const season = m > 0 ? this.#season[(this.#count + steps - 1) % m] : 0;
    return this.#level + steps * this.#trend + season;
  }

  #smooth(y: number): void {
    const { alpha, beta, gamma, seasonLength: m } = this.#options;
    if (this.#count === 0) {
      this.#level = y;
      return;
    }
    const place = m > 0 ? this.#count % m : 0;
    const season = m > 0 ? this.#season[place] : 0;
    const before = this.#level;
    if (this.#count === 1) {
      // Two observations are a line: there is nothing yet to smooth them with.
      this.#level = y;
      this.#trend = y - before;
      return;
    }
    this.#level = alpha * (y - season) + (1 - alpha) * (before + this.#trend);
    this.#trend = beta * (this.#level - before) + (1 - beta) * this.#trend;
    if (m > 0 && this.#count >= 2 * m) {
      this.#season[place] = gamma * (y - this.#level) + (1 - gamma) * season;
    }
  }

  /** Level, trend and season of the first two seasons. */
  #initialize(m: number): void {
    const mean = (from: number) => {
      let sum = 0;
      for (let i = from; i < from + m; i++) sum += this.#first[i];
      return sum / m;
    };
    const [one, two] = [mean(0), mean(m)];
    this.#trend = (two - one) / m;
    // The mean of the second season stands at its middle; the level at its end.
    this.#level = two + this.#trend * (m - 1) / 2;
    for (let i = 0; i < m; i++) {
      const along = this.#trend * (i - (m - 1) / 2);
      this.#season[i] = (this.#first[i] - one - along + this.#first[m + i] - two - along) / 2;
    }
    this.#squareError = 0;
    this.#first = [];
  }
}
