import type { Clock } from "../../engine/clock.ts";
import type { RunColumns } from "../../engine/engine_parts.ts";
import { type ClusterParts, streamOf } from "../cluster_parts.ts";
import { EVENTS } from "../events.ts";
import { successorsOf } from "../run_columns.ts";
import type { Schedule } from "../schedule.ts";
import type { RequestWindow } from "../stream/mod.ts";

/**
 * Arrivals that the end of another request sets off: the next turn of a session, the next request of
 * a closed loop.
 */
export class FollowUps {
  readonly #parts: ClusterParts;
  readonly #window: RequestWindow | undefined;
  readonly #run: RunColumns;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #successors: Map<number, number[]> | undefined;
  /** The next request of the closed loop. */
  #nextClosed: number;
  /** Whether ends release requests in this run. */
  readonly hasAny: boolean;
  #pending = 0;

  constructor(parts: ClusterParts, run: RunColumns, clock: Clock, schedule: Schedule) {
    const { afterRequest, closedLoop } = parts.requests;
    this.#parts = parts;
    this.#window = streamOf(parts)?.window;
    this.#run = run;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#successors = successorsOf(afterRequest);
    this.#nextClosed = closedLoop?.concurrency ?? 0;
    this.hasAny = this.#successors !== undefined || closedLoop !== undefined;
  }

  /** Whether a request will arrive that another's end has released. */
  get isAnyPending(): boolean {
    return this.#pending > 0;
  }

  /** One of them has arrived. */
  arrived(): void {
    this.#pending--;
  }

  /** A request has ended: those that wait for it arrive after their think time. */
  ended(request: number): void {
    if (this.hasAny) this.#releaseFollowers(request);
    this.#window?.ended(request);
  }

  #releaseFollowers(request: number): void {
    const { thinkSeconds, closedLoop, count } = this.#parts.requests;
    const window = this.#window;
    for (const follower of this.#successors?.get(request) ?? []) {
      this.#release(follower, thinkSeconds![follower]);
    }
    if (closedLoop === undefined || this.#nextClosed >= (window?.count ?? count)) return;
    const next = this.#nextClosed++;
    this.#release(window ? window.take() : next, closedLoop.thinkSeconds);
  }

  /** Lets a client send a request `thinkSeconds` from now. */
  #release(request: number, thinkSeconds: number): void {
    const at = this.#clock.now + thinkSeconds;
    this.#run.columns.arrivalAtSeconds[request] = at;
    const { deadlineAtSeconds, requests, functions } = this.#parts;
    if (deadlineAtSeconds) {
      deadlineAtSeconds[request] += at - requests.arrivalAtSeconds[request];
    }
    this.#pending++;
    const { requestSeconds = 0 } = functions[this.#run.columns.functionId[request]];
    this.#schedule.at(EVENTS.release, at + requestSeconds, request);
  }
}
