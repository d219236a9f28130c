import type { Clock } from "../../engine/clock.ts";
import { Engine } from "../../engine/engine.ts";
import type { RunColumns } from "../../engine/engine_parts.ts";
import { type InstanceLife, InstanceState } from "../../serverless/lifecycle.ts";
import { grown } from "../../sim/grown.ts";
import type { ClusterParts } from "../cluster_parts.ts";
import { EVENTS } from "../events.ts";
import type { KvTiers } from "../kv_tiers/kv_tiers.ts";
import type { FunctionState } from "../functions/function_state.ts";
import { NodePool } from "../machines/node_pool.ts";
import { SpotZones } from "../machines/spot_zones.ts";
import { EngineBooks } from "./engine_books.ts";
import type { Evaluations } from "./evaluations.ts";
import { StoppedLives } from "./instance_lives.ts";
import { MovingInstances } from "./moving_instances.ts";
import type { Schedule } from "../schedule.ts";
import { GpuWaiters } from "./gpu_waiters.ts";
import { noPlace, requireInstanceRoom } from "./instance_room.ts";
import { type EndReason, type Instance, newInstance, type WritableInstance } from "./instance.ts";
import { PrewarmedPools } from "./prewarmed_pools.ts";
import { retirementCandidate } from "./retirement.ts";
import { Sleepers } from "./sleepers.ts";
import { findStartSource, type StartSource } from "./start_source.ts";

/** Places of an instance where machines are not told apart. */
const NO_RANKS: Instance["ranks"] = [];

/** What a fleet works with. */
export interface FleetDependencies {
  readonly parts: ClusterParts;
  readonly run: RunColumns;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly functions: readonly FunctionState[];
  readonly evaluations: Evaluations;
  /** Cache tiers behind the engines; absent: there are none. */
  readonly tiers?: KvTiers | undefined;
}

/**
 * All instances of a run, past and present, and the one way each comes and goes: {@link start} (or
 * {@link create} before the run), {@link makeReady}, {@link release} or {@link end}.
 */
export class Fleet {
  /** Requests in each instance; a typed column because routers scan it. */
  outstanding = new Int32Array(16);
  /** Instant at which the next start goes on, seconds; asked for at every event, so kept. */
  nextStartSeconds = Infinity;
  /** The machines; undefined when there are as many as instances need. */
  readonly nodes: NodePool | undefined;
  /** Spot capacity; undefined where there is none. */
  readonly zones: SpotZones | undefined;
  /** Instances that sleep: their service has ended, others can be made of them. */
  readonly sleepers: Sleepers;
  /** What starts can begin with. */
  readonly pools: PrewarmedPools;
  readonly functions: readonly FunctionState[];
  /** What the engines of stopped instances have done. */
  readonly books = new EngineBooks();
  /** Their lives. */
  readonly stopped = new StoppedLives();
  /** Cache tiers behind the engines, if any. */
  readonly tiers: KvTiers | undefined;
  /** The instances that do not rest. */
  readonly moving: MovingInstances;

  readonly #parts: ClusterParts;
  readonly #run: RunColumns;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #evaluations: Evaluations;
  readonly #instances: WritableInstance[] = [];
  /** Instances that are not stopped, ascending ids. */
  readonly #alive: WritableInstance[] = [];
  readonly #waiters: GpuWaiters;
  #evictions = 0;
  /** Functions whose requests have lost the instance that was starting for them. */
  readonly unserved: number[] = [];

  constructor({ parts, run, clock, schedule, functions, evaluations, tiers }: FleetDependencies) {
    const { placement } = parts;
    this.tiers = tiers;
    this.#parts = parts;
    this.#run = run;
    this.#clock = clock;
    this.#schedule = schedule;
    this.functions = functions;
    this.#evaluations = evaluations;
    this.moving = new MovingInstances(functions);
    this.nodes = placement && new NodePool(placement, parts.functions.map(({ name }) => name));
    this.zones = parts.spot && new SpotZones(parts.spot);
    this.sleepers = new Sleepers(this.nodes?.freeDramBytes);
    this.pools = new PrewarmedPools(parts, this.nodes);
    this.#waiters = new GpuWaiters(this.nodes);
  }

  /** Instances by id; those that have stopped are gone, see {@link find} and {@link stopped}. */
  get instances(): readonly Instance[] {
    return this.#instances;
  }

  /** An instance, unless it has stopped. */
  find(id: number): Instance | undefined {
    return this.#instances[id];
  }

  /** Instances that are not stopped, ascending ids. */
  get alive(): readonly Instance[] {
    return this.#alive;
  }

  /** Idle instances that stopped for instances of other functions. */
  get evictions(): number {
    return this.#evictions;
  }

  /**
   * Makes an instance that is there from the beginning, in state starting, and returns its id.
   *
   * @throws {RangeError} If no machine has room for it.
   */
  create(functionId: number, zone = -1): number {
    const placed = this.nodes?.place(functionId, this.#clock.now, undefined);
    if (this.nodes !== undefined && placed === undefined) {
      throw noPlace(this.functions[functionId].parts.name, this.#instances.length);
    }
    if (zone >= 0) this.zones!.take(zone, this.#clock.now);
    return this.#add(functionId, placed ?? { node: -1 }, undefined, zone);
  }

  #add(
    functionId: number,
    { node, shares, member }: Pick<StartSource, "node" | "shares" | "member">,
    madeOf: InstanceLife["madeOf"],
    zone = -1,
  ): number {
    const id = this.#instances.length;
    const fn = this.functions[functionId];
    requireInstanceRoom(fn.parts.name, id, this.#alive.length, this.#clock.now);
    const taken = member?.ranks ?? NO_RANKS;
    const ranks = node < 0 || taken.length > 0 ? taken : this.nodes!.take(functionId, node, shares);
    const tiers = this.tiers?.begin({ id, functionId, ranks });
    const instance = newInstance({
      id,
      functionId,
      engine: new Engine(id, fn.parts.engine, this.#run, tiers),
      createdAtSeconds: this.#clock.now,
      ranks,
      madeOf,
      zone,
    });
    if (fn.parts.scaling.decider?.readsInstances) instance.engine.readings.keepSteps();
    this.#instances.push(instance);
    this.#alive.push(instance);
    this.moving.add(instance);
    if (id === this.outstanding.length) this.outstanding = grown(this.outstanding);
    fn.startBegins();
    return id;
  }

  /**
   * Begins a start and returns the instance; -1 when it waits for free GPUs. An instance of the
   * function that sleeps is woken, else a member of its pool is taken, if there is room for it.
   *
   * @param zone Zone with spot capacity for it; default: it is on demand.
   */
  start(functionId: number, zone = -1): number {
    if (zone >= 0) this.zones!.take(zone, this.#clock.now);
    const source = this.#waiters.mustWait(functionId) ? undefined : this.#findSource(functionId);
    if (source !== undefined) return this.#begin(functionId, source, zone);
    this.#waiters.add(functionId);
    this.functions[functionId].waitsForGpus();
    return -1;
  }

  #findSource(functionId: number): StartSource | undefined {
    return findStartSource(functionId, this.#parts, this, this.#clock.now);
  }

  #begin(functionId: number, source: StartSource, zone = -1): number {
    const { now } = this.#clock;
    const { node, stages, sleeper, member } = source;
    const madeOf = sleeper !== undefined ? "sleeper" : member && "pool-member";
    const id = this.#add(functionId, source, madeOf, zone);
    if (sleeper === undefined) this.functions[functionId].beginsFromNothing();
    if (member !== undefined) member.instanceId = id;
    const ranks = node < 0 ? undefined : this.#instances[id].ranks;
    this.#parts.starts.begin(id, functionId, now, ranks, stages);
    if (sleeper === undefined) {
      this.pools.started(functionId, now, member, (other) => this.#waiters.mayWarm(other));
    }
    this.functions[functionId].idleTimes.startBegins(now);
    this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
    return id;
  }

  /** Whether an instance that waits for GPUs may find some now. */
  get mayStartWaiting(): boolean {
    return this.#waiters.mayFindRoom;
  }

  /** Starts the instances that have waited for GPUs and find room, first come first. */
  startWaiting(): void {
    this.#waiters.retry((functionId) => {
      const source = this.#findSource(functionId);
      if (source === undefined) return false;
      this.functions[functionId].waitForGpusEnds();
      this.#begin(functionId, source);
      return true;
    });
  }

  /** Takes one instance away that is wanted no more; false when none may go. */
  shrink(functionId: number): boolean {
    const fn = this.functions[functionId];
    if (fn.backingOff > 0) {
      fn.backOffEnds();
    } else if (fn.waitingForGpus > 0) {
      fn.waitForGpusEnds();
      this.#waiters.removeLast(functionId);
    } else {
      const id = retirementCandidate(fn, this.#alive, this.outstanding);
      if (id < 0) return false;
      this.release(id);
    }
    return true;
  }

  /** Goes on with the starts that are under way. */
  advanceStarts(onReady: (instanceId: number) => void): void {
    const { now } = this.#clock;
    this.#parts.starts.advance(now, (id) => {
      if (id >= 0) return onReady(id);
      this.pools.becomeReady(id, now);
      this.#waiters.roomChanges();
    });
    this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
  }

  /** Bytes have begun, or ceased, to flow over the links that starts use, too. */
  transfersChange(): void {
    this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
  }

  /** Lets an instance take requests. */
  makeReady(id: number): void {
    const instance = this.#instances[id];
    instance.readyAtSeconds = this.#clock.now;
    this.functions[instance.functionId].becomesReady(id);
    this.becomeIdle(id);
  }

  /** A ready instance has served its last request. */
  becomeIdle(id: number): void {
    const instance = this.#instances[id];
    instance.state = InstanceState.idle;
    instance.idleSinceSeconds = this.#clock.now;
    this.nodes?.fallsIdle(id, instance.functionId, instance.ranks, this.#clock.now);
    this.#waiters.roomChanges();
  }

  /** A request goes into a ready instance. */
  enters(id: number): void {
    this.outstanding[id]++;
    const instance = this.#instances[id];
    this.functions[instance.functionId].enters();
    if (instance.state === InstanceState.idle) {
      this.moving.moves(instance);
      this.nodes?.isCalled(id, instance.ranks);
      instance.state = InstanceState.busy;
      instance.idleSeconds += this.#clock.now - instance.idleSinceSeconds;
      instance.idleGeneration++;
    }
  }

  /** Requests in an instance, and those that have left it but for their KV entries. */
  serves(id: number): number {
    return this.outstanding[id] + this.#instances[id].engine.detached;
  }

  /** Requests of an instance have ended. */
  leave(id: number, count: number): void {
    this.outstanding[id] -= count;
    this.functions[this.#instances[id].functionId].leave(count);
  }

  /**
   * An instance is not needed any more: it sleeps if its function has that, it serves nobody (one that
   * is waking included) and is on one machine; otherwise it retires.
   */
  release(id: number): void {
    const { functionId, state, madeOf, ranks } = this.#instances[id];
    const { sleep } = this.functions[functionId].parts.scaling;
    const isWaking = state === InstanceState.starting && madeOf === "sleeper";
    const node = ranks[0]?.node ?? -1;
    this.retire(id);
    if (
      sleep === undefined || sleep.ttlSeconds === 0 ||
      !(isWaking || state === InstanceState.idle) || ranks.some((rank) => rank.node !== node)
    ) return;
    const { dramBytes, ttlSeconds } = sleep;
    const sinceSeconds = this.#clock.now;
    if (!this.sleepers.add({ instanceId: id, functionId, node, dramBytes, sinceSeconds })) return;
    this.stopped.sleeps(id);
    if (ttlSeconds < Infinity) this.#schedule.at(EVENTS.sleepEnd, sinceSeconds + ttlSeconds, id);
  }

  /** An idle instance has to go for one of another function. */
  evict(id: number): void {
    this.#evictions++;
    this.release(id);
  }

  /** Takes an instance away: at once if it serves nobody, otherwise when its requests have ended. */
  retire(id: number): void {
    const instance = this.#instances[id];
    if (instance.state === InstanceState.starting) return this.end(id, "retired");
    instance.drainingAtSeconds = this.#clock.now;
    if (this.serves(id) === 0) return this.end(id, "retired");
    const fn = this.functions[instance.functionId];
    fn.leavesService(id, true);
    instance.state = InstanceState.draining;
    const { drain } = fn.parts.scaling;
    if (drain === undefined) return;
    this.#schedule.at(EVENTS.drainLimit, this.#clock.now + drain.limitSeconds, id);
  }

  /**
   * Ends an instance now, in this order: its start is given up, so that nothing more is loaded for it;
   * its function counts it no more; a request that it was to serve waits on; its engine is forgotten; its
   * GPUs are free, and with them whoever waits for GPUs may start at the end of this event.
   */
  end(id: number, why: EndReason): void {
    const { now } = this.#clock;
    const instance = this.#instances[id];
    const fn = this.functions[instance.functionId];
    if (instance.state === InstanceState.idle) {
      this.moving.moves(instance);
      this.nodes?.isCalled(id, instance.ranks);
      this.#evaluations.wake(fn);
    }
    if (instance.state === InstanceState.starting) {
      if (why !== "start-failed") this.#parts.starts.cancel(id, now);
      this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
      fn.startEnds();
      if (fn.waiting.returnReserved(id, now)) this.unserved.push(fn.id);
    } else {
      if (this.outstanding[id] > 0) this.leave(id, this.outstanding[id]);
      if (instance.state === InstanceState.draining) fn.drainEnds();
      else fn.leavesService(id, false);
      if (instance.state === InstanceState.idle) {
        instance.idleSeconds += now - instance.idleSinceSeconds;
      }
    }
    instance.state = InstanceState.stopped;
    instance.stoppedAtSeconds = now;
    this.#alive.splice(this.#alive.indexOf(instance), 1);
    this.books.add(id, instance.engine, now);
    instance.engine.close();
    this.#parts.kvTransfers?.forget(id);
    this.stopped.add(instance);
    instance.engine = this.#instances[id] = undefined as never;
    this.tiers?.end(id);
    if (instance.zone >= 0) this.zones!.release(instance.zone);
    if (instance.ranks.length === 0) return;
    this.nodes!.release(fn.id, instance.ranks);
    this.#waiters.roomChanges();
  }

  /** The running, draining or starting instances of a machine, ascending ids. */
  onNode(node: number): Instance[] {
    return this.#alive.filter(({ ranks }) => ranks.some((rank) => rank.node === node));
  }

  /** A machine takes no new instances; what sleeps or is pooled on it is gone. */
  closeNode(node: number): void {
    this.nodes!.isOpen[node] = 0;
    this.sleepers.loseNode(node, this.#clock.now);
    this.pools.loseNode(node, this.#clock.now);
  }

  /** A machine takes instances again. */
  openNode(node: number): void {
    this.nodes!.isOpen[node] = 1;
    this.#waiters.roomChanges();
  }

  /** Decides the size of a pool anew. */
  resizePool(pool: number): void {
    const mayWarm = (other: number) => this.#waiters.mayWarm(other);
    // A pool that keeps its members makes no room.
    if (this.pools.resize(pool, this.#clock.now, mayWarm)) this.#waiters.roomChanges();
    this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
  }
}
