import type { Clock } from "../../engine/clock.ts";
import type { RunRecord } from "../../metrics/run_record.ts";
import { InstanceState } from "../../serverless/lifecycle.ts";
import type { ClusterParts } from "../cluster_parts.ts";
import { EVENTS } from "../events.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { ProgressGuard } from "../progress_guard.ts";
import type { Schedule } from "../schedule.ts";
import type { Evaluations } from "./evaluations.ts";
import type { Fleet } from "./fleet.ts";
import { mixFleet } from "./mix_fleet.ts";
import { Rest } from "./rest.ts";

/** What a fleet controller works with. */
export interface ControllerDependencies {
  readonly parts: ClusterParts;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly fleet: Fleet;
  readonly evaluations: Evaluations;
  readonly guard: ProgressGuard;
}

/** A scaling decision that has not had its effect yet. */
interface Decision {
  readonly desired: number;
  /** What the function had asked for and let go by then. */
  readonly askedFor: number;
  readonly letGo: number;
}

/** Makes the fleet larger and smaller: scaling decisions, keep-alive timers, sleep, pre-warming. */
export class FleetController {
  /** When the fleet is at rest. */
  readonly rest: Rest;
  readonly #parts: ClusterParts;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #fleet: Fleet;
  readonly #evaluations: Evaluations;
  readonly #functions: readonly FunctionState[];
  readonly #guard: ProgressGuard;
  /** Decisions on their way by function, the oldest first: all of one function take equally long. */
  readonly #onTheirWay: readonly Decision[][];

  constructor({ parts, clock, schedule, fleet, evaluations, guard }: ControllerDependencies) {
    this.#parts = parts;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#fleet = fleet;
    this.rest = new Rest(fleet);
    this.#evaluations = evaluations;
    this.#functions = fleet.functions;
    this.#guard = guard;
    this.#onTheirWay = fleet.functions.map(() => []);
  }

  /** Fills the pools and schedules the decisions on their sizes. */
  beginPools(): void {
    this.#fleet.pools.fill(this.#clock.now);
    this.#parts.pools?.forEach((_, pool) => this.#schedulePool(pool));
  }

  #schedulePool(pool: number): void {
    this.#evaluations.planPool(pool, this.#parts.pools![pool].size.periodSeconds);
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
    const { zone, functionId } = this.#fleet.instances[id];
    if (zone >= 0) this.#functions[functionId].parts.scaling.decider!.spot!.ready(zone);
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
        this.rest.plans(fn, at);
        return this.#releaseIdle(fn);
      }
      until = now + keepAliveSeconds;
    }
    if (until === Infinity) return;
    until = Math.max(until, now);
    this.#schedule.at(EVENTS.keepAliveEnd, until, id, idleGeneration);
    this.rest.keeps(id, until);
  }

  /** Takes the ready instances of an idle function away, down to its fewest. */
  #releaseIdle(fn: FunctionState): void {
    const { ready, parts: { scaling } } = fn;
    while (ready.count > 0 && fn.size > scaling.minInstances) {
      fn.letsInstanceGo();
      this.#fleet.release(ready.ids[ready.count - 1]);
    }
  }

  /** Starts an instance ahead of the next request, unless one has come meanwhile. */
  prewarm(functionId: number, arrivals: number): void {
    const fn = this.#functions[functionId];
    const { idleTimes, size } = fn;
    const isVoid = idleTimes.arrivals !== arrivals || size > 0;
    if (isVoid || fn.closedUntilSeconds > this.#clock.now) return;
    this.#evaluations.wake(fn);
    idleTimes.startsAhead();
    fn.asksForInstance();
    this.#fleet.start(functionId);
  }

  /** The time is over that an idle instance is kept. */
  endKeepAlive(id: number, generation: number): void {
    const instance = this.#fleet.find(id);
    if (instance?.state !== InstanceState.idle || instance.idleGeneration !== generation) return;
    const fn = this.#functions[instance.functionId];
    const { minInstances, decider } = fn.parts.scaling;
    if (fn.size <= minInstances) return;
    if (decider !== undefined && fn.size <= decider.keepsAtLeast) {
      // The policy wants it for now; its time is looked at again when the policy has been asked.
      const at = this.#clock.now + decider.periodSeconds;
      this.#schedule.at(EVENTS.keepAliveEnd, at, id, generation);
      return this.rest.keeps(id, at);
    }
    fn.letsInstanceGo();
    this.#fleet.release(id);
  }

  /** The time of a sleeping instance is over. */
  endSleep(id: number): void {
    this.#fleet.sleepers.expire(id, this.#clock.now);
  }

  /** Asks a function's scaling policy, and does as it says, now or after the actuation delay. */
  evaluate(functionId: number, plan: number): void {
    const fn = this.#functions[functionId];
    const desired = this.#evaluations.ask(fn, plan, this.#fleet.instances);
    if (desired === undefined) return;
    const decider = fn.parts.scaling.decider!;
    const { actuationDelaySeconds } = decider;
    if (decider.spot !== undefined) {
      mixFleet(fn, desired, this.#fleet);
    } else if (actuationDelaySeconds === 0) {
      this.#scaleTo(fn, desired, desired);
    } else if (decider.isChange) {
      this.#onTheirWay[functionId].push({ desired, askedFor: fn.askedFor, letGo: fn.letGo });
      this.#schedule.at(EVENTS.actuation, this.#clock.now + actuationDelaySeconds, functionId);
    }
    this.#guard.evaluated(fn);
    this.#evaluations.planNext(fn);
  }

  /**
   * The oldest decision on its way has its effect. What has been decided since stays as it is: an
   * instance that a request has asked for is not taken away, nor is one started in place of one that
   * has been let go.
   */
  actuate(functionId: number): void {
    const fn = this.#functions[functionId];
    const { desired, askedFor, letGo } = this.#onTheirWay[functionId].shift()!;
    this.#scaleTo(fn, desired - (fn.letGo - letGo), desired + (fn.askedFor - askedFor));
  }

  /** Brings a function's instances to a number between two, as far as those may go that are too many. */
  #scaleTo(fn: FunctionState, least: number, most: number): void {
    while (fn.size < least) this.#fleet.start(fn.id);
    while (fn.size > most && this.#fleet.shrink(fn.id));
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
