import { type ClusterState, Kind } from "./cluster_state.ts";
import { Priority } from "./event_order.ts";
import { successorsOf } from "./run_columns.ts";

/**
 * Arrivals that the end of another request sets off: the next turn of a session, the next request of
 * a closed loop.
 */
export class Releases {
  readonly #state: ClusterState;
  readonly #successors: Map<number, number[]> | undefined;
  /** The next request of the closed loop. */
  #nextClosed: number;
  readonly #hasAny: boolean;

  constructor(state: ClusterState) {
    const { afterRequest, closedLoop } = state.parts.requests;
    this.#state = state;
    this.#successors = successorsOf(afterRequest);
    this.#nextClosed = closedLoop?.concurrency ?? 0;
    this.#hasAny = this.#successors !== undefined || closedLoop !== undefined;
  }

  /** A request has ended: those that wait for it arrive after their think time. */
  ended(request: number): void {
    if (!this.#hasAny) return;
    const { thinkSeconds, closedLoop, count } = this.#state.parts.requests;
    for (const follower of this.#successors?.get(request) ?? []) {
      this.#release(follower, thinkSeconds![follower]);
    }
    if (closedLoop !== undefined && this.#nextClosed < count) {
      this.#release(this.#nextClosed++, closedLoop.thinkSeconds);
    }
  }

  /** Lets a request arrive `thinkSeconds` from now. */
  #release(request: number, thinkSeconds: number): void {
    const at = this.#state.now + thinkSeconds;
    this.#state.run.columns.arrivalAtSeconds[request] = at;
    const { deadlineAtSeconds, requests } = this.#state.parts;
    if (deadlineAtSeconds) {
      deadlineAtSeconds[request] += at - requests.arrivalAtSeconds[request];
    }
    this.#state.queue.push(at, Priority.release, Kind.release, request);
  }
}
