import { InstanceState } from "../serverless/lifecycle.ts";
import type { FaultParts } from "./cluster_parts.ts";
import { FaultLog } from "./fault_log.ts";
import type { Fleet } from "./fleet.ts";

/** Events that a fault injector asks for. */
export const FaultEvent = { notice: 0, fault: 1, repair: 2, retry: 3 } as const;
/** One of them. */
export type FaultEventKind = typeof FaultEvent[keyof typeof FaultEvent];

/** What a fault injector needs of the cluster loop. */
export interface FaultHost {
  /** The simulated time, seconds. */
  readonly nowSeconds: number;
  /** Has `handle` called with the event at an instant. */
  schedule(event: FaultEventKind, atSeconds: number, a: number, b?: number): void;
  /** The number of requests in a function's instances is about to change. */
  beforeLoss(functionId: number): void;
  /** The engine of an instance takes no further step. */
  stopsStepping(instanceId: number): void;
  /** A request has lost its instance. */
  rescue(request: number): void;
  /** Requests of a function at the gateway. */
  waiting(functionId: number): number;
}

/**
 * Makes faults happen: takes machines (or single instances where machines are not told apart) out of
 * service with or without a warning, lets starts fail and tries again, and keeps the account.
 */
export class FaultInjector {
  /** What faults have done. */
  readonly log: FaultLog;
  readonly #parts: FaultParts;
  readonly #fleet: Fleet;
  readonly #host: FaultHost;
  /** Lives of each machine or instance so far, so that events of earlier ones are known. */
  readonly #spells: number[] = [];
  /** Starts of each function that have failed since one succeeded. */
  readonly #failedInRow: number[];

  constructor(parts: FaultParts, fleet: Fleet, host: FaultHost) {
    this.#parts = parts;
    this.#fleet = fleet;
    this.#host = host;
    this.log = new FaultLog(fleet.nodes?.count ?? 0);
    this.#failedInRow = fleet.functions.map(() => 0);
  }

  /** Plans the first faults; to be called before instances are made. */
  begin(): void {
    const { nodes } = this.#fleet;
    if (this.#parts.sources.length === 0) return;
    if (nodes === undefined) this.#fleet.onCreated = (id) => this.#planFaults(id);
    else for (let node = 0; node < nodes.count; node++) this.#planFaults(node);
  }

  /** An event that was asked for has come. */
  handle(event: number, a: number, b: number): void {
    switch (event) {
      case FaultEvent.notice:
        return this.#giveNotice(a, b);
      case FaultEvent.fault:
        return this.#strike(a, b);
      case FaultEvent.repair:
        return this.#repair(a);
      case FaultEvent.retry:
        return this.#retryStart(a);
    }
  }

  /** Whether the start of an instance that is over now has failed; if so, it is taken care of. */
  failsStart(id: number): boolean {
    if (!this.#parts.startFails?.()) return false;
    this.#failStart(id);
    return true;
  }

  /** An instance is ready. */
  ready(id: number): void {
    const functionId = this.#fleet.functionOf[id];
    this.#failedInRow[functionId] = 0;
    this.log.ready(functionId, this.#fleet.functions[functionId].ready, this.#host.nowSeconds);
  }

  /** Plans the next fault of each source for a machine or instance that is up from now on. */
  #planFaults(unit: number): void {
    const { sources } = this.#parts;
    const spell = this.#spells[unit] = (this.#spells[unit] ?? -1) + 1;
    sources.forEach((source, i) => {
      const at = source.next(unit, this.#host.nowSeconds);
      if (at === Infinity) return;
      const code = spell * sources.length + i;
      if (source.noticeSeconds > 0) {
        const noticeAt = Math.max(this.#host.nowSeconds, at - source.noticeSeconds);
        this.#host.schedule(FaultEvent.notice, noticeAt, unit, code);
      }
      this.#host.schedule(FaultEvent.fault, at, unit, code);
    });
  }

  /** Whether an event is of the present life of its machine or instance. */
  #isCurrent(unit: number, code: number): boolean {
    const { sources } = this.#parts;
    if (Math.floor(code / sources.length) !== this.#spells[unit]) return false;
    return this.#fleet.nodes !== undefined || this.#fleet.state[unit] !== InstanceState.stopped;
  }

  /** Instances that run on a machine; without machines each is one. */
  #instancesOf(unit: number): number[] {
    return this.#fleet.nodes === undefined ? [unit] : this.#fleet.onNode(unit);
  }

  /** A machine or instance is known to go: what is there finishes what it can. */
  #giveNotice(unit: number, code: number): void {
    if (!this.#isCurrent(unit, code)) return;
    if (this.#fleet.nodes !== undefined) {
      this.#fleet.setOpen(unit, false, this.#host.nowSeconds);
    }
    const functions = new Set<number>();
    for (const id of this.#instancesOf(unit)) {
      if (this.#fleet.state[id] === InstanceState.draining) continue;
      functions.add(this.#fleet.functionOf[id]);
      this.#fleet.retire(id, this.#host.nowSeconds);
    }
    this.#replace(functions);
  }

  /** A machine or instance is gone, with everything on it. */
  #strike(unit: number, code: number): void {
    if (!this.#isCurrent(unit, code)) return;
    const parts = this.#parts;
    const source = parts.sources[code % parts.sources.length];
    const log = this.log;
    if (source.isPreemption) log.preemptions++;
    else log.failures++;
    const hasNodes = this.#fleet.nodes !== undefined;
    if (hasNodes) {
      this.#spells[unit]++;
      this.#fleet.setOpen(unit, false, this.#host.nowSeconds);
      log.nodeDown(unit, this.#host.nowSeconds);
      const at = this.#host.nowSeconds + source.downSeconds;
      this.#host.schedule(FaultEvent.repair, at, unit);
    }
    const ids = this.#instancesOf(unit);
    const functions = new Set(ids.map((id) => this.#fleet.functionOf[id]));
    const homeless: number[] = [];
    for (const functionId of functions) {
      const own = ids.filter((id) => this.#fleet.functionOf[id] === functionId);
      const isReady = (id: number) =>
        this.#fleet.state[id] === InstanceState.idle ||
        this.#fleet.state[id] === InstanceState.busy;
      const { ready } = this.#fleet.functions[functionId];
      if (own.some(isReady)) log.outage(functionId, ready, this.#host.nowSeconds);
      this.#host.beforeLoss(functionId);
      for (const id of own) this.#lose(id, homeless);
    }
    // What was starting there has let go of what it was loading.
    if (hasNodes) parts.onNodeLost?.(unit, this.#host.nowSeconds);
    for (const request of homeless) this.#host.rescue(request);
    this.#replace(functions);
  }

  /** An instance is lost; the requests inside are added to `homeless`. */
  #lose(id: number, homeless: number[]): void {
    if (this.#fleet.state[id] === InstanceState.starting) {
      return this.#fleet.retire(id, this.#host.nowSeconds);
    }
    const log = this.log;
    const before = homeless.length;
    log.instancesLost++;
    log.lostTokens += this.#fleet.engines[id].evict(this.#host.nowSeconds, homeless);
    log.requestsHit += homeless.length - before;
    this.#host.stopsStepping(id);
    this.#fleet.lose(id, this.#host.nowSeconds);
  }

  /**
   * Starts instances in place of lost ones as far as scaling would not: the fewest, and those that
   * waiting requests had started.
   */
  #replace(functions: Iterable<number>): void {
    for (const functionId of functions) {
      const fleet = this.#fleet.functions[functionId];
      const { minInstances, maxInstances, activation } = fleet.parts.scaling;
      const waiting = activation === "none" ? 0 : this.#host.waiting(functionId);
      const wanted = activation === "each" ? waiting : Math.min(1, waiting - fleet.ready);
      const coming = () => fleet.size - fleet.ready;
      while (fleet.size < minInstances || (coming() < wanted && fleet.size < maxInstances)) {
        this.#fleet.start(functionId, this.#host.nowSeconds);
      }
    }
  }

  /** A machine is there again, or another in its place. */
  #repair(node: number): void {
    this.#fleet.setOpen(node, true, this.#host.nowSeconds);
    this.log.nodeUp(node, this.#host.nowSeconds);
    this.#planFaults(node);
  }

  /** A start has failed: the next attempt comes after a wait. */
  #failStart(id: number): void {
    const functionId = this.#fleet.functionOf[id];
    this.#fleet.failStart(id, this.#host.nowSeconds);
    this.log.failedStarts++;
    const failed = ++this.#failedInRow[functionId];
    const wait = this.#parts.retryWaitSeconds?.(failed) ?? 0;
    if (wait === Infinity) return;
    this.#fleet.functions[functionId].backingOff++;
    this.#host.schedule(FaultEvent.retry, this.#host.nowSeconds + wait, functionId);
  }

  #retryStart(functionId: number): void {
    const fleet = this.#fleet.functions[functionId];
    // Scaling may have given the instance up meanwhile.
    if (fleet.backingOff === 0) return;
    fleet.backingOff--;
    this.#fleet.start(functionId, this.#host.nowSeconds);
  }
}
