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
  create: (settings, { periodSeconds, instanceConcurrency }) =>
    queueDelay({ ...settings, periodSeconds, instanceConcurrency }),
};

/** What `queue-delay` takes beyond its settings. */
export interface QueueDelayOptions extends Partial<QueueDelaySettings> {
  /** Most requests that an instance takes at once, >= 1; default 1. */
  readonly instanceConcurrency?: number;
  /** Seconds between evaluations; default 1. */
  readonly periodSeconds?: number;
}

/**
 * RunPod's queue delay: with no instance, the first request starts one; further ones start one by one
 * while the oldest request at the gateway has waited longer than the threshold, as long as more requests
 * wait than the instances that are starting will take. It never takes an instance away: that is left to the
 * keep-alive of idle instances.
 *
 * @source RunPod documentation, "Endpoint configurations", scaling type queue delay
 */
export function queueDelay(options: QueueDelayOptions = {}): ScalingPolicy {
  const { thresholdSeconds } = withDefaults(queueDelayPolicy.settings, options);
  const { periodSeconds = queueDelayPolicy.periodSeconds, instanceConcurrency = 1 } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  checkNumber(instanceConcurrency, "instanceConcurrency", { min: 1 });
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: 0,
    desired(signals) {
      const { ready, queued, oldestWaitSeconds } = signals;
      const current = wantedInstances(signals);
      if (current === 0) return queued > 0 ? 1 : 0;
      const isCovered = queued <= (current - ready) * instanceConcurrency;
      return oldestWaitSeconds > thresholdSeconds && !isCovered ? current + 1 : current;
    },
  };
}
