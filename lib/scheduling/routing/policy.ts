import type { Policy } from "../../settings/policy.ts";
import type { RandomStream } from "../../sim/random_streams.ts";

/**
 * What a router may know of the requests, in columns by request id. Output lengths are not here, so
 * no router can read one. Every RequestTable is one of these.
 */
export interface RoutableRequests {
  /** Prompt length, tokens, >= 1. */
  readonly promptTokens: Int32Array;
  /** Session (conversation) of each request; -1 for none. Absent when there are no sessions. */
  readonly sessionId?: Int32Array;
  /** Service class of each request; absent when all are of class 0. */
  readonly classId?: Uint8Array;
  /** Tenant of each request; absent when all are of tenant 0. */
  readonly tenantId?: Uint16Array;
}

/** What a router sees of the instances. Columns and methods are by instance id. */
export interface RoutingSignals {
  /** Instances that can take the request, ascending ids, in the first `candidateCount` places. */
  readonly candidates: Int32Array;
  /** Number of candidates, >= 1. */
  readonly candidateCount: number;
  /** Requests inside each instance, waiting or running. */
  readonly outstanding: Int32Array;
  /** Tokens inside each instance: prompts of waiting requests and contexts of running ones. */
  readonly outstandingTokens: Float64Array;
  /** Share of the instance's KV blocks in use, 0..1. */
  kvUtilization(instance: number): number;
  /** KV entries that the instance's blocks have room for, tokens. */
  kvCapacityTokens(instance: number): number;
  /** Leading tokens of the request's prompt whose KV blocks the instance has cached, >= 0. */
  cachedPrefixTokens(instance: number, request: number): number;
  /**
   * The same with those that the instance can load from its cache tiers; absent where nobody has any.
   */
  reachablePrefixTokens?(instance: number, request: number): number;
}

/**
 * Chooses the instance for a request. May keep state (a turn, sessions), so make a new one for each
 * function and run. A policy allocates nothing per decision.
 */
export interface RoutingPolicy {
  /** Name in configurations, such as "least-loaded". */
  readonly name: string;
  /**
   * The instance that gets the request: one of the candidates. Equals go to the lowest id.
   *
   * @param request Row of `requests`.
   */
  pick(request: number, requests: RoutableRequests, signals: RoutingSignals): number;
}

/** What a routing policy is told beyond its settings. */
export interface RoutingNeeds {
  /** A stream of its own, for policies that draw. */
  readonly stream: RandomStream;
}

/** A routing policy as its table has it. */
export interface RoutingEntry<Name extends string, Options>
  extends Policy<Name, Options, RoutingNeeds, RoutingPolicy> {
  /** Whether it looks at nobody's load, so that the age of the signals is nothing to it. */
  readonly isBlind?: boolean;
}
