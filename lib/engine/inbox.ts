import type { WaitingQueue } from "../scheduling/batching/waiting_queue.ts";

/**
 * Requests that came too late for an engine that plans ahead: with asynchronous scheduling the next
 * step is formed while the one before runs, so it does not see them.
 */
export class Inbox {
  readonly #requests: number[] = [];
  readonly #atSeconds: number[] = [];

  /** Requests that wait here. */
  get size(): number {
    return this.#requests.length;
  }

  /** Adds a request that came at an instant, seconds. */
  push(request: number, atSeconds: number): void {
    this.#requests.push(request);
    this.#atSeconds.push(atSeconds);
  }

  /** Moves the requests that came by `untilSeconds` to the queue; returns how many. */
  empty(untilSeconds: number, queue: WaitingQueue): number {
    let count = 0;
    while (count < this.#requests.length && this.#atSeconds[count] <= untilSeconds) {
      queue.push(this.#requests[count++]);
    }
    this.#requests.splice(0, count);
    this.#atSeconds.splice(0, count);
    return count;
  }
}
