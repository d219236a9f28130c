import type { Policy } from "../../settings/policy.ts";

/** What a scaling policy sees of one function at an evaluation. All rates and means are over the last period. */
export interface ScalingSignals {
  /** Instant of the evaluation, seconds. */
  readonly nowSeconds: number;
  /** Instances that can serve (idle or busy). */
  readonly ready: number;
  /** Instances on their way up. */
  readonly starting: number;
  /**
   * Requests waiting at the gateway because no instance can take them, or for an instance of their own
   * to start.
   */
  readonly queued: number;
  /** Requests inside instances, waiting or running. */
  readonly inFlight: number;
  /** Requests inside ready instances that are not in a batch; absent when nobody counts them. */
  readonly waiting?: number;
  /** Age of the oldest request that waits there, seconds; 0 when none does. */
  readonly oldestWaitSeconds: number;
  /** Time-averaged requests in flight, queued ones included, over the last period. */
  readonly concurrency: number;
  /** Arrivals since the last evaluation. */
  readonly arrivals: number;
  /** Completions since the last evaluation. */
  readonly completions: number;
  /** Mean share of time that ready instances spent in a step, 0..1. */
  readonly busyFraction: number;
  /** Mean share of KV blocks in use on ready instances, 0..1. */
  readonly kvUtilization: number;
  /** p95 (nearest rank) of the TTFT of those completions, seconds; 0 when there were none. */
  readonly ttftP95Seconds: number;
  /** Mean gap between the tokens of those completions, seconds; 0 when there were none. */
  readonly tbtMeanSeconds: number;
  /** Longest time since any request was in flight or queued, seconds; 0 while there is one. */
  readonly idleSeconds: number;
}

/**
 * Decides how many instances a function should have. Called every `periodSeconds`; may keep state,
 * so make a new one for each run. The caller clamps to [min, max] and applies the delays.
 */
export interface ScalingPolicy {
  /** Seconds between evaluations, > 0. */
  readonly periodSeconds: number;
  /** Desired instances (ready + starting), an integer >= 0. */
  desired(signals: ScalingSignals): number;
  /**
   * Until when the answer that was just given stands, seconds, for a function that has no instance, no
   * request and no arrival and goes on so: it is 0, and would be 0 at each evaluation before that
   * instant, which are then left out. Absent: the next evaluation may answer otherwise.
   */
  standsUntilSeconds?(nowSeconds: number): number;
  /**
   * How many of the evaluations that were left out the policy has to be asked after all before the
   * next one, so that it answers as if none had been left out: the last ones; Infinity for all.
   * Default 0.
   */
  readonly remembers?: number;
  /**
   * Until when the answer that was just given stands, seconds, for a function that has `instances`
   * ready and idle, none on its way, no request and no arrival, and goes on so: it is that number, and
   * would be at each evaluation before that instant, which are then left out; -Infinity: nothing is
   * said of that. Absent: likewise.
   */
  idleUntilSeconds?(nowSeconds: number, instances: number): number;
  /**
   * How long after a function's last request, or after the last change of the answer, it may still go
   * down, seconds: a run that ends when its fleet has scaled down waits for so long. 0: it never goes
   * down by itself. Default 1200.
   */
  readonly settlesWithinSeconds?: number;
}

/** An instant, seconds, that is surely before one that was computed, however that was rounded. */
export function safelyBefore(atSeconds: number): number {
  return atSeconds === Infinity ? atSeconds : atSeconds - 1e-9 - 1e-12 * Math.abs(atSeconds);
}

/** What a scaling policy is told beyond its settings. */
export interface ScalingNeeds {
  /** Seconds between evaluations, > 0: the policy's own unless somebody said otherwise. */
  readonly periodSeconds: number;
  /** Fewest instances that the function may have. */
  readonly minInstances: number;
  /** Instances that are ready when the policy begins. */
  readonly initialInstances: number;
  /** Limit of the time to first token, seconds; Infinity for none. */
  readonly ttftSeconds: number;
  /** Limit of the time per output token, seconds; Infinity for none. */
  readonly tpotSeconds: number;
  /** Whether a keep-alive that was set beside the policy takes idle instances away, too. */
  readonly hasKeepAlive: boolean;
  /** Most requests that an instance takes at once, >= 1. */
  readonly instanceConcurrency: number;
  /** Arrival instants of the function's requests, seconds, ascending: for bounds on other policies. */
  arrivalAtSeconds(): Float64Array;
  /** Estimate: time that a request spends in an instance that serves so many at once, seconds. */
  holdSeconds(concurrency: number): number;
  /** Estimate: time that a start takes, seconds. */
  startSeconds(): number;
}

/** A scaling policy as its table has it. */
export interface ScalingEntry<Name extends string, Options>
  extends Policy<Name, Options, ScalingNeeds, ScalingPolicy> {
  /** Seconds between evaluations when nobody says otherwise, > 0; Infinity: it makes none. */
  readonly periodSeconds: number;
  /** Whether it is the policy where none is named and one of its settings is given. */
  readonly isChosenBySettings?: boolean;
  /**
   * Whether it never takes an idle instance away, so that the keep-alive alone decides how long one
   * stays. Of other policies it is theirs to say, unless a keep-alive is set beside them.
   */
  readonly leavesIdle?: boolean;
  /**
   * Settings that are not read where another one has a value: what they would say, that one says.
   */
  readonly unread?: { readonly [Option in keyof Options]?: keyof Options };
}
