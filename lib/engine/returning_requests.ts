/**
 * Requests whose KV entries exist, but not in the engine's blocks: swapped out to host memory, or
 * received from another engine. They return oldest first, before anybody who waits is let in.
 */
export class ReturningRequests {
  readonly #requests: number[] = [];
  readonly #tokens: number[] = [];
  /** Blocks of each in host memory; 0 for one that was received. */
  readonly #hostBlocks: number[] = [];
  /** Blocks in host memory. */
  hostBlocks = 0;

  /** Requests that wait here. */
  get size(): number {
    return this.#requests.length;
  }

  /** The oldest one. */
  get first(): number {
    return this.#requests[0];
  }

  /** Tokens of the oldest one whose KV entries exist. */
  get firstTokens(): number {
    return this.#tokens[0];
  }

  /** Adds a request with `tokens` KV entries, which fill `hostBlocks` blocks of host memory. */
  push(request: number, tokens: number, hostBlocks: number): void {
    this.#requests.push(request);
    this.#tokens.push(tokens);
    this.#hostBlocks.push(hostBlocks);
    this.hostBlocks += hostBlocks;
  }

  /** Takes the oldest one; returns the blocks that it had in host memory. */
  shift(): number {
    this.#requests.shift();
    this.#tokens.shift();
    const blocks = this.#hostBlocks.shift()!;
    this.hostBlocks -= blocks;
    return blocks;
  }

  /** Takes a request out, wherever it stands; false if it is not here. */
  remove(request: number): boolean {
    const place = this.#requests.indexOf(request);
    if (place < 0) return false;
    this.#requests.splice(place, 1);
    this.#tokens.splice(place, 1);
    this.hostBlocks -= this.#hostBlocks.splice(place, 1)[0];
    return true;
  }

  /** Takes all: adds them to `requests` and returns their tokens. */
  empty(requests: number[]): number {
    let tokens = 0;
    for (; this.size > 0; this.shift()) {
      requests.push(this.first);
      tokens += this.firstTokens;
    }
    return tokens;
  }
}
