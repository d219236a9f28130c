import type { ScalingSignals } from "./policy.ts";

/**
 * The number of replicas that an autoscaler has written down, and that somebody keeps up: what is lost
 * is replaced at the next evaluation, and what has been started beside it counts as written down.
 */
export class ReplicaTarget {
  /** Replicas that there are to be. */
  count: number;
  readonly #followsFleet: boolean;

  /** @param followsFleet What somebody else has taken away stays away. */
  constructor(count: number, followsFleet = false) {
    this.count = count;
    this.#followsFleet = followsFleet;
  }

  /** Takes the fleet as it is where others have changed it: requests, timetables, a keep-alive. */
  see({ ready, starting, queued, inFlight }: ScalingSignals): void {
    const current = ready + starting;
    const isOutside = starting > 0 || (this.count === 0 && queued + inFlight > 0);
    if (this.#followsFleet || (current > this.count && isOutside)) this.count = current;
  }
}
