import type { FaultRecord } from "../../metrics/run_record.ts";

/** An outage of a function that is not over: fewer instances are ready than before the fault. */
interface Outage {
  readonly functionId: number;
  readonly fromSeconds: number;
  /** Ready instances before. */
  readonly readyBefore: number;
}

/** Takes note of what faults do. */
export class FaultLog {
  failures = 0;
  preemptions = 0;
  instancesLost = 0;
  requestsHit = 0;
  requestsFailed = 0;
  lostTokens = 0;
  failedStarts = 0;
  #outages: Outage[] = [];
  #recovered = 0;
  #recoverySeconds = 0;
  /** Instant since which each machine is down, seconds; NaN while it is up. */
  readonly #downSinceSeconds: Float64Array;
  #downSeconds = 0;

  constructor(nodes: number) {
    this.#downSinceSeconds = new Float64Array(nodes).fill(NaN);
  }

  /** A fault takes ready instances of a function. */
  outage(functionId: number, readyBefore: number, now: number): void {
    this.#outages.push({ functionId, fromSeconds: now, readyBefore });
  }

  /** An instance of the function is ready; `ready` of them are now. */
  ready(functionId: number, ready: number, now: number): void {
    if (this.#outages.length === 0) return;
    this.#outages = this.#outages.filter((outage) => {
      if (outage.functionId !== functionId || ready < outage.readyBefore) return true;
      this.#recovered++;
      this.#recoverySeconds += now - outage.fromSeconds;
      return false;
    });
  }

  /** A machine is gone. */
  nodeDown(node: number, now: number): void {
    this.#downSinceSeconds[node] = now;
  }

  /** A machine is back. */
  nodeUp(node: number, now: number): void {
    this.#downSeconds += now - this.#downSinceSeconds[node];
    this.#downSinceSeconds[node] = NaN;
  }

  /** What faults have done by the end of the run. */
  record(endAtSeconds: number): FaultRecord {
    const nodes = this.#downSinceSeconds.length;
    let downSeconds = this.#downSeconds;
    for (const since of this.#downSinceSeconds) {
      if (!Number.isNaN(since)) downSeconds += endAtSeconds - since;
    }
    const machineSeconds = nodes * endAtSeconds;
    return {
      failures: this.failures,
      preemptions: this.preemptions,
      instancesLost: this.instancesLost,
      requestsHit: this.requestsHit,
      requestsFailed: this.requestsFailed,
      lostTokens: this.lostTokens,
      failedStarts: this.failedStarts,
      availability: machineSeconds > 0 ? 1 - downSeconds / machineSeconds : NaN,
      recoverySeconds: this.#recovered > 0 ? this.#recoverySeconds / this.#recovered : NaN,
    };
  }
}
