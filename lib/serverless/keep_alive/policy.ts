import type { Policy } from "../../settings/policy.ts";

/** What happens to an instance that has become idle. */
export interface KeepAliveDecision {
  /**
   * Seconds after which an instance is started again, having been stopped at once; 0 when it stays.
   * A request that comes earlier is a cold start and makes the rest of the decision void.
   */
  readonly prewarmAfterSeconds: number;
  /**
   * Seconds that the instance is kept without a request, counted from its becoming idle, or from
   * the pre-warming when there is one. Infinity: until the scaling policy takes it away.
   */
  readonly keepAliveSeconds: number;
}

/**
 * Decides how long idle instances of one function are kept. Learns from the function's idle times,
 * so make a new one for each function and run.
 */
export interface KeepAlivePolicy {
  /** Name in configurations, such as "fixed". */
  readonly name: string;
  /**
   * Takes note of an idle time: from the end of the function's last request to its next one, seconds,
   * when there was no request in between.
   */
  observeIdle(idleSeconds: number): void;
  /** The decision for an instance that becomes idle now. The object is reused by the next call. */
  decide(): KeepAliveDecision;
}

/** A keep-alive policy as its table has it. It is told nothing beyond its settings. */
export interface KeepAliveEntry<Name extends string, Options>
  extends Policy<Name, Options, Readonly<Record<never, never>>, KeepAlivePolicy> {
  /** Whether it is the policy where none is named and one of its settings is given. */
  readonly isChosenBySettings?: boolean;
  /** When it stops an idle instance, as the rest of a sentence about one; absent: nothing is said. */
  stops?(options: Options): string;
}

/** A policy with one constant decision. */
export function constantKeepAlive(name: string, keepAliveSeconds: number): KeepAlivePolicy {
  const decision = { prewarmAfterSeconds: 0, keepAliveSeconds };
  return { name, observeIdle: () => {}, decide: () => decision };
}
