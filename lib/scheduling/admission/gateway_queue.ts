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
