import { checkNumber } from "./check.ts";
import type { ScalingPolicy } from "./policy.ts";

/** Settings of `queue-delay`. */
export interface QueueDelayOptions {
  /** One more instance while the oldest request has waited longer than this, seconds, > 0; default 4. */
  readonly thresholdSeconds?: number;
  /** Seconds between evaluations; default 1. */
  readonly periodSeconds?: number;
}

/**
 * RunPod's queue delay: with no instance, the first request starts one; further ones start one by one
 * while the oldest request at the gateway has waited longer than the threshold, as long as fewer
 * instances are starting than requests wait. It never takes an instance away: that is left to the
 * keep-alive of idle instances.
 *
 * @source RunPod documentation, "Endpoint configurations", scaling type queue delay
 */
export function queueDelay(options: QueueDelayOptions = {}): ScalingPolicy {
  const { thresholdSeconds = 4, periodSeconds = 1 } = options;
  checkNumber(thresholdSeconds, "thresholdSeconds", { min: 0, above: true });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    desired({ ready, starting, queued, oldestWaitSeconds }) {
      const current = ready + starting;
      if (current === 0) return queued > 0 ? 1 : 0;
      return oldestWaitSeconds > thresholdSeconds && starting < queued ? current + 1 : current;
    },
  };
}
