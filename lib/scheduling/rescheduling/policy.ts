import type { Policy } from "../../settings/policy.ts";

/** What a rescheduling policy sees of a ready or draining instance. */
export interface MovableLoad {
  /** Number of the instance. */
  readonly id: number;
  /** Its KV blocks. */
  readonly kvBlocks: number;
  /** Those that nobody uses. */
  readonly freeBlocks: number;
  /** Requests in its batch. */
  readonly running: number;
  /** Those that wait for a place in it. */
  readonly waiting: number;
  /** KV blocks that the request at the head of its queue needs to begin; 0 when none waits. */
  readonly firstWaitingBlocks: number;
  /** KV blocks of the running request that would move: the one that came last. */
  readonly lastBlocks: number;
  /** Running requests of urgent classes. */
  readonly urgent: number;
  /** Requests that were preempted since the last decision. */
  readonly preempted: number;
  /** Whether the instance was told to stop, so that it is to be rid of its requests. */
  readonly isLeaving: boolean;
  /** Whether a request is on its way out of it, or into it, already. */
  readonly isMoving: boolean;
}

/** Decides which running requests move from one instance of a function to another. */
export interface ReschedulingPolicy {
  /** Name in configurations, such as "freeness". */
  readonly name: string;
  /**
   * Pairs of instances between which a request is to move, each instance in one pair at most.
   *
   * @param loads Of the function's instances, ascending ids.
   * @param move Takes the numbers of the source and of the target.
   */
  decide(loads: readonly MovableLoad[], move: (source: number, target: number) => void): void;
}

/** A rescheduling policy as its table has it. */
export type ReschedulingEntry<Name extends string, Options> = Policy<
  Name,
  Options,
  Record<never, never>,
  ReschedulingPolicy
>;
