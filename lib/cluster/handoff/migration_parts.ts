import type { ReschedulingPolicy } from "../../scheduling/rescheduling/policy.ts";

/** Ways in which a running request moves. */
export type MigrationMethod = "live" | "blocking" | "tokens" | "recompute";

/** How running requests move between the instances of a function. */
export interface MigrationParts {
  /** The way. */
  readonly method: MigrationMethod;
  /** Decides who moves where; one for each function, by id. */
  readonly policies: readonly ReschedulingPolicy[];
  /** Seconds between two decisions, > 0. */
  readonly periodSeconds: number;
  /** Whether the requests of an instance that is told to stop move, whatever the policy. */
  readonly drains: boolean;
  /** Most stages of a copy, >= 2. */
  readonly maxStages: number;
  /** Tokens left up to which the next stage is the last one, >= 0. */
  readonly lastStageTokens: number;
  /** Priority classes, by id, whose requests are urgent; absent: none is. */
  readonly urgentClasses?: ReadonlySet<number>;
  /** Bytes that are sent for the entries of tokens `from` to `until` of a request of a function. */
  wireBytes(functionId: number, from: number, until: number): number;
  /** Time in which an instance of a function computes the entries of tokens `from` to `until`, seconds. */
  recomputeSeconds(functionId: number, from: number, until: number): number;
}
