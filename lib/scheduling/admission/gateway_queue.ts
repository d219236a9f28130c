import type { Policy } from "../../settings/policy.ts";

/** Requests that wait at the gateway of one function. */
export interface GatewayQueue {
  /** Requests that wait. */
  readonly size: number;
  /** Instant since which the longest waiting request waits, seconds; Infinity when none does. */
  readonly oldestSinceSeconds: number;
  /** Adds a request. Instants must not go back; a request waits at most once at a time. */
  push(request: number, nowSeconds: number): void;
  /** The request to be served next; -1 when there is none. */
  peek(): number;
  /** Takes the request to be served next; -1 when there is none. */
  pop(): number;
  /** Takes a request out, as when it gives up; false when it does not wait. */
  remove(request: number): boolean;
  /** Charges the request's flow for output tokens that it was given. */
  charge(request: number, outputTokens: number): void;
}

/** What an order of the gateway's queue may know of the requests of a run. */
export interface GatewayNeeds {
  /** Flow (class, tenant or both) of a request, a whole number >= 0. */
  flowOf(request: number): number;
  /** Weight of a flow, > 0. */
  weightOf(flow: number): number;
  /** Prompt tokens of a request. */
  promptTokensOf(request: number): number;
}

/** An order of the gateway's queue as its table has it: it makes the queue of one function. */
export interface GatewayOrderEntry<Name extends string, Options = Record<never, never>>
  extends Policy<Name, Options, GatewayNeeds, GatewayQueue> {
  /**
   * Whether it tells flows apart. Then it is shown the requests, too, that do not wait, and told of
   * output; otherwise classes, tenants and weights say nothing to it.
   */
  readonly readsFlows?: boolean;
}
