/** Takes what the scheduler learns of. */
export interface InboxReader {
  /** A request that waits for a place in the batch, and the instant at which it came, seconds. */
  enqueue(request: number, cameAtSeconds: number): void;
  /** A request whose first `kvTokens` KV entries are here. */
  receive(request: number, kvTokens: number): void;
  /** A request whose first `kvTokens` KV entries are to come. */
  expect(request: number, kvTokens: number): void;
}

/** In place of KV entries: the request waits for a place in the batch. */
const NO_ENTRIES = -1;

/**
 * Requests that came too late for an engine that plans ahead: with asynchronous scheduling the next
 * step is formed while the one before runs, so it does not see them.
 */
export class Inbox {
  /** What came by this instant is known when the next step is formed, seconds; Infinity when idle. */
  knownUntilSeconds = Infinity;
  readonly #requests: number[] = [];
  readonly #kvTokens: number[] = [];
  /** Whether these entries are to come. */
  readonly #areToCome: boolean[] = [];
  readonly #atSeconds: number[] = [];

  /** Requests that wait here. */
  get size(): number {
    return this.#requests.length;
  }

  /** Whether KV entries have come, or will, for a request here. */
  get hasEntries(): boolean {
    return this.#requests.length > 0 && this.#kvTokens.some((tokens) => tokens !== NO_ENTRIES);
  }

  /** Adds a request that came at an instant, seconds; `kvTokens` if its KV entries came, or will. */
  push(request: number, atSeconds: number, kvTokens = NO_ENTRIES, areToCome = false): void {
    this.#requests.push(request);
    this.#areToCome.push(areToCome);
    this.#kvTokens.push(kvTokens);
    this.#atSeconds.push(atSeconds);
  }

  /** Takes a request out; false if it is not here. */
  remove(request: number): boolean {
    const place = this.#requests.indexOf(request);
    if (place < 0) return false;
    this.#requests.splice(place, 1);
    this.#kvTokens.splice(place, 1);
    this.#areToCome.splice(place, 1);
    this.#atSeconds.splice(place, 1);
    return true;
  }

  /** Visits every request that no KV entries come for, in their order. */
  forEachWithout(visit: (request: number) => void): void {
    this.#requests.forEach((request, place) => {
      if (this.#kvTokens[place] === NO_ENTRIES) visit(request);
    });
  }

  /** Visits every request, in their order. */
  forEach(visit: (request: number) => void): void {
    this.#requests.forEach((request) => visit(request));
  }

  /** Hands the requests that came by `untilSeconds` on, in their order; returns how many. */
  empty(untilSeconds: number, to: InboxReader): number {
    let count = 0;
    for (; count < this.size && this.#atSeconds[count] <= untilSeconds; count++) {
      const kvTokens = this.#kvTokens[count];
      if (kvTokens === NO_ENTRIES) to.enqueue(this.#requests[count], this.#atSeconds[count]);
      else if (this.#areToCome[count]) to.expect(this.#requests[count], kvTokens);
      else to.receive(this.#requests[count], kvTokens);
    }
    this.#requests.splice(0, count);
    this.#kvTokens.splice(0, count);
    this.#areToCome.splice(0, count);
    this.#atSeconds.splice(0, count);
    return count;
  }
}
