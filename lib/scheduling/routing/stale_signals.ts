import type { RoutingSignals } from "./policy.ts";

/**
 * Load signals as a router sees them that hears of the instances only every `stalenessSeconds`:
 * requests and tokens inside and KV in use are those of the last report, taken before the first
 * decision of each such period. Candidates and cached
 * prefixes are those of the moment, since a router knows which instances it may use and what it
 * sent where. An instance that came after the last report counts as empty.
 *
 * @example
 * ```ts ignore
 * const seen = new StaleSignals(live, 0.5);
 * seen.refresh(nowSeconds);
 * policy.pick(request, requests, seen);
 * ```
 */
export class StaleSignals implements RoutingSignals {
  readonly #live: RoutingSignals;
  readonly #stalenessSeconds: number;
  #reportedAtSeconds = -Infinity;
  #outstanding = new Int32Array(16);
  #outstandingTokens = new Float64Array(16);
  #kvUtilization = new Float64Array(16);

  /**
   * Makes signals that have not been reported yet.
   *
   * @param stalenessSeconds Time between two reports, > 0.
   */
  constructor(live: RoutingSignals, stalenessSeconds: number) {
    if (!(stalenessSeconds > 0)) {
      throw new RangeError(
        `Cannot use stalenessSeconds as a time > 0: current value is ${stalenessSeconds}`,
      );
    }
    this.#live = live;
    this.#stalenessSeconds = stalenessSeconds;
  }

  get candidates(): Int32Array {
    return this.#live.candidates;
  }

  get candidateCount(): number {
    return this.#live.candidateCount;
  }

  get outstanding(): Int32Array {
    return this.#outstanding;
  }

  get outstandingTokens(): Float64Array {
    return this.#outstandingTokens;
  }

  kvUtilization(instance: number): number {
    return this.#kvUtilization[instance];
  }

  kvCapacityTokens(instance: number): number {
    return this.#live.kvCapacityTokens(instance);
  }

  cachedPrefixTokens(instance: number, request: number): number {
    return this.#live.cachedPrefixTokens(instance, request);
  }

  reachablePrefixTokens(instance: number, request: number): number {
    const { reachablePrefixTokens: reachable } = this.#live;
    if (reachable === undefined) return this.cachedPrefixTokens(instance, request);
    return reachable.call(this.#live, instance, request);
  }

  /** Whether a report is due by `now`, seconds. */
  isDue(now: number): boolean {
    return this.#period(now) > this.#reportedAtSeconds;
  }

  /**
   * Takes the report that is due by `now`, seconds, of all candidates of the moment: whoever is to be
   * reported has to be one, also an instance that has no room for a request. To be called before each
   * decision.
   */
  refresh(now: number): void {
    const { candidates, candidateCount } = this.#live;
    if (candidateCount > 0) this.#reserve(candidates[candidateCount - 1] + 1);
    const period = this.#period(now);
    if (period <= this.#reportedAtSeconds) return;
    this.#reportedAtSeconds = period;
    const { outstanding, outstandingTokens } = this.#live;
    for (let i = 0; i < candidateCount; i++) {
      const id = candidates[i];
      this.#outstanding[id] = outstanding[id];
      this.#outstandingTokens[id] = outstandingTokens[id];
      this.#kvUtilization[id] = this.#live.kvUtilization(id);
    }
  }

  /** Reports come at whole multiples of the period, whoever asks. */
  #period(now: number): number {
    return Math.floor(now / this.#stalenessSeconds) * this.#stalenessSeconds;
  }

  #reserve(count: number): void {
    if (count <= this.#outstanding.length) return;
    const size = Math.max(count, 2 * this.#outstanding.length);
    const grow = <T extends Int32Array | Float64Array>(to: T, from: T): T => (to.set(from), to);
    this.#outstanding = grow(new Int32Array(size), this.#outstanding);
    this.#outstandingTokens = grow(new Float64Array(size), this.#outstandingTokens);
    this.#kvUtilization = grow(new Float64Array(size), this.#kvUtilization);
  }
}
