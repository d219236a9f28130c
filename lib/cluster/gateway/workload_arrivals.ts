import type { RequestTable } from "../../workload/request_table.ts";
import { type ClusterParts, streamOf } from "../cluster_parts.ts";
import { type ArrivalsByClock, StreamedArrivals } from "../stream/mod.ts";

/** The requests of a run that arrive by the clock. */
export function arrivalsByClock(parts: ClusterParts): ArrivalsByClock {
  const stream = streamOf(parts);
  // Functions of a run that is streamed are all as far from their clients.
  return stream
    ? new StreamedArrivals(stream.window, parts.functions[0].requestSeconds)
    : new WorkloadArrivals(parts);
}

/**
 * The requests that arrive by the clock: all, or the first ones of a closed loop. A request arrives here
 * some time after its client has sent it: that of its function.
 */
class WorkloadArrivals implements ArrivalsByClock {
  /** Instant of the next one, seconds; Infinity when there is none. */
  nextAtSeconds = Infinity;
  readonly #requests: RequestTable;
  readonly #count: number;
  /** Seconds that a request of each function is on its way. */
  readonly #waySeconds: readonly number[];
  /** Rows in the order of arrival; absent: as they are. */
  readonly #order: Int32Array | undefined;
  #next = 0;

  constructor({ requests, functions }: Pick<ClusterParts, "requests" | "functions">) {
    const { count, closedLoop } = requests;
    this.#requests = requests;
    this.#count = closedLoop ? Math.min(count, closedLoop.concurrency) : count;
    this.#waySeconds = functions.map(({ requestSeconds = 0 }) => requestSeconds);
    const [first] = this.#waySeconds;
    this.#order = this.#waySeconds.every((seconds) => seconds === first)
      ? undefined
      : Int32Array.from({ length: this.#count }, (_, row) => row)
        .sort((a, b) => this.#arrivesAt(a) - this.#arrivesAt(b) || a - b);
    this.#look();
  }

  /** Whether there are any left. */
  get isMore(): boolean {
    return this.#next < this.#count;
  }

  /** Takes the request that is due; -1 for a row that another request's end releases. */
  take(): number {
    const { afterRequest } = this.#requests;
    const request = this.#rowOf(this.#next++);
    this.#look();
    return afterRequest === undefined || afterRequest[request] < 0 ? request : -1;
  }

  #rowOf(place: number): number {
    return this.#order === undefined ? place : this.#order[place];
  }

  #arrivesAt(row: number): number {
    const { arrivalAtSeconds, functionId } = this.#requests;
    return arrivalAtSeconds[row] + this.#waySeconds[functionId === undefined ? 0 : functionId[row]];
  }

  #look(): void {
    this.nextAtSeconds = this.isMore ? this.#arrivesAt(this.#rowOf(this.#next)) : Infinity;
  }
}
