import type { RunColumns } from "../../engine/engine_parts.ts";
import type { EngineSteps } from "../engine_steps.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { Handoffs } from "../handoff/handoffs.ts";
import type { RoutingView } from "./routing_view.ts";
import type { TimeLimits } from "./time_limits.ts";

/** Whether a request that arrives need not wait for those that wait already. */
export function goesOn(fn: FunctionState): boolean {
  return fn.waiting.queued === 0 || fn.goesDirect;
}

/** What the way of requests into instances leads through. */
export interface DispatchDependencies {
  readonly routing: RoutingView;
  readonly run: RunColumns;
  readonly fleet: Fleet;
  readonly steps: EngineSteps;
  readonly limits: TimeLimits | undefined;
  readonly handoffs: Handoffs | undefined;
}

/** The way of requests into instances. */
export class Dispatch {
  /** Who is given requests. */
  readonly routing: RoutingView;
  readonly #run: RunColumns;
  readonly #fleet: Fleet;
  readonly #steps: EngineSteps;
  readonly #limits: TimeLimits | undefined;
  readonly #handoffs: Handoffs | undefined;

  constructor({ routing, run, fleet, steps, limits, handoffs }: DispatchDependencies) {
    this.#handoffs = handoffs;
    this.routing = routing;
    this.#run = run;
    this.#fleet = fleet;
    this.#steps = steps;
    this.#limits = limits;
  }

  /** Hands a request, that waits or arrives, to an instance; false when none can take it. */
  to(fn: FunctionState, request: number, arrives = false): boolean {
    const id = this.routing.pick(fn, request, arrives);
    if (id < 0) return false;
    this.give(id, request);
    return true;
  }

  /** Hands a request to a ready instance. */
  give(id: number, request: number): void {
    const { columns } = this.#run;
    const instance = this.#fleet.instances[id];
    const { engine, readyAtSeconds } = instance;
    columns.instanceId[request] = id;
    const arrivedAtSeconds = columns.arrivalAtSeconds[request];
    if (
      readyAtSeconds > arrivedAtSeconds && Number.isNaN(columns.firstTokenAtSeconds[request])
    ) {
      columns.coldStartWaitSeconds[request] = readyAtSeconds - arrivedAtSeconds;
      this.#run.waitedFor ??= new Int32Array(columns.count).fill(-1);
      this.#run.waitedFor[request] = id;
    }
    const { latency, clock } = this.#run;
    if (clock.now > arrivedAtSeconds) latency?.dispatched(request, readyAtSeconds);
    const endBefore = engine.endAtSeconds;
    if (this.#handoffs?.has(request)) this.#handoffs.give(request, instance);
    else engine.enqueue(request);
    this.#fleet.enters(id);
    this.#limits?.enters(request, instance.functionId);
    if (engine.needsPlan) this.#steps.formLater(id);
    else if (engine.endAtSeconds < endBefore) this.#steps.endChanges(instance);
  }
}
