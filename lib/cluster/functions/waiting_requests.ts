import { fcfsQueue, type GatewayQueue } from "../../scheduling/admission/mod.ts";
import type { FunctionParts } from "../cluster_parts.ts";

/**
 * The requests of one function that wait because no instance can take them: in the gateway's queue,
 * or for an instance of their own that is starting. Each wait has a ticket, and a timer names the
 * ticket of the wait that it limits: a request that waits a second time has a new one.
 */
export class WaitingRequests {
  readonly #queue: GatewayQueue;
  readonly #chargesFlows: boolean;
  readonly #promptTokens: Int32Array;
  readonly #rows: Int32Array | undefined;
  /** Prompt tokens of the requests that wait. */
  #tokens = 0;
  /** Requests in the queue, and with a reservation: most functions have none, and are asked often. */
  #queued = 0;
  #reservations = 0;
  /** Requests that wait for an instance of their own, and since when (seconds), by instance. */
  readonly #reserved = new Map<number, { readonly request: number; readonly since: number }>();
  /** Ticket of each wait that a timer limits, by request. */
  readonly #tickets = new Map<number, number>();
  #nextTicket = 0;

  /**
   * @param promptTokens Prompt tokens by request.
   * @param rows Rows of the workload by request, where they are not the same.
   */
  constructor({ gatewayOrder }: FunctionParts, promptTokens: Int32Array, rows?: Int32Array) {
    this.#promptTokens = promptTokens;
    this.#rows = rows;
    this.#chargesFlows = gatewayOrder?.chargesFlows ?? false;
    this.#queue = gatewayOrder?.queue((request) => promptTokens[request]) ?? fcfsQueue();
  }

  /** Requests that wait, those for an instance of their own included. */
  get size(): number {
    return this.#queued + this.#reservations;
  }

  /** Requests that any instance of the function may serve. */
  get queued(): number {
    return this.#queued;
  }

  /** Prompt tokens of the requests that wait. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Instant since which the longest waiting request waits, seconds; Infinity when none does. */
  get oldestSinceSeconds(): number {
    if (this.size === 0) return Infinity;
    const queued = this.#queue.oldestSinceSeconds;
    // Reservations are made in the order of time, and a Map keeps that order.
    for (const { since } of this.#reserved.values()) return Math.min(queued, since);
    return queued;
  }

  /** Row of a request that waits, for messages: the next in the queue, else one with a reservation. */
  get any(): number {
    const [reserved] = this.#reserved.values();
    const request = this.#queued > 0 ? this.#queue.peek() : reserved?.request ?? -1;
    return this.#rows?.[request] ?? request;
  }

  /** Adds a request to the queue. */
  push(request: number, now: number): void {
    this.#queue.push(request, now);
    this.#queued++;
    this.#tokens += this.#promptTokens[request];
  }

  /** Has a request wait for an instance that is starting for it. */
  reserve(request: number, instanceId: number, now: number): void {
    this.#reserved.set(instanceId, { request, since: now });
    this.#reservations = this.#reserved.size;
    this.#tokens += this.#promptTokens[request];
  }

  /** Whether an instance starts for a request of its own. */
  isReserved(instanceId: number): boolean {
    return this.#reserved.has(instanceId);
  }

  /** Takes the request that an instance was started for; -1 for none. */
  takeReserved(instanceId: number): number {
    if (this.#reservations === 0) return -1;
    const found = this.#reserved.get(instanceId);
    if (found === undefined) return -1;
    this.#reserved.delete(instanceId);
    this.#reservations--;
    this.#leaves(found.request);
    return found.request;
  }

  /** The instance that was to serve a request is gone: the request waits on, for any instance. */
  returnReserved(instanceId: number, now: number): boolean {
    const found = this.#reserved.get(instanceId);
    if (found === undefined) return false;
    this.#reserved.delete(instanceId);
    this.#reservations--;
    this.#queue.push(found.request, now);
    this.#queued++;
    return true;
  }

  /** The request of the queue to be served next; -1 when there is none. */
  peek(): number {
    return this.#queue.peek();
  }

  /** Takes the request of the queue to be served next. */
  pop(): void {
    this.#leaves(this.#queue.pop());
    this.#queued--;
  }

  /** A new ticket for the wait of a request that waits. */
  ticket(request: number): number {
    this.#tickets.set(request, this.#nextTicket);
    return this.#nextTicket++;
  }

  /** Takes a request out whose wait has lasted too long; false when that wait is over. */
  giveUp(request: number, ticket: number): boolean {
    return this.#tickets.get(request) === ticket && this.remove(request);
  }

  /** Takes a request out, wherever it waits; false if it does not. */
  remove(request: number): boolean {
    if (this.#queue.remove(request)) {
      this.#queued--;
    } else {
      let found = -1;
      for (const [instanceId, reserved] of this.#reserved) {
        if (reserved.request === request) found = instanceId;
      }
      if (found < 0) return false;
      this.#reserved.delete(found);
      this.#reservations--;
    }
    this.#leaves(request);
    return true;
  }

  /** Notes a request that goes to an instance without waiting, so that its flow pays for it. */
  passThrough(request: number, now: number): void {
    if (!this.#chargesFlows) return;
    this.#queue.push(request, now);
    this.#queue.pop();
  }

  /** Charges the flow of a completed request for its output. */
  charge(request: number, outputTokens: number): void {
    if (this.#chargesFlows) this.#queue.charge(request, outputTokens);
  }

  #leaves(request: number): void {
    this.#tokens -= this.#promptTokens[request];
    if (this.#tickets.size > 0) this.#tickets.delete(request);
  }
}
