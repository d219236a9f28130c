import type { RandomStream } from "../../sim/random_streams.ts";
import type { FailureProcess } from "./failures.ts";

/** A spot node's end: first the notice, then the preemption. */
export interface Preemption {
  /** Instant from which the node is known to go, seconds. */
  readonly noticeAtSeconds: number;
  /** Instant at which it is gone, seconds. */
  readonly goneAtSeconds: number;
}

/** Settings of `spotPreemptions`. */
export interface SpotOptions {
  /** When nodes go. */
  readonly process: FailureProcess;
  /** Warning before a node goes, seconds, >= 0; default 30. */
  readonly noticeSeconds?: number;
}

/**
 * Preemptions of spot nodes with a warning. A node that goes sooner than the warning takes is warned
 * at once.
 *
 * @source X. Miao et al., "SpotServe", ASPLOS 2024: a grace period of 30 s
 */
export function spotPreemptions(
  { process, noticeSeconds = 30 }: SpotOptions,
): (stream: RandomStream, fromSeconds: number) => Preemption {
  if (!(noticeSeconds >= 0)) {
    throw new RangeError(
      `Cannot use noticeSeconds as seconds >= 0: current value is ${noticeSeconds}`,
    );
  }
  return (stream, fromSeconds) => {
    const goneAtSeconds = process.next(stream, fromSeconds);
    return { noticeAtSeconds: Math.max(fromSeconds, goneAtSeconds - noticeSeconds), goneAtSeconds };
  };
}
