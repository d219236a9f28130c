import type { Policy } from "../../../settings/policy.ts";

/** What an order of waiting requests may know of them, by request id. Output lengths are not here. */
export interface OrderableRequests {
  /** Requests. */
  readonly count: number;
  /** Instants of arrival, seconds, ascending. */
  readonly arrivalAtSeconds: Float64Array;
  /** Prompt lengths, tokens. */
  readonly promptTokens: Int32Array;
  /** Priority of a request's class; lower goes first. */
  priorityOf(request: number): number;
  /** Limit of a request's time to first token, seconds; Infinity for none. */
  ttftLimitSeconds(request: number): number;
}

/** One number per request: the smallest goes first, equals in the order of arrival. */
export type QueueKeys = Float64Array | Int32Array;

/** An order of waiting requests as its table has it. Undefined: the order of arrival. */
export interface OrderEntry<Name extends string>
  extends Policy<Name, Record<never, never>, OrderableRequests, QueueKeys | undefined> {
  /** Whether it looks at the priorities of classes, which say nothing otherwise. */
  readonly readsPriority?: boolean;
}
