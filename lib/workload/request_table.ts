/**
 * Prefix identity of each request's prompt: chained block hashes in compressed rows.
 * Equal hash values mean equal token prefixes up to and including that block.
 */
export interface PrefixBlocks {
  /** Tokens per hashed block, >= 1 (512 in the Mooncake traces, 16 for hashed token ids). */
  readonly blockTokens: number;
  /** Row starts: the hashes of request `i` are `hashes[offsets[i] .. offsets[i + 1])`. Length count + 1. */
  readonly offsets: Uint32Array;
  /** Identity of each block; equal numbers are equal prefixes. Only full blocks of the prompt. */
  readonly hashes: Float64Array;
}

/** Requests that are issued by completions instead of the clock. */
export interface ClosedLoop {
  /** Requests kept in flight, >= 1. The first `concurrency` rows are issued at their arrival instants. */
  readonly concurrency: number;
  /** Seconds between a completion and the next request, >= 0. */
  readonly thinkSeconds: number;
}

/**
 * A workload, one row per request in typed columns. Rows are sorted by arrival instant
 * (equal instants keep their order); the row number is the request's id.
 *
 * Optional columns are absent when every row holds the default.
 */
export interface RequestTable {
  /** Number of requests. */
  readonly count: number;
  /** Arrival instants, seconds since the start, non-decreasing. */
  readonly arrivalAtSeconds: Float64Array;
  /** Prompt length, tokens, >= 1. */
  readonly promptTokens: Int32Array;
  /** True output length, tokens, >= 1. Known to the engine's physics only, never to a policy. */
  readonly outputTokens: Int32Array;
  /** Function (deployed model) that each request calls; default 0. */
  readonly functionId?: Uint16Array;
  /** Service class of each request, an index into the workload's SLO classes; default 0. */
  readonly classId?: Uint8Array;
  /** Tenant of each request, for fair queueing; default 0. */
  readonly tenantId?: Uint16Array;
  /** Session (conversation) of each request; -1 for none. */
  readonly sessionId?: Int32Array;
  /**
   * Request whose completion releases this one; -1 for none. A released request arrives
   * `thinkSeconds[i]` after that completion, and its `arrivalAtSeconds` is ignored.
   */
  readonly afterRequest?: Int32Array;
  /** Seconds between the completion of `afterRequest` and this arrival, >= 0. */
  readonly thinkSeconds?: Float64Array;
  /**
   * Time that each request spends in service, seconds, >= 0, where a trace has that in place of lengths;
   * `outputTokens` is then made of it.
   */
  readonly serviceSeconds?: Float64Array;
  /** Prefix identity of the prompts; absent when no prompts share anything. */
  readonly prefix?: PrefixBlocks;
  /** Set when requests are issued by completions (N in flight). */
  readonly closedLoop?: ClosedLoop;
}
