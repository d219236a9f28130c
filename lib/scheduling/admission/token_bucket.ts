/** A rate limit. */
export interface RateLimit {
  /** Tokens that come in per second, > 0. */
  readonly perSecond: number;
  /** Tokens that the bucket holds, >= 1 unit of cost; it begins full. */
  readonly burst: number;
}

/**
 * A token bucket: lets through at most `burst` + `perSecond` x time, measured from any instant.
 *
 * @example
 * ```ts
 * import { TokenBucket } from "./mod.ts";
 * const bucket = new TokenBucket({ perSecond: 2, burst: 1 });
 * console.log(bucket.take(0), bucket.take(0.1), bucket.take(0.5)); // true false true
 * ```
 */
export class TokenBucket {
  readonly #limit: RateLimit;
  #tokens: number;
  #filledAtSeconds = 0;

  /**
   * Makes a full bucket.
   *
   * @throws {RangeError} If rate or burst is out of its range.
   */
  constructor(limit: RateLimit) {
    if (!(limit.perSecond > 0)) {
      throw new RangeError(
        `Cannot use a rate limit as tokens per second > 0: current value is ${limit.perSecond}`,
      );
    }
    if (!(limit.burst > 0)) {
      throw new RangeError(`Cannot use a burst as tokens > 0: current value is ${limit.burst}`);
    }
    this.#limit = limit;
    this.#tokens = limit.burst;
  }

  /** Whether `cost` tokens are there. Instants must not go back. */
  has(nowSeconds: number, cost = 1): boolean {
    const { perSecond, burst } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + perSecond * (nowSeconds - this.#filledAtSeconds));
    this.#filledAtSeconds = nowSeconds;
    // Refilling in many small parts must not deny what refilling at once would grant.
    return this.#tokens >= cost - 1e-9;
  }

  /** Takes `cost` tokens if they are there. Instants must not go back. */
  take(nowSeconds: number, cost = 1): boolean {
    if (!this.has(nowSeconds, cost)) return false;
    this.#tokens -= cost;
    return true;
  }
}
