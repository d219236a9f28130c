import type { Policy } from "../../settings/policy.ts";
import type { SpotMix, ZoneFacts } from "./spot_mix.ts";

/** One step of an instance, as it was measured. */
export interface MeasuredStep {
  /** Duration, seconds; 0 where there was none. */
  readonly seconds: number;
  /** Prompts that the step computed a part of. */
  readonly prefillSequences: number;
  /** Tokens of those parts. */
  readonly prefillTokens: number;
  /** Sequences that decoded. */
  readonly decodeSequences: number;
  /** KV entries that those attended to, tokens. */
  readonly decodeContextTokens: number;
}

/** What a ready instance works on at an evaluation. */
export interface InstanceLoad {
  /** Its number. */
  readonly instanceId: number;
  /** Requests in its batch. */
  readonly running: number;
  /** Requests inside that wait for a place in the batch. */
  readonly waiting: number;
  /** Prompt tokens of those that wait and have had no token yet. */
  readonly waitingPromptTokens: number;
  /** Prompt and output tokens of those that wait since they were preempted. */
  readonly waitingDecodeTokens: number;
  /** KV entries that the blocks in use have room for, tokens. */
  readonly kvTokens: number;
  /** KV entries that all blocks have room for, tokens. */
  readonly kvCapacityTokens: number;
  /** The step that ended last; all 0 where nothing is inside. */
  readonly step: MeasuredStep;
}

/** What an instance can do, for policies that plan by a model of it. */
export interface InstanceFacts {
  /** GPUs of an instance. */
  readonly gpus: number;
  /** Most requests in a batch. */
  readonly maxSequences: number;
  /** Token budget of a step. */
  readonly maxTokensPerStep: number;
  /** KV entries that all blocks have room for, tokens. */
  readonly kvCapacityTokens: number;
  /** Longest prompt and output together, tokens. */
  readonly maxModelTokens: number;
  /**
   * Estimate: time of a step that computes so many tokens of one prompt and decodes so many
   * sequences with so many KV entries in all, seconds.
   */
  stepSeconds(prefillTokens: number, decodeSequences: number, decodeContextTokens: number): number;
}

/** What a scaling policy sees of one function at an evaluation. All rates and means are over the last period. */
export interface ScalingSignals {
  /** Instant of the evaluation, seconds. */
  readonly nowSeconds: number;
  /** Instances that can serve (idle or busy). */
  readonly ready: number;
  /** Instances on their way up. */
  readonly starting: number;
  /** Those of them that wait for free GPUs, so that nothing of them runs; absent: none. */
  readonly pending?: number;
  /**
   * Instances that there are to be once the decisions on their way have had their effect; absent: those
   * that there are.
   */
  readonly decided?: number;
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
  /** Output tokens of ready instances since the last evaluation; absent when nobody counts them. */
  readonly outputTokens?: number;
  /** Mean prompt of those completions, tokens; 0 when there were none. */
  readonly promptTokensMean: number;
  /** Mean output of those completions, tokens; 0 when there were none. */
  readonly outputTokensMean: number;
  /** Each ready instance; only for policies that say so. */
  readonly instances?: readonly InstanceLoad[];
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
  /** Which instances are of spot capacity; absent: none. */
  readonly spot?: SpotMix;
  /** Whether signals are to tell of each ready instance; default false. */
  readonly readsInstances?: boolean;
  /** Desired instances (ready + starting), an integer >= 0. */
  desired(signals: ScalingSignals): number;
  /**
   * Instant of the evaluation that comes next after one, seconds, and later than that one; absent: one
   * period later. While a function has nothing it depends on the argument alone.
   */
  nextAfter?(atSeconds: number): number;
  /**
   * Most requests that an instance takes of those that arrive and go past the gateway's queue, so that
   * they wait inside it; 0 or absent: none does. May change with each evaluation.
   */
  readonly directLimit?: number;
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
   * said of that. Absent: likewise. Not asked where signals have an age, nor of a policy that reads
   * instances or mixes spot capacity.
   */
  idleUntilSeconds?(nowSeconds: number, instances: number): number;
  /**
   * Until when it has no instance whatever is asked for, seconds: a request that comes before starts
   * none, and waits; Infinity: for good, so that nobody need wait. In the past, or absent: one may come.
   */
  closedUntilSeconds?(nowSeconds: number): number;
  /**
   * How long after a function's last request, or after the last change of the answer, it may still go
   * down, seconds: a run that ends when its fleet has scaled down waits for so long. 0: it never goes
   * down by itself. Default 1200.
   */
  readonly settlesWithinSeconds?: number;
  /**
   * How many instances its last answer wants to stay though some of them are idle: a keep-alive beside
   * the policy leaves so many. Absent: it leaves as few as the function may have.
   */
  keepsAtLeast?(): number;
}

/** An instant, seconds, that is surely before one that was computed, however that was rounded. */
export function safelyBefore(atSeconds: number): number {
  return atSeconds === Infinity ? atSeconds : atSeconds - 1e-9 - 1e-12 * Math.abs(atSeconds);
}

/** The first whole multiple of a period that is after an instant, seconds. */
export function nextMultiple(atSeconds: number, periodSeconds: number): number {
  const next = (Math.floor(atSeconds / periodSeconds + 1e-9) + 1) * periodSeconds;
  // One that rounding has brought back to the instant itself would never pass.
  return next > atSeconds ? next : atSeconds + periodSeconds;
}

/** What a scaling policy is told beyond its settings. */
export interface ScalingNeeds {
  /** Seconds between evaluations, > 0: the policy's own unless somebody said otherwise. */
  readonly periodSeconds: number;
  /** Fewest instances that the function may have. */
  readonly minInstances: number;
  /** Most instances that it may have. */
  readonly maxInstances: number;
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
  /** Most requests that are given to an instance at once, >= 1; Infinity: no limit. */
  readonly requestsPerInstance: number;
  /** What one of its instances can do. */
  readonly instance: InstanceFacts;
  /** Zones with spot capacity; empty: none. */
  readonly zones: readonly ZoneFacts[];
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
   * Whether its answer is a number of replicas that somebody keeps up between evaluations, as
   * Kubernetes' ReplicaSet does: an instance that is lost is started anew at once. Absent: not before
   * the policy says so.
   */
  readonly keepsReplicas?: boolean;
  /** Option that is the time between looks of its own beside the evaluations, seconds; absent: none. */
  readonly looksEvery?: keyof Options;
  /** Whether its `directLimit` may ever be above 0. */
  mayGoDirect?(options: Options): boolean;
  /** Instances that begin to start when the run begins; absent: none. */
  startsWith?(options: Options): number;
  /**
   * Fewest instances that there may be, where that is not `min_instances`: a policy may go below it, or
   * never go to none.
   */
  fewest?(options: Options, minInstances: number): number;
  /**
   * Settings that are not read where another one has a value: what they would say, that one says.
   */
  readonly unread?: { readonly [Option in keyof Options]?: keyof Options };
  /**
   * Settings that are read only where others have one of some values: alternatives, in each of which
   * all that it names must be so. Absent ones are always read.
   */
  readonly readWhen?: {
    readonly [Option in keyof Options]?: readonly {
      readonly [Other in keyof Options]?: readonly Options[Other][];
    }[];
  };
}
