import type { Clock } from "../../engine/clock.ts";
import { InstanceState } from "../../serverless/lifecycle.ts";
import type { FaultParts } from "../cluster_parts.ts";
import type { EngineSteps } from "../engine_steps.ts";
import { EVENTS } from "../events.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { Instance } from "../fleet/instance.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { ProgressGuard } from "../progress_guard.ts";
import type { Schedule } from "../schedule.ts";
import { FaultLog } from "./fault_log.ts";

/** What a fault injector works with. */
export interface FaultDependencies {
  readonly parts: FaultParts;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly fleet: Fleet;
  readonly gateway: Gateway;
  readonly steps: EngineSteps;
  readonly guard: ProgressGuard;
}

/**
 * Makes faults happen: takes machines (or single instances where machines are not told apart) out of
 * service with or without a warning, lets starts fail and tries again, and keeps the account.
 */
export class FaultInjector {
  /** What faults have done. */
  readonly log: FaultLog;
  readonly #parts: FaultParts;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #fleet: Fleet;
  readonly #gateway: Gateway;
  readonly #steps: EngineSteps;
  readonly #guard: ProgressGuard;
  /** Lives of each machine or instance so far, so that events of earlier ones are known. */
  readonly #lives: number[] = [];
  /** Starts of each function that have failed since one succeeded, and those lost to faults as well. */
  readonly #failedInRow: number[];
  readonly #vainInRow: number[];
  /** Instances whose faults are planned, where machines are not told apart. */
  #planned = 0;

  constructor({ parts, clock, schedule, fleet, gateway, steps, guard }: FaultDependencies) {
    this.#parts = parts;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#fleet = fleet;
    this.#gateway = gateway;
    this.#steps = steps;
    this.#guard = guard;
    this.log = new FaultLog(fleet.nodes?.count ?? 0);
    this.#failedInRow = fleet.functions.map(() => 0);
    this.#vainInRow = fleet.functions.map(() => 0);
  }

  /** Plans the first faults of the machines. */
  begin(): void {
    const { nodes } = this.#fleet;
    for (let node = 0; node < (nodes?.count ?? 0); node++) this.#planFaults(node);
    this.#fleet.zones?.parts.zones.forEach((_, zone) => this.#planZone(zone, 1));
  }

  /** Plans the `index`-th change of a zone's spot capacity, with its notice. Zones are units below 0. */
  #planZone(zone: number, index: number): void {
    const { zones, noticeSeconds } = this.#fleet.zones!.parts;
    const change = zones[zone].capacity[index];
    if (change === undefined) return;
    const noticeAt = Math.max(this.#clock.now, change.atSeconds - noticeSeconds);
    if (noticeSeconds > 0) this.#schedule.at(EVENTS.faultNotice, noticeAt, -1 - zone, index);
    this.#schedule.at(EVENTS.fault, change.atSeconds, -1 - zone, index);
  }

  /** Instances of a zone that are more than it will have room for, the youngest first. */
  #surplus(zone: number): Instance[] {
    const { capacity, used } = this.#fleet.zones!;
    const there = this.#fleet.alive.filter((instance) => instance.zone === zone).reverse();
    return there.slice(0, Math.max(0, used[zone] - capacity[zone]));
  }

  /** A zone's capacity is known to fall: nothing new starts there, and who has to go drains. */
  #noticeZone(zone: number, index: number): void {
    const { capacity, parts } = this.#fleet.zones!;
    const { instances } = parts.zones[zone].capacity[index];
    if (instances >= capacity[zone]) return;
    capacity[zone] = instances;
    for (const { id, state, functionId } of this.#surplus(zone)) {
      this.#fleet.functions[functionId].parts.scaling.decider!.spot!.lost(zone);
      if (state === InstanceState.draining) continue;
      this.#fleet.retire(id);
      if (state === InstanceState.starting) this.#startIsInVain(functionId);
      this.#gateway.serve(functionId);
    }
  }

  /** A zone's capacity changes: instances beyond it are preempted, and their policy replaces them. */
  #changeZone(zone: number, index: number): void {
    const { capacity, parts } = this.#fleet.zones!;
    capacity[zone] = parts.zones[zone].capacity[index].instances;
    const displaced: number[] = [];
    for (const instance of this.#surplus(zone)) {
      const fn = this.#fleet.functions[instance.functionId];
      this.log.preemptions++;
      fn.parts.scaling.decider!.spot!.lost(zone);
      if (instance.state === InstanceState.idle || instance.state === InstanceState.busy) {
        this.log.outage(fn.id, fn.ready.count, this.#clock.now);
      }
      fn.requestsChange();
      this.#lose(instance, displaced);
    }
    for (const request of displaced) {
      if (!this.#gateway.displaced(request)) this.log.requestsFailed++;
    }
    this.#planZone(zone, index + 1);
    this.#guard.check(this.#gateway.mayArrive);
  }

  /** Plans the faults of the instances that have come, where machines are not told apart. */
  planForNewInstances(): void {
    const { instances, nodes } = this.#fleet;
    if (nodes !== undefined) return;
    while (this.#planned < instances.length) this.#planFaults(this.#planned++);
  }

  /** Whether the start of an instance that is over now has failed; if so, it is taken care of. */
  failsStart(id: number): boolean {
    if (!this.#parts.startFails?.()) return false;
    this.#failStart(id);
    return true;
  }

  /** An instance of a function is ready. */
  ready(functionId: number): void {
    this.#failedInRow[functionId] = 0;
    this.#vainInRow[functionId] = 0;
    this.log.ready(functionId, this.#fleet.functions[functionId].ready.count, this.#clock.now);
  }

  /** Plans the next fault of each source for a machine or instance that is up from now on. */
  #planFaults(unit: number): void {
    const { sources } = this.#parts;
    const life = this.#lives[unit] = (this.#lives[unit] ?? -1) + 1;
    sources.forEach((source, i) => {
      const at = source.next(unit, this.#clock.now);
      if (at === Infinity) return;
      const code = life * sources.length + i;
      if (source.noticeSeconds > 0) {
        const noticeAt = Math.max(this.#clock.now, at - source.noticeSeconds);
        this.#schedule.at(EVENTS.faultNotice, noticeAt, unit, code);
      }
      this.#schedule.at(EVENTS.fault, at, unit, code);
    });
  }

  /** Whether an event is of the present life of its machine or instance. */
  #isCurrent(unit: number, code: number): boolean {
    const { sources } = this.#parts;
    if (Math.floor(code / sources.length) !== this.#lives[unit]) return false;
    return this.#fleet.nodes !== undefined ||
      this.#fleet.find(unit) !== undefined;
  }

  /** Instances that run on a machine; without machines each is one. */
  #instancesOf(unit: number): Instance[] {
    const { nodes, instances } = this.#fleet;
    return nodes === undefined ? [instances[unit]] : this.#fleet.onNode(unit);
  }

  /** A machine or instance is known to go: what is there finishes what it can. */
  giveNotice(unit: number, code: number): void {
    if (unit < 0) return this.#noticeZone(-1 - unit, code);
    if (!this.#isCurrent(unit, code)) return;
    if (this.#fleet.nodes !== undefined) this.#fleet.closeNode(unit);
    const goes = this.#instancesOf(unit).filter(({ state }) => state !== InstanceState.draining);
    const replicas = this.#replicasOf(goes);
    for (const { id, state, functionId } of goes) {
      this.#fleet.retire(id);
      if (state === InstanceState.starting) this.#startIsInVain(functionId);
    }
    this.#restore(replicas);
    this.#replace(replicas.keys());
  }

  /** A machine or instance is gone, with everything on it. */
  strike(unit: number, code: number): void {
    if (unit < 0) return this.#changeZone(-1 - unit, code);
    if (!this.#isCurrent(unit, code)) return;
    const parts = this.#parts;
    const source = parts.sources[code % parts.sources.length];
    const log = this.log;
    if (source.isPreemption) log.preemptions++;
    else log.failures++;
    const hasNodes = this.#fleet.nodes !== undefined;
    if (hasNodes) {
      this.#lives[unit]++;
      this.#fleet.closeNode(unit);
      log.nodeDown(unit, this.#clock.now);
      this.#schedule.at(EVENTS.repair, this.#clock.now + source.downSeconds, unit);
    }
    const hit = this.#instancesOf(unit);
    const replicas = this.#replicasOf(hit);
    const displaced: number[] = [];
    for (const functionId of replicas.keys()) {
      const own = hit.filter((instance) => instance.functionId === functionId);
      const fn = this.#fleet.functions[functionId];
      const isReady = ({ state }: Instance) =>
        state === InstanceState.idle || state === InstanceState.busy;
      if (own.some(isReady)) log.outage(functionId, fn.ready.count, this.#clock.now);
      fn.requestsChange();
      for (const instance of own) this.#lose(instance, displaced);
    }
    // What was starting there has let go of what it was loading.
    if (hasNodes) parts.onNodeLost?.(unit, this.#clock.now);
    if (hasNodes) this.#fleet.tiers?.loseNode(unit);
    this.#restore(replicas);
    for (const request of displaced) {
      if (!this.#gateway.displaced(request)) log.requestsFailed++;
    }
    this.#replace(replicas.keys());
    this.#guard.check(this.#gateway.mayArrive);
  }

  /** Instances of the functions of some, those that drain apart, by function. */
  #replicasOf(instances: readonly Instance[]): Map<number, number> {
    const { functions } = this.#fleet;
    return new Map(instances.map(({ functionId }) => [functionId, functions[functionId].size]));
  }

  /** Starts as many instances as are gone, where somebody keeps their number up. */
  #restore(replicas: ReadonlyMap<number, number>): void {
    for (const [functionId, count] of replicas) {
      const fn = this.#fleet.functions[functionId];
      const { keepsReplicas = false, maxInstances } = fn.parts.scaling;
      while (keepsReplicas && fn.size < Math.min(count, maxInstances)) {
        this.#guard.replaces(fn);
        this.#fleet.start(functionId);
      }
    }
  }

  /** An instance is lost; the requests inside are added to `displaced`. */
  #lose({ id, functionId, state, engine }: Instance, displaced: number[]): void {
    if (state === InstanceState.starting) {
      this.#startIsInVain(functionId);
    } else {
      const log = this.log;
      const before = displaced.length;
      log.instancesLost++;
      log.lostTokens += engine.evict(this.#clock.now, displaced);
      log.requestsHit += displaced.length - before;
      this.#steps.forget(id);
    }
    this.#fleet.end(id, "lost");
    this.#gateway.losesEntries(id, displaced);
  }

  /**
   * Starts instances in place of lost ones as far as scaling would not: the fewest, and those that
   * waiting requests had started.
   */
  #replace(functions: Iterable<number>): void {
    for (const functionId of functions) {
      const fn = this.#fleet.functions[functionId];
      // Who has lost the instance that was starting for it may find another idle.
      this.#gateway.serve(functionId);
      const { minInstances, maxInstances, decider } = fn.parts.scaling;
      if (decider?.spot) continue;
      const wanted = wantedByWaiting(fn);
      while (fn.size < minInstances || (fn.coming < wanted && fn.size < maxInstances)) {
        this.#guard.replaces(fn);
        this.#fleet.start(functionId);
      }
    }
  }

  /** A machine is there again, or another in its place. */
  repair(node: number): void {
    this.#fleet.openNode(node);
    this.log.nodeUp(node, this.#clock.now);
    this.#planFaults(node);
  }

  /** A start has failed, or is lost before it is over. */
  #startIsInVain(functionId: number): void {
    const fn = this.#fleet.functions[functionId];
    this.#guard.startIsInVain(fn, ++this.#vainInRow[functionId]);
  }

  /** A start has failed: the next attempt comes after a wait. */
  #failStart(id: number): void {
    const { functionId } = this.#fleet.instances[id];
    const fn = this.#fleet.functions[functionId];
    this.#fleet.end(id, "start-failed");
    this.log.failedStarts++;
    const failed = ++this.#failedInRow[functionId];
    this.#startIsInVain(functionId);
    const wait = this.#parts.retryWaitSeconds?.(failed) ?? 0;
    if (wait === Infinity) return this.#guard.check(this.#gateway.mayArrive);
    fn.backsOff();
    this.#schedule.at(EVENTS.retryStart, this.#clock.now + wait, functionId);
  }

  /** The wait after a failed start is over. */
  retryStart(functionId: number): void {
    const fn = this.#fleet.functions[functionId];
    // Scaling may have given the instance up meanwhile.
    if (fn.backingOff === 0) return;
    fn.backOffEnds();
    this.#guard.replaces(fn);
    this.#fleet.start(functionId);
  }
}

/** Instances on their way that the requests which wait would have started. */
function wantedByWaiting({ waiting: { size }, ready, parts }: FunctionState): number {
  switch (parts.scaling.activation) {
    case "each":
      return size;
    case "join":
      return Math.max(Math.min(1, size), Math.ceil(size / parts.concurrencyPerInstance));
    case "first":
      return Math.min(1, size - ready.count);
    case "none":
      return 0;
  }
}
