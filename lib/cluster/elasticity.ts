import type { RunRecord } from "../metrics/run_record.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import { type ClusterState, Kind } from "./cluster_state.ts";
import { Priority } from "./event_order.ts";

/** Scaling evaluations without any progress after which a run with waiting requests is stuck. */
const STUCK_EVALUATIONS = 100_000;

/** Makes the fleet larger and smaller: scaling decisions, keep-alive timers, sleep, pre-warming. */
export class Elasticity {
  readonly #state: ClusterState;

  constructor(state: ClusterState) {
    this.#state = state;
    state.fleet.onAsleep = (id, until) => {
      if (until === Infinity) return;
      state.queue.push(until, Priority.keepAlive, Kind.sleepEnd, id);
    };
  }

  /** Fills the pools and schedules the decisions on their sizes. */
  beginPools(): void {
    this.#state.fleet.fillPools(this.#state.now);
    this.#state.parts.pools?.forEach((_, pool) => this.#schedulePool(pool));
  }

  #schedulePool(pool: number): void {
    const { periodSeconds } = this.#state.parts.pools![pool].size;
    const at = this.#state.now + periodSeconds;
    this.#state.queue.push(at, Priority.scaling, Kind.pool, pool);
  }

  /** Decides the size of a pool anew. */
  resizePool(pool: number): void {
    this.#state.fleet.resizePool(pool, this.#state.now);
    for (const functionId of this.#state.parts.pools![pool].functions) {
      this.#checkStuck(functionId);
    }
    this.#schedulePool(pool);
  }

  makeReady(id: number): void {
    this.#state.fleet.makeReady(id, this.#state.now);
    this.#armKeepAlive(id);
  }

  becomeIdle(id: number): void {
    if (this.#state.fleet.state[id] === InstanceState.draining) {
      this.#state.fleet.drained(id, this.#state.now);
    } else {
      this.#state.fleet.becomeIdle(id, this.#state.now);
      this.#armKeepAlive(id);
    }
  }

  #armKeepAlive(id: number): void {
    const functionId = this.#state.fleet.functionOf[id];
    const keepAlive = this.#state.keepAlives[functionId];
    let until = keepAlive.keptUntilSeconds(id);
    if (until === undefined) {
      const { prewarmAfterSeconds, keepAliveSeconds } = keepAlive.decide();
      if (prewarmAfterSeconds > 0 && this.#state.isIdle(functionId)) {
        keepAlive.prewarmKeepSeconds = keepAliveSeconds;
        const at = this.#state.now + prewarmAfterSeconds;
        this.#state.queue.push(
          at,
          Priority.keepAlive,
          Kind.prewarm,
          functionId,
          keepAlive.arrivals,
        );
        return this.#retireIdle(functionId);
      }
      until = this.#state.now + keepAliveSeconds;
    }
    if (until === Infinity) return;
    const at = Math.max(until, this.#state.now);
    this.#state.queue.push(
      at,
      Priority.keepAlive,
      Kind.keepAlive,
      id,
      this.#state.fleet.idleSpell[id],
    );
  }

  /** Takes the ready instances of an idle function away, down to its fewest. */
  #retireIdle(functionId: number): void {
    const fleet = this.#state.fleet.functions[functionId];
    while (fleet.ready > 0 && fleet.size > fleet.parts.scaling.minInstances) {
      this.#state.fleet.release(fleet.readyIds[fleet.ready - 1], this.#state.now);
    }
  }

  /** Starts an instance ahead of the next request, unless one has come meanwhile. */
  prewarm(functionId: number, arrivals: number): void {
    const keepAlive = this.#state.keepAlives[functionId];
    if (keepAlive.arrivals !== arrivals || this.#state.fleet.functions[functionId].size > 0) return;
    const id = this.#state.fleet.start(functionId, this.#state.now);
    if (id >= 0) keepAlive.prewarms(id, this.#state.now);
  }

  endKeepAlive(id: number, spell: number): void {
    const fleet = this.#state.fleet;
    if (fleet.state[id] !== InstanceState.idle || fleet.idleSpell[id] !== spell) return;
    const { parts, size } = fleet.functions[fleet.functionOf[id]];
    if (size > parts.scaling.minInstances) fleet.release(id, this.#state.now);
  }

  /** The time of a sleeping instance is over. */
  endSleep(id: number): void {
    this.#state.fleet.sleepers.expire(id, this.#state.now);
  }

  /** What sleeping instances and pools did by the end of the run, as far as there are any. */
  records(endAtSeconds: number): Pick<RunRecord, "sleep" | "pools"> {
    const { fleet, parts } = this.#state;
    const sleeps = parts.functions.some(({ scaling }) => scaling.sleep !== undefined);
    return {
      ...(sleeps && { sleep: fleet.sleepers.record(endAtSeconds) }),
      ...(parts.pools && { pools: fleet.pools.records(endAtSeconds) }),
    };
  }

  evaluateScaling(functionId: number): void {
    const scaler = this.#state.scalers[functionId]!;
    const fleet = this.#state.fleet.functions[functionId];
    const gateway = this.#state.gateways[functionId];
    const oldestWait = Math.max(0, this.#state.now - gateway.oldestSinceSeconds);
    const desired = scaler.evaluate(this.#state.now, oldestWait);
    const { periodSeconds, actuationDelaySeconds } = fleet.parts.scaling.decider!;
    if (actuationDelaySeconds > 0) {
      const at = this.#state.now + actuationDelaySeconds;
      this.#state.queue.push(at, Priority.actuation, Kind.actuation, functionId, desired);
    } else {
      this.scaleTo(functionId, desired);
    }
    this.#checkStuck(functionId);
    const at = this.#state.now + periodSeconds;
    this.#state.queue.push(at, Priority.scaling, Kind.scaling, functionId);
  }

  scaleTo(functionId: number, desired: number): void {
    const fleet = this.#state.fleet.functions[functionId];
    while (fleet.size < desired) this.#state.fleet.start(functionId, this.#state.now);
    while (fleet.size > desired) this.#state.fleet.shrink(functionId, this.#state.now);
  }

  /** Ends a run in which requests wait for instances that never come. */
  #checkStuck(functionId: number): void {
    const fleet = this.#state.fleet.functions[functionId];
    const gateway = this.#state.gateways[functionId];
    if (gateway.size === 0 || fleet.ready + fleet.starting > 0) return;
    if (++this.#state.evaluationsWithoutProgress < STUCK_EVALUATIONS) return;
    throw new RangeError(
      `Cannot make progress at ${this.#state.now} s: request ${gateway.peek()} waits for function "${
        this.#state.parts.functions[functionId].name
      }", which ${
        fleet.pending > 0 ? "finds no free GPUs" : "its scaling policy keeps at 0 instances"
      }`,
    );
  }
}
