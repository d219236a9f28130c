import { waitingQueue } from "../scheduling/batching/waiting_queue.ts";
import type { WaitingQueue } from "../scheduling/batching/waiting_queue.ts";

/** Requests of one function that wait at the gateway because no instance can take them. */
export class GatewayQueue {
  readonly #queue: WaitingQueue = waitingQueue("fcfs");
  /** Whether each request that was pushed still waits; timed-out ones are skipped when popped. */
  readonly #waiting = new Set<number>();

  /** Requests that wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Adds a request. */
  push(request: number): void {
    this.#queue.push(request);
    this.#waiting.add(request);
  }

  /** The request to be served next; -1 when there is none. */
  peek(): number {
    while (this.#queue.size > 0 && !this.#waiting.has(this.#queue.peek())) this.#queue.pop();
    return this.#queue.peek();
  }

  /** Takes the request to be served next; -1 when there is none. */
  pop(): number {
    const request = this.peek();
    if (request >= 0) {
      this.#queue.pop();
      this.#waiting.delete(request);
    }
    return request;
  }

  /** Takes a request out of the queue; false when it does not wait any more. */
  remove(request: number): boolean {
    return this.#waiting.delete(request);
  }
}
