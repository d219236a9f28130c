import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import type { ScalingEntry, ScalingPolicy } from "./policy.ts";
import { wantedInstances } from "./wanted_instances.ts";

/** Settings of `queue-delay`. */
export type QueueDelaySettings = { readonly thresholdSeconds: number };

/** `queue-delay` as files name it. */
export const queueDelayPolicy: ScalingEntry<"queue-delay", QueueDelaySettings> = {
  name: "queue-delay",
  describe: "One more instance while the oldest request has waited too long, as on RunPod.",
  periodSeconds: 1,
  leavesIdle: true,
  settings: {
    thresholdSeconds: quantity("seconds", {
      above: 0,
      default: 4,
      describe: "One more instance while the oldest request has waited longer than this, seconds.",
    }),
  },
  laws: {
    skip: [{ law: "shrinks", reason: "the keep-alive of idle instances takes them away" }],
  },
  create: (settings, { periodSeconds, instanceConcurrency, holdSeconds }) =>
    queueDelay({
      ...settings,
      periodSeconds,
      instanceConcurrency,
      requestSeconds: holdSeconds(instanceConcurrency),
    }),
};

/** What `queue-delay` takes beyond its settings. */
export interface QueueDelayOptions extends Partial<QueueDelaySettings> {
  /** Most requests that an instance takes at once, >= 1; default 1. */
  readonly instanceConcurrency?: number;
  /**
   * Estimate of the time that a request spends in an instance, seconds, > 0; default Infinity: those
   * that wait would all be in flight at once.
   */
  readonly requestSeconds?: number;
  /** Seconds between evaluations; default 1. */
  readonly periodSeconds?: number;
}

/**
 * RunPod's queue delay: with no instance, the first request starts one; further ones start one by one
 * while the oldest request at the gateway has waited longer than the threshold, as long as what is on
 * its way does not cover those that wait. It never takes an instance away: that is left to the
 * keep-alive of idle instances.
 *
 * Instances on their way cover as many requests as they take at once. A queue that grows for as long as
 * a start takes is served by turns: for the whole length of the start they cover it as well when all
 * instances together have room for the most requests that would have been in flight at once, had there
 * been room, which are those that arrived within the time that a request takes.
 *
 * @source RunPod documentation, "Endpoint configurations", scaling type queue delay
 */
export function queueDelay(options: QueueDelayOptions = {}): ScalingPolicy {
  const { thresholdSeconds } = withDefaults(queueDelayPolicy.settings, options);
  const {
    periodSeconds = queueDelayPolicy.periodSeconds,
    instanceConcurrency = 1,
    requestSeconds = Infinity,
  } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  checkNumber(instanceConcurrency, "instanceConcurrency", { min: 1 });
  checkNumber(requestSeconds, "requestSeconds", { min: 0, above: true });
  // Without an end all that has come would be in flight.
  const inFlight = requestSeconds < Infinity ? new ArrivalsWithin(requestSeconds) : undefined;
  /** Most that would have been in flight at once since somebody has waited. */
  let most = 0;
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: 0,
    // An interval of arrivals begins with the evaluation before.
    remembers: 1,
    desired(signals) {
      const { nowSeconds, ready, queued, oldestWaitSeconds, arrivals } = signals;
      const current = wantedInstances(signals);
      const present = inFlight?.add(nowSeconds, arrivals) ?? Infinity;
      most = queued > 0 ? Math.max(most, present) : present;
      if (current === 0) return queued > 0 ? 1 : 0;
      const coming = current - ready;
      const isCovered = queued <= coming * instanceConcurrency ||
        (coming > 0 && most <= current * instanceConcurrency);
      return oldestWaitSeconds > thresholdSeconds && !isCovered ? current + 1 : current;
    },
  };
}

/** How many requests have arrived within the last so many seconds, spread over their intervals. */
class ArrivalsWithin {
  readonly #seconds: number;
  readonly #intervals: { readonly from: number; readonly to: number; readonly count: number }[] =
    [];
  #sinceSeconds = 0;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** Adds those since the last call; how many have come within the time by now. */
  add(nowSeconds: number, count: number): number {
    const intervals = this.#intervals;
    if (count > 0) intervals.push({ from: this.#sinceSeconds, to: nowSeconds, count });
    this.#sinceSeconds = nowSeconds;
    const begin = nowSeconds - this.#seconds;
    while (intervals.length > 0 && intervals[0].to <= begin) intervals.shift();
    return intervals.reduce((sum, { from, to, count }) => {
      const share = from >= begin || to <= from ? 1 : (to - begin) / (to - from);
      return sum + count * share;
    }, 0);
  }
}
