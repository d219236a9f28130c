import type { Distribution } from "../sim/distributions/distribution.ts";
import type { ArrivalProcess } from "./arrivals/arrival_process.ts";
import type { LengthModel } from "./lengths/length_model.ts";
import type { ClosedLoop } from "./request_table.ts";

/** How requests spread over things: given weights, or a Zipf popularity of `count` things. */
export type Shares =
  | { readonly weights: readonly number[] }
  | { readonly count: number; readonly zipf: number };

/** Prompts that begin with one of a few shared texts, such as system prompts. */
export interface PrefixGroups {
  /** Number of shared prefixes, >= 1. */
  readonly groups: number;
  /** Length of each, tokens, >= 1. It is added in front of the drawn prompt. */
  readonly tokensPerGroup: number;
  /** Zipf exponent of their popularity, >= 0; 0 is uniform. */
  readonly zipf: number;
}

/** Conversations: each arrival starts one. Length models give the new tokens of every turn. */
export interface Sessions {
  /** Law of the number of turns, whole numbers >= 1. */
  readonly turns: Distribution;
  /** Law of the time from an answer to the next turn, seconds, >= 0. */
  readonly thinkSeconds: Distribution;
  /** A session ends before a turn whose prompt would be longer than this, tokens. Default none. */
  readonly maxPromptTokens?: number;
}

/** A synthetic workload. All laws draw from streams of their own. */
export interface WorkloadSpec {
  /** When requests (or sessions) arrive. Needed unless `closedLoop` is set. */
  readonly arrivals?: ArrivalProcess;
  /** Prompt and output lengths. */
  readonly lengths: LengthModel;
  /** Arrivals after this instant are left out, seconds, > 0. */
  readonly durationSeconds?: number;
  /** At most so many requests, >= 1. One of `durationSeconds` and `requests` is needed. */
  readonly requests?: number;
  /** Functions called. Default one. */
  readonly functions?: Shares;
  /** Service classes. Default one. */
  readonly classes?: Shares;
  /** Tenants. Default one. */
  readonly tenants?: Shares;
  /** Shared prefixes. Default none. */
  readonly prefixGroups?: PrefixGroups;
  /** Conversations. Default none: every request stands alone. */
  readonly sessions?: Sessions;
  /** Requests issued by completions. Default none. Excludes `sessions`. */
  readonly closedLoop?: ClosedLoop;
  /**
   * Number of different prompts, >= 1: request i repeats prompt and output length of request i mod
   * cyclePrompts, and its whole prompt is shared with it. Default all different. Excludes `sessions`.
   */
  readonly cyclePrompts?: number;
  /** Tokens per hashed block of prefix identities, >= 1. Default 16. */
  readonly blockTokens?: number;
}
