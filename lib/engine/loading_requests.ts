/**
 * Requests that wait for KV blocks from a cache tier, or have them and wait for a place in the batch, in
 * order of the queue that they were taken from. They stand before all others, as in vLLM.
 */
export class LoadingRequests {
  readonly #requests: number[] = [];
  /** Tokens of each that are there once its blocks are. */
  readonly #tokens: number[] = [];
  /** When its blocks came, seconds; Infinity while they have not. */
  readonly #thereAtSeconds: number[] = [];
  /** Whether the scheduler knows that. */
  readonly #isKnown: boolean[] = [];
  /** Those whose blocks are on their way. */
  loading = 0;
  /** Those that have their blocks, and of these those that the scheduler does not know of. */
  loaded = 0;
  unknown = 0;

  /** Requests that may be let into the batch. */
  get ready(): number {
    return this.loaded - this.unknown;
  }

  /** Adds a request of which `tokens` tokens will be there. */
  push(request: number, tokens: number): void {
    this.#requests.push(request);
    this.#tokens.push(tokens);
    this.#thereAtSeconds.push(Infinity);
    this.#isKnown.push(false);
    this.loading++;
  }

  /** The blocks of a request have come, at an instant. */
  come(request: number, atSeconds: number): void {
    this.#thereAtSeconds[this.#requests.indexOf(request)] = atSeconds;
    this.loading--;
    this.loaded++;
    this.unknown++;
  }

  /** The scheduler learns of the blocks that came by an instant. Visits their requests. */
  know(untilSeconds: number, visit: (request: number, tokens: number) => void): void {
    for (let i = 0; i < this.#requests.length && this.unknown > 0; i++) {
      if (this.#isKnown[i] || this.#isOnTheWay(i) || this.#thereAtSeconds[i] > untilSeconds) {
        continue;
      }
      this.#isKnown[i] = true;
      this.unknown--;
      visit(this.#requests[i], this.#tokens[i]);
    }
  }

  /** The first request that may be let into the batch; -1 if there is none. */
  firstReady(): number {
    return this.ready > 0 ? this.#requests[this.#isKnown.indexOf(true)] : -1;
  }

  /** The last of them; -1 if there is none. */
  lastReady(): number {
    return this.ready > 0 ? this.#requests[this.#isKnown.lastIndexOf(true)] : -1;
  }

  /** Tokens of a request that are there, or will be; -1 if it is not here. */
  tokensOf(request: number): number {
    const place = this.#requests.indexOf(request);
    return place < 0 ? -1 : this.#tokens[place];
  }

  /** Takes a request out; false if it is not here. */
  remove(request: number): boolean {
    const place = this.#requests.indexOf(request);
    if (place < 0) return false;
    if (this.#isOnTheWay(place)) this.loading--;
    else {
      this.loaded--;
      if (!this.#isKnown[place]) this.unknown--;
    }
    this.#requests.splice(place, 1);
    this.#tokens.splice(place, 1);
    this.#thereAtSeconds.splice(place, 1);
    this.#isKnown.splice(place, 1);
    return true;
  }

  #isOnTheWay(place: number): boolean {
    return this.#thereAtSeconds[place] > Number.MAX_VALUE;
  }

  /** All requests here, in their order. */
  all(): readonly number[] {
    return this.#requests;
  }
}
