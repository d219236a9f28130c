import type { InstanceLife } from "../serverless/lifecycle.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import type { ClusterParts, FunctionParts } from "./cluster_parts.ts";
import type { RunColumns } from "./engine_parts.ts";
import { Engine } from "./instance.ts";
import { emptyTotals, type MeterTotals } from "../metrics/meter_totals.ts";

/** The instances of one function. */
export class FunctionFleet {
  readonly parts: FunctionParts;
  /** Ready instances, ascending ids: what routing chooses from. */
  readyIds = new Int32Array(16);
  ready = 0;
  starting = 0;
  draining = 0;
  /** Requests inside instances. */
  inFlight = 0;

  constructor(parts: FunctionParts) {
    this.parts = parts;
  }

  /** Instances that are there or on their way, draining ones apart. */
  get size(): number {
    return this.ready + this.starting;
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

  readonly #parts: ClusterParts;
  readonly #run: RunColumns;

  constructor(parts: ClusterParts, run: RunColumns) {
    this.#parts = parts;
    this.#run = run;
    this.functions = parts.functions.map((f) => new FunctionFleet(f));
  }

  /** Makes an instance in state starting and returns its id. */
  create(functionId: number, now: number): number {
    const id = this.state.length;
    this.functionOf.push(functionId);
    this.state.push(InstanceState.starting);
    this.engines.push(new Engine(this.functions[functionId].parts.engine, this.#run));
    this.createdAtSeconds.push(now);
    this.readyAtSeconds.push(NaN);
    this.drainingAtSeconds.push(NaN);
    this.stoppedAtSeconds.push(NaN);
    this.idleSpell.push(0);
    if (id === this.outstanding.length) {
      const grown = new Int32Array(id * 2);
      grown.set(this.outstanding);
      this.outstanding = grown;
    }
    this.alive.push(id);
    this.functions[functionId].starting++;
    return id;
  }

  /** Begins a cold start. */
  start(functionId: number, now: number): number {
    const id = this.create(functionId, now);
    this.coldStarts++;
    this.#parts.starts.begin(id, functionId, now);
    this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
    return id;
  }

  /** Goes on with the starts that are under way. */
  advanceStarts(now: number, onReady: (instanceId: number) => void): void {
    this.#parts.starts.advance(now, onReady);
    this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
  }

  /** Lets an instance take requests. */
  makeReady(id: number, now: number): void {
    const fleet = this.functions[this.functionOf[id]];
    this.state[id] = InstanceState.idle;
    this.readyAtSeconds[id] = now;
    fleet.starting--;
    fleet.addReady(id);
  }

  /** Takes an instance away: at once if it serves nobody, otherwise when its requests have ended. */
  retire(id: number, now: number): void {
    const fleet = this.functions[this.functionOf[id]];
    if (this.state[id] === InstanceState.starting) {
      this.#parts.starts.cancel(id, now);
      this.nextStartSeconds = this.#parts.starts.nextEventSeconds;
      fleet.starting--;
      this.#stop(id, now);
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
  }
}
