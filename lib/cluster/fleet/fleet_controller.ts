import type { Clock } from "../../engine/clock.ts";
import type { RunRecord } from "../../metrics/run_record.ts";
import { InstanceState } from "../../serverless/lifecycle.ts";
import type { ClusterParts } from "../cluster_parts.ts";
import { EVENTS } from "../events.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { ProgressGuard } from "../progress_guard.ts";
import type { Schedule } from "../schedule.ts";
import type { Fleet } from "./fleet.ts";

/** What a fleet controller works with. */
export interface ControllerDependencies {
  readonly parts: ClusterParts;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly fleet: Fleet;
  readonly guard: ProgressGuard;
}

/** Makes the fleet larger and smaller: scaling decisions, keep-alive timers, sleep, pre-warming. */
export class FleetController {
  readonly #parts: ClusterParts;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #fleet: Fleet;
  readonly #functions: readonly FunctionState[];
  readonly #guard: ProgressGuard;

  constructor({ parts, clock, schedule, fleet, guard }: ControllerDependencies) {
    this.#parts = parts;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#fleet = fleet;
    this.#functions = fleet.functions;
    this.#guard = guard;
  }

  /** Schedules the first decisions on the numbers of instances. */
  begin(): void {
    for (const { id, parts } of this.#functions) {
      const period = parts.scaling.decider?.periodSeconds;
      if (period !== undefined) this.#schedule.at(EVENTS.scaling, this.#clock.now + period, id);
    }
  }

  /** Fills the pools and schedules the decisions on their sizes. */
  beginPools(): void {
    this.#fleet.pools.fill(this.#clock.now);
    this.#parts.pools?.forEach((_, pool) => this.#schedulePool(pool));
  }

  #schedulePool(pool: number): void {
    const { periodSeconds } = this.#parts.pools![pool].size;
    this.#schedule.at(EVENTS.poolSize, this.#clock.now + periodSeconds, pool);
  }

  /** Decides the size of a pool anew. */
  resizePool(pool: number): void {
    this.#fleet.resizePool(pool);
    for (const functionId of this.#parts.pools![pool].functions) {
      this.#guard.evaluated(this.#functions[functionId]);
    }
    this.#schedulePool(pool);
  }

  /** An instance can take requests from now on. */
  makeReady(id: number): void {
    this.#fleet.makeReady(id);
    this.#armKeepAlive(id);
  }

  /** An instance has served its last request: one that drains ends, another is kept for a while. */
  becomeIdle(id: number): void {
    if (this.#fleet.instances[id].state === InstanceState.draining) {
      this.#fleet.end(id, "drained");
    } else {
      this.#fleet.becomeIdle(id);
      this.#armKeepAlive(id);
    }
  }

  #armKeepAlive(id: number): void {
    const { functionId, idleGeneration } = this.#fleet.instances[id];
    const fn = this.#functions[functionId];
    const { now } = this.#clock;
    let until = fn.idleTimes.takeKeptUntilSeconds();
    if (until === undefined) {
      const { prewarmAfterSeconds, keepAliveSeconds } = fn.idleTimes.decide();
      if (prewarmAfterSeconds > 0 && fn.isIdle) {
        fn.idleTimes.plansAhead(keepAliveSeconds);
        const at = now + prewarmAfterSeconds;
        this.#schedule.at(EVENTS.prewarm, at, functionId, fn.idleTimes.arrivals);
        return this.#releaseIdle(fn);
      }
      until = now + keepAliveSeconds;
    }
    if (until === Infinity) return;
    this.#schedule.at(EVENTS.keepAliveEnd, Math.max(until, now), id, idleGeneration);
  }

  /** Takes the ready instances of an idle function away, down to its fewest. */
  #releaseIdle(fn: FunctionState): void {
    const { ready, parts: { scaling } } = fn;
    while (ready.count > 0 && fn.size > scaling.minInstances) {
      this.#fleet.release(ready.ids[ready.count - 1]);
    }
  }

  /** Starts an instance ahead of the next request, unless one has come meanwhile. */
  prewarm(functionId: number, arrivals: number): void {
    const { idleTimes, size } = this.#functions[functionId];
    if (idleTimes.arrivals !== arrivals || size > 0) return;
    idleTimes.startsAhead();
    this.#fleet.start(functionId);
  }

  /** The time is over that an idle instance is kept. */
  endKeepAlive(id: number, generation: number): void {
    const { state, idleGeneration, functionId } = this.#fleet.instances[id];
    if (state !== InstanceState.idle || idleGeneration !== generation) return;
    const { parts, size } = this.#functions[functionId];
    if (size > parts.scaling.minInstances) this.#fleet.release(id);
  }

  /** The time of a sleeping instance is over. */
  endSleep(id: number): void {
    this.#fleet.sleepers.expire(id, this.#clock.now);
  }

  /** Asks a function's scaling policy, and does as it says, now or after the actuation delay. */
  evaluate(functionId: number): void {
    const fn = this.#functions[functionId];
    const decider = fn.parts.scaling.decider!;
    const { now } = this.#clock;
    const desired = decider.decide(fn.demand!.evaluate(fn, this.#fleet.instances, now));
    const { periodSeconds, actuationDelaySeconds } = decider;
    if (actuationDelaySeconds > 0) {
      this.#schedule.at(EVENTS.actuation, now + actuationDelaySeconds, functionId, desired);
    } else {
      this.scaleTo(functionId, desired);
    }
    this.#guard.evaluated(fn);
    this.#schedule.at(EVENTS.scaling, now + periodSeconds, functionId);
  }

  /** Brings a function's instances to a number, as far as those may go that are too many. */
  scaleTo(functionId: number, desired: number): void {
    const fn = this.#functions[functionId];
    while (fn.size < desired) this.#fleet.start(functionId);
    while (fn.size > desired && this.#fleet.shrink(functionId));
  }

  /** What sleeping instances and pools did by the end of the run, as far as there are any. */
  records(endAtSeconds: number): Pick<RunRecord, "sleep" | "pools"> {
    const { functions, pools } = this.#parts;
    const sleeps = functions.some(({ scaling }) => scaling.sleep !== undefined);
    return {
      ...(sleeps && { sleep: this.#fleet.sleepers.record(endAtSeconds) }),
      ...(pools && { pools: this.#fleet.pools.records(endAtSeconds) }),
    };
  }
}
