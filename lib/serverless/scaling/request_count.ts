import { withDefaults } from "../../settings/from_table.ts";
import { count, quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import type { ScalingEntry, ScalingPolicy } from "./policy.ts";
import { wantedInstances } from "./wanted_instances.ts";

/** Settings of `request-count`. */
export type RequestCountSettings = { readonly requests: number; readonly buffer: number };

/** `request-count` as files name it. */
export const requestCountPolicy: ScalingEntry<"request-count", RequestCountSettings> = {
  name: "request-count",
  describe: "As many instances as the requests that wait and run ask for, as on RunPod and Modal.",
  periodSeconds: 1,
  leavesIdle: true,
  settings: {
    requests: quantity("number", {
      above: 0,
      default: 4,
      describe: "Requests, waiting and running, that an instance is to have.",
    }),
    buffer: count({
      min: 0,
      default: 0,
      describe: "Instances beyond that while there are requests; the keep-alive leaves them.",
    }),
  },
  laws: {
    skip: [{ law: "shrinks", reason: "the keep-alive of idle instances takes them away" }],
  },
  create: (settings, { periodSeconds }) => requestCount({ ...settings, periodSeconds }),
};

/** What `request-count` takes beyond its settings. */
export interface RequestCountOptions extends Partial<RequestCountSettings> {
  /** Seconds between evaluations; default 1. */
  readonly periodSeconds?: number;
}

/**
 * ceil(requests / `requests`) instances at once, waiting and running requests counted alike, and
 * `buffer` more while there are any. It never takes an instance away: idle ones go by their
 * keep-alive, which leaves what the count and the buffer come to.
 *
 * @source RunPod documentation, "Endpoint configurations", scaling type request count:
 *   ceil((requests in queue + requests in progress) / scaler value); Modal documentation, "Scaling
 *   out": containers for the inputs there are, `buffer_containers` more while the function is active
 */
export function requestCount(options: RequestCountOptions = {}): ScalingPolicy {
  const { requests, buffer } = withDefaults(requestCountPolicy.settings, options);
  const { periodSeconds = requestCountPolicy.periodSeconds } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  let needed = 0;
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: 0,
    keepsAtLeast: () => needed,
    desired(signals) {
      const { queued, inFlight } = signals;
      const present = queued + inFlight;
      needed = present === 0 ? 0 : Math.ceil(present / requests) + buffer;
      return Math.max(wantedInstances(signals), needed);
    },
  };
}
