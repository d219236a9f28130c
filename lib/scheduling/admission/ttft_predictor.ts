/**
 * Predicts the time to first token of a request from the prompt tokens that must be computed before
 * and for it: a fixed part and a part per token, both learnt from completed requests by exponentially
 * forgetting least squares.
 *
 * @example
 * ```ts
 * import { TtftPredictor } from "./mod.ts";
 * const predictor = new TtftPredictor({ secondsPerToken: 0.0001 });
 * console.log(predictor.predict(20_000)); // 2
 * ```
 */
export class TtftPredictor {
  readonly #memory: number;
  #weight = 0;
  #tokens = 0;
  #seconds = 0;
  #tokensSquared = 0;
  #product = 0;
  readonly #initial: number;

  /**
   * Makes a predictor that has observed nothing.
   *
   * @param options.secondsPerToken Assumed before anything is observed, >= 0.
   * @param options.memory Observations that count, > 1; default 200.
   */
  constructor({ secondsPerToken, memory = 200 }: {
    readonly secondsPerToken: number;
    readonly memory?: number;
  }) {
    if (!(secondsPerToken >= 0)) {
      throw new RangeError(
        `Cannot use secondsPerToken as seconds >= 0: current value is ${secondsPerToken}`,
      );
    }
    if (!(memory > 1)) {
      throw new RangeError(`Cannot use memory as observations > 1: current value is ${memory}`);
    }
    this.#initial = secondsPerToken;
    this.#memory = memory;
  }

  /**
   * Takes note of a first token.
   *
   * @param tokens Prompt tokens before and of the request when it arrived at its instance.
   * @param seconds Time to its first token from then on.
   */
  observe(tokens: number, seconds: number): void {
    const keep = 1 - 1 / this.#memory;
    this.#weight = keep * this.#weight + 1;
    this.#tokens = keep * this.#tokens + tokens;
    this.#seconds = keep * this.#seconds + seconds;
    this.#tokensSquared = keep * this.#tokensSquared + tokens * tokens;
    this.#product = keep * this.#product + tokens * seconds;
  }

  /** Time to the first token of a request with `tokens` prompt tokens before and of it, seconds. */
  predict(tokens: number): number {
    if (this.#weight === 0) return this.#initial * tokens;
    const meanTokens = this.#tokens / this.#weight;
    const meanSeconds = this.#seconds / this.#weight;
    const variance = this.#tokensSquared / this.#weight - meanTokens * meanTokens;
    const covariance = this.#product / this.#weight - meanTokens * meanSeconds;
    // Prompts of one length say nothing about the slope.
    const slope = variance > 1e-6 * meanTokens * meanTokens
      ? Math.max(0, covariance / variance)
      : meanSeconds / meanTokens;
    return Math.max(0, meanSeconds + slope * (tokens - meanTokens));
  }
}
