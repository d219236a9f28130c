import type { RankPlace } from "../serverless/cold_start/start_request.ts";
import type { InstanceLife } from "../serverless/lifecycle.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import { emptyTotals, type MeterTotals } from "../metrics/meter_totals.ts";
import { type Beginning, Beginnings } from "./beginnings.ts";
import type { ClusterParts } from "./cluster_parts.ts";
import type { RunColumns } from "../engine/engine_parts.ts";
import { FunctionFleet } from "./function_fleet.ts";
import { Engine } from "../engine/engine.ts";
import { NodePool } from "./node_pool.ts";
import { PrewarmedPools } from "./prewarmed_pools.ts";
import { Sleepers } from "./sleepers.ts";

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
  /** Starts begun after time 0, those of sleeping instances apart. */
  coldStarts = 0;
  /** Idle instances that stopped for instances of other functions. */
  evictions = 0;

  /** The machines; undefined when there are as many as instances need. */
  readonly nodes: NodePool | undefined;
  /** Instances that sleep: their service has ended, others can be made of them. */
  readonly sleepers: Sleepers;
  /** What starts can begin with. */
  readonly pools: PrewarmedPools;
  /** What instances were made of, by id; nothing for the others. */
  readonly #madeOf: InstanceLife["madeOf"][] = [];
  readonly #slept = new Set<number>();
  /** Functions whose instances wait for GPUs, first come first. */
  #pending: number[] = [];
  /** Whether GPUs have become free, or instances idle, since the waiting ones were looked at. */
  #roomChanged = false;

  readonly #parts: ClusterParts;
  readonly #run: RunColumns;
  readonly #beginnings: Beginnings;

  constructor(parts: ClusterParts, run: RunColumns) {
    const { placement, functions } = parts;
    this.nodes = placement && new NodePool(placement, functions.map(({ name }) => name));
    this.sleepers = new Sleepers(this.nodes?.freeDramBytes);
    this.pools = new PrewarmedPools(parts, this.nodes);
    this.#parts = parts;
    this.#run = run;
    this.#beginnings = new Beginnings(parts, this);
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
    return this.#add(functionId, now, placed ?? { node: -1 });
  }

  #add(
    functionId: number,
    now: number,
    { node, shares }: Pick<Beginning, "node" | "shares">,
    held: readonly RankPlace[] = [],
  ): number {
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
    this.ranks.push(
      node < 0 || held.length > 0 ? held : this.nodes!.take(functionId, node, shares),
    );
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

  /**
   * Begins a start and returns the instance; -1 when it waits for free GPUs. An instance of the
   * function that sleeps is woken, else a member of its pool is taken, if there is room for it.
   */
  start(functionId: number, now: number): number {
    const mustWait = this.#pending.some((other) => this.nodes!.mustFollow(functionId, other));
    const beginning = mustWait ? undefined : this.#beginnings.find(functionId, now);
    if (beginning === undefined) {
      this.#pending.push(functionId);
      this.functions[functionId].pending++;
      return -1;
    }
    return this.#begin(functionId, now, beginning);
  }

  #begin(functionId: number, now: number, beginning: Beginning): number {
    const { node, stages, sleeper, member } = beginning;
    const id = this.#add(functionId, now, beginning, member?.ranks);
    if (sleeper !== undefined) {
      this.#madeOf[id] = "sleeper";
    } else {
      this.coldStarts++;
      if (member !== undefined) {
        this.#madeOf[id] = "pool-member";
        member.instanceId = id;
      }
    }
    const ranks = node < 0 ? undefined : this.ranks[id];
    this.#parts.starts.begin(id, functionId, now, ranks, stages);
    if (sleeper === undefined) this.pools.started(functionId, now, member, this.#mayWarm);
    this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
    return id;
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
    this.#isPlacingPending = true;
    for (const functionId of waiting) {
      const mustWait = failed.some((other) => this.nodes!.mustFollow(functionId, other));
      const beginning = mustWait ? undefined : this.#beginnings.find(functionId, now);
      if (beginning === undefined) {
        if (!mustWait) failed.push(functionId);
        this.#pending.push(functionId);
      } else {
        this.functions[functionId].pending--;
        this.#begin(functionId, now, beginning);
      }
    }
    this.#isPlacingPending = false;
    this.#roomChanged = false;
  }
  #isPlacingPending = false;

  /** Takes one instance away: one that waits for GPUs, else the candidate for retirement. */
  shrink(functionId: number, now: number): void {
    const fleet = this.functions[functionId];
    if (fleet.backingOff > 0) {
      fleet.backingOff--;
    } else if (fleet.pending > 0) {
      fleet.pending--;
      this.#pending.splice(this.#pending.lastIndexOf(functionId), 1);
    } else {
      this.release(this.retirementCandidate(functionId), now);
    }
  }

  /** Goes on with the starts that are under way. */
  advanceStarts(now: number, onReady: (instanceId: number) => void): void {
    this.#parts.starts.advance(now, (id) => {
      if (id >= 0) return onReady(id);
      this.pools.becomeReady(id, now);
      this.#roomChanged = true;
    });
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

  /**
   * An instance is not needed any more: it sleeps if its function has that, it serves nobody (one that
   * is waking included) and is on one machine; otherwise it is taken away.
   */
  release(id: number, now: number): void {
    const functionId = this.functionOf[id];
    const fleet = this.functions[functionId];
    const { sleep } = fleet.parts.scaling;
    const isWaking = this.state[id] === InstanceState.starting && this.#madeOf[id] === "sleeper";
    const node = this.ranks[id][0]?.node ?? -1;
    if (
      sleep === undefined || sleep.ttlSeconds === 0 ||
      !(isWaking || this.state[id] === InstanceState.idle) ||
      this.ranks[id].some((rank) => rank.node !== node)
    ) return this.retire(id, now);
    const { dramBytes, ttlSeconds } = sleep;
    const sleeper = { instanceId: id, functionId, node, dramBytes, sinceSeconds: now };
    this.retire(id, now);
    if (!this.sleepers.add(sleeper)) return;
    this.#slept.add(id);
    this.onAsleep(id, now + ttlSeconds);
  }

  /** An idle instance has to go for one of another function. */
  evict(id: number, now: number): void {
    this.evictions++;
    this.release(id, now);
  }

  /** Told of each instance that goes to sleep, and until when. */
  onAsleep: (id: number, untilSeconds: number) => void = () => {};

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
    return this.alive.filter((id) => this.ranks[id].some((rank) => rank.node === node));
  }

  /** A machine takes no new instances, or takes them again. */
  setOpen(node: number, isOpen: boolean, now: number): void {
    this.nodes!.isOpen[node] = Number(isOpen);
    if (isOpen) {
      this.#roomChanged = true;
    } else {
      this.sleepers.loseNode(node, now);
      this.pools.loseNode(node, now);
    }
  }

  /** The pools are full when the run begins. */
  fillPools(now: number): void {
    this.pools.fill(now);
  }

  /** Decides the size of a pool anew. */
  resizePool(pool: number, now: number): void {
    this.pools.resize(pool, now, this.#mayWarm);
    this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
    this.#roomChanged = true;
  }

  /** Whether a member of a function's pool may take GPUs: not while an instance waits for them. */
  readonly #mayWarm = (functionId: number): boolean =>
    !this.#isPlacingPending &&
    !this.#pending.some((other) => this.nodes!.mustFollow(functionId, other));

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
    return this.engines.map(({ readings }) => {
      const totals = emptyTotals();
      readings.readMeter(now, totals);
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
      stoppedAtSeconds: this.#slept.has(instanceId)
        ? this.sleepers.endAtSeconds(instanceId) ?? endAtSeconds
        : state === InstanceState.stopped
        ? this.stoppedAtSeconds[instanceId]
        : endAtSeconds,
      ...(this.#slept.has(instanceId) && { asleepAtSeconds: this.stoppedAtSeconds[instanceId] }),
      ...(this.#madeOf[instanceId] && { madeOf: this.#madeOf[instanceId] }),
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
