import type { RunColumns } from "../../engine/engine_parts.ts";
import { OUTCOME_CODE } from "../../metrics/recorder.ts";
import type { Clock } from "../../engine/clock.ts";
import type { EngineSteps } from "../engine_steps.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { functionOf, type Handoffs } from "../handoff/handoffs.ts";
import type { RequestEnds } from "./request_ends.ts";
import type { TimeLimits } from "./time_limits.ts";

/** What requests leave that have no more time. */
export interface EarlyLeaveDependencies {
  readonly run: RunColumns;
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly steps: EngineSteps;
  readonly handoffs: Handoffs | undefined;
  readonly limits: TimeLimits;
  readonly ends: RequestEnds;
}

/** Requests that leave before they have completed, because their time is over. */
export class EarlyLeaves {
  readonly #on: EarlyLeaveDependencies;

  constructor(on: EarlyLeaveDependencies) {
    this.#on = on;
  }

  /** A client has waited as long as it will; returns the instance that its request left, or -1. */
  clientGivesUp(request: number): number {
    const { outcome } = this.#on.run.columns;
    if (outcome[request] !== OUTCOME_CODE.unfinished) return -1;
    return this.#timeIsOver(request, OUTCOME_CODE.client_deadline);
  }

  /** A request has been in an instance as long as it may; returns the instance that it left, or -1. */
  executionEnds(request: number, stay: number): number {
    if (!this.#on.limits.isIn(request, stay)) return -1;
    return this.#timeIsOver(request, OUTCOME_CODE.execution_limit);
  }

  /** A request is to end. It leaves now, unless it is in the step in progress: then when that ends. */
  #timeIsOver(request: number, outcome: number): number {
    const { run, fleet, handoffs, limits, steps, ends, clock: { now } } = this.#on;
    const fn = functionOf(request, run, fleet, handoffs);
    fn.requestsChange();
    const { [request]: id } = run.columns.instanceId;
    if (id < 0) {
      fn.waiting.remove(request);
      if (fn.isIdle) fn.idleTimes.becomesIdle(now);
      ends.cut(fn, request, outcome, now);
      return -1;
    }
    const instance = fleet.instances[id];
    const isOut = instance.engine.withdraw(request);
    if (isOut) {
      this.#leave(id, request, outcome, now);
      if (fn.isIdle) fn.idleTimes.becomesIdle(now);
    } else {
      limits.isToLeave(request, outcome, id);
      instance.engine.limit(now);
    }
    if (instance.engine.endAtSeconds < Infinity) steps.endChanges(instance);
    return isOut ? id : -1;
  }

  #leave(id: number, request: number, outcome: number, atSeconds: number): void {
    const { run, fleet, limits, ends } = this.#on;
    const fn = fleet.functions[fleet.instances[id].functionId];
    limits.leaves(request);
    fleet.leave(id, 1);
    fn.waiting.charge(request, run.generated[request]);
    ends.cut(fn, request, outcome, atSeconds);
  }

  /** The step of an instance has ended: those leave whose time was over in it. Returns how many. */
  afterStep(id: number): number {
    const { fleet, limits, clock } = this.#on;
    let count = 0;
    const { engine, functionId } = fleet.instances[id];
    const fn = fleet.functions[functionId];
    for (const request of limits.dueIn(id)) {
      if (!engine.withdraw(request)) continue;
      fn.requestsChange();
      const { outcome, atSeconds } = limits.leaves(request)!;
      this.#leave(id, request, outcome, atSeconds);
      count++;
    }
    if (count > 0 && fn.isIdle) fn.idleTimes.becomesIdle(clock.now);
    return count;
  }
}
