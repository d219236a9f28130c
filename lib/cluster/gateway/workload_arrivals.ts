import type { RequestTable } from "../../workload/request_table.ts";
import { type ClusterParts, streamOf } from "../cluster_parts.ts";
import { type ArrivalsByClock, StreamedArrivals } from "../stream/mod.ts";

/** The requests of a run that arrive by the clock. */
export function arrivalsByClock(parts: ClusterParts): ArrivalsByClock {
  const stream = streamOf(parts);
  return stream ? new StreamedArrivals(stream.window) : new WorkloadArrivals(parts.requests);
}

/** The requests that arrive by the clock: all, or the first ones of a closed loop. */
class WorkloadArrivals implements ArrivalsByClock {
  /** Instant of the next one, seconds; Infinity when there is none. */
  nextAtSeconds = Infinity;
  readonly #requests: RequestTable;
  readonly #count: number;
  #next = 0;

  constructor(requests: RequestTable) {
    const { count, closedLoop } = requests;
    this.#requests = requests;
    this.#count = closedLoop ? Math.min(count, closedLoop.concurrency) : count;
    this.#look();
  }

  /** Whether there are any left. */
  get isMore(): boolean {
    return this.#next < this.#count;
  }

  /** Takes the request that is due; -1 for a row that another request's end releases. */
  take(): number {
    const { afterRequest } = this.#requests;
    const request = this.#next++;
    this.#look();
    return afterRequest === undefined || afterRequest[request] < 0 ? request : -1;
  }

  #look(): void {
    this.nextAtSeconds = this.isMore ? this.#requests.arrivalAtSeconds[this.#next] : Infinity;
  }
}
