import type { Clock } from "../../engine/clock.ts";
import type { RunColumns } from "../../engine/engine_parts.ts";
import type { ClusterParts } from "../cluster_parts.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { Handoffs } from "../handoff/handoffs.ts";
import type { ProgressGuard } from "../progress_guard.ts";
import type { Schedule } from "../schedule.ts";
import { FollowUps } from "./follow_ups.ts";
import type { RequestCounts } from "./request_counts.ts";
import type { TtftForecast } from "./ttft_forecast.ts";

/** What the ends of requests are told to. */
export interface EndDependencies {
  readonly parts: ClusterParts;
  readonly run: RunColumns;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly guard: ProgressGuard;
  readonly handoffs: Handoffs | undefined;
  readonly counts: RequestCounts;
  readonly forecasts: readonly TtftForecast[];
}

/** The ends of requests, one way or another, and what an end sets off. */
export class RequestEnds {
  /** Requests that others' ends release. */
  readonly followUps: FollowUps;
  readonly #run: RunColumns;
  readonly #guard: ProgressGuard;
  readonly #handoffs: Handoffs | undefined;
  readonly #counts: RequestCounts;
  readonly #forecasts: readonly TtftForecast[];

  constructor(
    { parts, run, clock, schedule, guard, handoffs, counts, forecasts }: EndDependencies,
  ) {
    this.followUps = new FollowUps(parts, run, clock, schedule);
    this.#run = run;
    this.#guard = guard;
    this.#handoffs = handoffs;
    this.#counts = counts;
    this.#forecasts = forecasts;
  }

  /** A request has ended; `outcome` is a code of the outcome column. */
  end(request: number, outcome: number): void {
    const { columns } = this.#run;
    columns.outcome[request] = outcome;
    this.#handoffs?.forget(request);
    this.#counts.ends(outcome, columns.functionId[request]);
    this.#guard.progresses();
    this.followUps.ended(request);
    this.#counts.reportIfDue();
  }

  /** The time of a request was over at an instant: what came of it later has reached nobody. */
  cut(fn: FunctionState, request: number, outcome: number, atSeconds: number): void {
    const { firstTokenAtSeconds } = this.#run.columns;
    this.#forecasts[fn.id]?.forget(request);
    if (firstTokenAtSeconds[request] > atSeconds) firstTokenAtSeconds[request] = NaN;
    this.end(request, outcome);
  }
}
