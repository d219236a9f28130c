import type { RankPlace } from "../serverless/cold_start/start_request.ts";
import type { InstanceLife } from "../serverless/lifecycle.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import type { IdleInstances } from "../serverless/placement/choose_victims.ts";
import type { ClusterParts, FunctionParts } from "./cluster_parts.ts";
import type { RunColumns } from "./engine_parts.ts";
import { Engine } from "./instance.ts";
import { NodePool } from "./node_pool.ts";
import { emptyTotals, type MeterTotals } from "../metrics/meter_totals.ts";

/** The instances of one function. */
export class FunctionFleet {
  readonly parts: FunctionParts;
  /** Ready instances, ascending ids: what routing chooses from. */
  readyIds = new Int32Array(16);
  ready = 0;
  starting = 0;
  draining = 0;
  /** Instances that are wanted and wait for free GPUs. */
  pending = 0;
  /** Instances whose start has failed and is tried again later. */
  backingOff = 0;
  /** Requests inside instances. */
  inFlight = 0;
  /** Requests that wait for an instance of their own to start. */
  bound = 0;

  constructor(parts: FunctionParts) {
    this.parts = parts;
  }

  /** Instances that are there, on their way or waiting for GPUs, draining ones apart. */
  get size(): number {
    return this.ready + this.starting + this.pending + this.backingOff;
  }

  /** Puts a ready instance in its place. */
  addReady(instanceId: number): void {
    if (this.ready === this.readyIds.length) {
      const grown = new Int32Array(this.ready * 2);
      grown.set(this.readyIds);
      this.readyIds = grown;
    }
    let place = this.ready++;
    while (place > 0 && this.readyIds[place - 1] > instanceId) {
      this.readyIds[place] = this.readyIds[place - 1];
      place--;
    }
    this.readyIds[place] = instanceId;
  }

  /** Takes an instance out of routing. */
  removeReady(instanceId: number): void {
    const place = this.readyIds.subarray(0, this.ready).indexOf(instanceId);
    this.readyIds.copyWithin(place, place + 1, this.ready--);
  }
}

/**
 * All instances of a run, past and present: their states, engines and lives. Ids are given in order
 * of creation and never used again.
 */
export class Fleet {
  readonly functions: readonly FunctionFleet[];
  /** Columns by instance id. */
  readonly engines: Engine[] = [];
  readonly functionOf: number[] = [];
  readonly state: number[] = [];
  readonly createdAtSeconds: number[] = [];
  readonly readyAtSeconds: number[] = [];
  readonly drainingAtSeconds: number[] = [];
  readonly stoppedAtSeconds: number[] = [];
  /** Instant since which each instance is idle, seconds. */
  readonly idleSinceSeconds: number[] = [];
  /** GPUs of each instance; empty where machines are not told apart. */
  readonly ranks: (readonly RankPlace[])[] = [];
  /** Counts idle spells, so that an old keep-alive timer knows that it is out of date. */
  readonly idleSpell: number[] = [];
  /** Requests in each instance; a typed column because routers scan it. */
  outstanding = new Int32Array(16);
  /** Instances that are not stopped, ascending ids. */
  alive: number[] = [];
  /** Instant at which the next start goes on, seconds; asked for at every event, so kept. */
  nextStartSeconds = Infinity;
  /** Starts begun after time 0. */
  coldStarts = 0;
  /** Idle instances that stopped for instances of other functions. */
  evictions = 0;

  /** The machines; undefined when there are as many as instances need. */
  readonly nodes: NodePool | undefined;
  /** Functions whose instances wait for GPUs, first come first. */
  #pending: number[] = [];
  /** Whether GPUs have become free, or instances idle, since the waiting ones were looked at. */
  #roomChanged = false;

  readonly #parts: ClusterParts;
  readonly #run: RunColumns;

  constructor(parts: ClusterParts, run: RunColumns) {
    const { placement, functions } = parts;
    this.nodes = placement && new NodePool(placement, functions.map(({ name }) => name));
    this.#parts = parts;
    this.#run = run;
    this.functions = parts.functions.map((f) => new FunctionFleet(f));
  }

  /**
   * Makes an instance that is there from the beginning, in state starting, and returns its id.
   *
   * @throws {RangeError} If no machine has room for it.
   */
  create(functionId: number, now: number): number {
    const placed = this.nodes?.place(functionId, now, undefined);
    if (this.nodes !== undefined && placed === undefined) {
      throw new RangeError(
        `Cannot place the first instances as ones that find free GPUs: current value is ${this.state.length} placed before one of "${
          this.functions[functionId].parts.name
        }"`,
      );
    }
    return this.#add(functionId, now, placed?.node ?? -1);
  }

  #add(functionId: number, now: number, node: number): number {
    const id = this.state.length;
    this.functionOf.push(functionId);
    this.state.push(InstanceState.starting);
    this.engines.push(new Engine(id, this.functions[functionId].parts.engine, this.#run));
    this.createdAtSeconds.push(now);
    this.readyAtSeconds.push(NaN);
    this.drainingAtSeconds.push(NaN);
    this.stoppedAtSeconds.push(NaN);
    this.idleSpell.push(0);
    this.idleSinceSeconds.push(NaN);
    this.ranks.push(node < 0 ? [] : this.nodes!.take(functionId, node));
    if (id === this.outstanding.length) {
      const grown = new Int32Array(id * 2);
      grown.set(this.outstanding);
      this.outstanding = grown;
    }
    this.alive.push(id);
    this.functions[functionId].starting++;
    this.onCreated(id);
    return id;
  }

  /** Begins a cold start and returns the instance; -1 when it waits for free GPUs. */
  start(functionId: number, now: number): number {
    let node = -1;
    if (this.nodes !== undefined) {
      const mustWait = this.#pending.some((other) => this.nodes!.mustFollow(functionId, other));
      if (!mustWait) node = this.#findNode(functionId, now);
      if (node < 0) {
        this.#pending.push(functionId);
        this.functions[functionId].pending++;
        return -1;
      }
    }
    return this.#begin(functionId, now, node);
  }

  #begin(functionId: number, now: number, node: number): number {
    const id = this.#add(functionId, now, node);
    this.coldStarts++;
    const ranks = node < 0 ? undefined : this.ranks[id];
    this.#parts.starts.begin(id, functionId, now, ranks);
    this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
    return id;
  }

  /** The node of a new instance, with room made on it; -1 without room. */
  #findNode(functionId: number, now: number): number {
    const nodes = this.nodes!;
    const placed = nodes.place(functionId, now, undefined) ??
      (nodes.evictsIdle ? nodes.place(functionId, now, this.#idleInstances()) : undefined);
    if (placed === undefined) return -1;
    for (const id of placed.instanceIds) {
      this.evictions++;
      this.retire(id, now);
    }
    return placed.node;
  }

  /** Instances without requests that may stop for others. */
  #idleInstances(): IdleInstances {
    const ids = this.alive.filter((id) => this.state[id] === InstanceState.idle);
    const functionOf = (id: number) => this.functions[this.functionOf[id]];
    return {
      count: ids.length,
      instanceId: Int32Array.from(ids),
      functionId: Int32Array.from(ids, (id) => this.functionOf[id]),
      node: Int32Array.from(ids, (id) => this.ranks[id][0].node),
      gpus: Int32Array.from(ids, (id) => this.ranks[id].length),
      dramBytes: Float64Array.from(ids, (id) => this.nodes!.needsOf(this.functionOf[id]).dramBytes),
      idleSinceSeconds: Float64Array.from(ids, (id) => this.idleSinceSeconds[id]),
      mayGo: Uint8Array.from(
        ids,
        (id) => Number(functionOf(id).size > functionOf(id).parts.scaling.minInstances),
      ),
    };
  }

  /** Whether an instance that waits for GPUs may find some now. */
  get mayStartPending(): boolean {
    return this.#roomChanged && this.#pending.length > 0;
  }

  /** Starts the waiting instances that find room, first come first; the others go on waiting. */
  startPending(now: number): void {
    this.#roomChanged = false;
    const waiting = this.#pending;
    const failed: number[] = [];
    this.#pending = [];
    for (const functionId of waiting) {
      const mustWait = failed.some((other) => this.nodes!.mustFollow(functionId, other));
      const node = mustWait ? -1 : this.#findNode(functionId, now);
      if (node < 0) {
        if (!mustWait) failed.push(functionId);
        this.#pending.push(functionId);
      } else {
        this.functions[functionId].pending--;
        this.#begin(functionId, now, node);
      }
    }
    this.#roomChanged = false;
  }

  /** Takes one instance away: one that waits for GPUs, else the candidate for retirement. */
  shrink(functionId: number, now: number): void {
    const fleet = this.functions[functionId];
    if (fleet.backingOff > 0) {
      fleet.backingOff--;
    } else if (fleet.pending > 0) {
      fleet.pending--;
      this.#pending.splice(this.#pending.lastIndexOf(functionId), 1);
    } else {
      this.retire(this.retirementCandidate(functionId), now);
    }
  }

  /** Goes on with the starts that are under way. */
  advanceStarts(now: number, onReady: (instanceId: number) => void): void {
    this.#parts.starts.advance(now, onReady);
    this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
  }

  /** Lets an instance take requests. */
  makeReady(id: number, now: number): void {
    const fleet = this.functions[this.functionOf[id]];
    this.readyAtSeconds[id] = now;
    fleet.starting--;
    fleet.addReady(id);
    this.becomeIdle(id, now);
  }

  /** A ready instance has served its last request. */
  becomeIdle(id: number, now: number): void {
    this.state[id] = InstanceState.idle;
    this.idleSinceSeconds[id] = now;
    this.#roomChanged = true;
  }

  /** Takes an instance away: at once if it serves nobody, otherwise when its requests have ended. */
  retire(id: number, now: number): void {
    const fleet = this.functions[this.functionOf[id]];
    if (this.state[id] === InstanceState.starting) {
      this.#parts.starts.cancel(id, now);
      this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
      fleet.starting--;
      this.#stop(id, now);
      this.onStartLost(id);
      return;
    }
    fleet.removeReady(id);
    this.drainingAtSeconds[id] = now;
    if (this.outstanding[id] === 0) {
      this.#stop(id, now);
    } else {
      this.state[id] = InstanceState.draining;
      fleet.draining++;
    }
  }

  /** A start that is over has failed. */
  failStart(id: number, now: number): void {
    this.functions[this.functionOf[id]].starting--;
    this.#stop(id, now);
    this.onStartLost(id);
  }

  /** Told of each instance that never came to be ready. */
  onStartLost: (id: number) => void = () => {};

  /** An instance that is ready or draining is lost at once, with the requests inside. */
  lose(id: number, now: number): void {
    const fleet = this.functions[this.functionOf[id]];
    fleet.inFlight -= this.outstanding[id];
    this.outstanding[id] = 0;
    if (this.state[id] === InstanceState.draining) fleet.draining--;
    else fleet.removeReady(id);
    this.#stop(id, now);
  }

  /** The running, draining or starting instances of a machine, ascending ids. */
  onNode(node: number): number[] {
    return this.alive.filter((id) => this.ranks[id][0].node === node);
  }

  /** A machine takes no new instances, or takes them again. */
  setOpen(node: number, isOpen: boolean): void {
    this.nodes!.isOpen[node] = Number(isOpen);
    if (isOpen) this.#roomChanged = true;
  }

  /** Told of each new instance. */
  onCreated: (id: number) => void = () => {};

  /** A draining instance has served its last request. */
  drained(id: number, now: number): void {
    this.functions[this.functionOf[id]].draining--;
    this.#stop(id, now);
  }

  /**
   * The instance to retire first: the youngest one that is starting, else the ready one with the
   * fewest requests, the youngest of equals. -1 when there is none.
   */
  retirementCandidate(functionId: number): number {
    const fleet = this.functions[functionId];
    if (fleet.starting > 0) {
      for (let i = this.alive.length - 1; i >= 0; i--) {
        const id = this.alive[i];
        if (this.functionOf[id] === functionId && this.state[id] === InstanceState.starting) {
          return id;
        }
      }
    }
    let best = -1;
    for (let i = fleet.ready - 1; i >= 0; i--) {
      const id = fleet.readyIds[i];
      if (best < 0 || this.outstanding[id] < this.outstanding[best]) best = id;
    }
    return best;
  }

  /** Work of each instance by `now`. */
  totals(now: number): MeterTotals[] {
    return this.engines.map((engine) => {
      const totals = emptyTotals();
      engine.readMeter(now, totals);
      return totals;
    });
  }

  /** The lives of all instances at the end of the run. */
  lives(endAtSeconds: number): InstanceLife[] {
    return this.state.map((state, instanceId) => ({
      instanceId,
      functionId: this.functionOf[instanceId],
      createdAtSeconds: this.createdAtSeconds[instanceId],
      readyAtSeconds: this.readyAtSeconds[instanceId],
      drainingAtSeconds: this.drainingAtSeconds[instanceId],
      stoppedAtSeconds: state === InstanceState.stopped
        ? this.stoppedAtSeconds[instanceId]
        : endAtSeconds,
    }));
  }

  #stop(id: number, now: number): void {
    this.state[id] = InstanceState.stopped;
    this.stoppedAtSeconds[id] = now;
    this.alive.splice(this.alive.indexOf(id), 1);
    this.engines[id].close();
    if (this.ranks[id].length > 0) {
      this.nodes!.release(this.functionOf[id], this.ranks[id]);
      this.#roomChanged = true;
    }
  }
}
