import type { RunRecord } from "../metrics/run_record.ts";
import { GapSketch } from "../stats/gap_sketch.ts";
import type { ClusterParts } from "./cluster_parts.ts";
import { ClusterState, Kind } from "./cluster_state.ts";
import { Elasticity } from "./elasticity.ts";
import { Priority } from "./event_order.ts";
import { type FaultHost, FaultInjector } from "./fault_injector.ts";
import { FrontDoor } from "./front_door.ts";
import { clearUnfinished, refuseToStall, settleEngines } from "./run_end.ts";
import { Sampler } from "./sampler.ts";
import { Standstill } from "./standstill.ts";

/**
 * Runs a cluster until every request has ended (and the horizon is reached), or until
 * `stopAtSeconds`. Deterministic: equal parts give equal results to the byte.
 *
 * @throws {RangeError} If the run cannot go on: a request waits and no instance will ever come.
 */
export function simulateCluster(parts: ClusterParts): RunRecord {
  return new Simulation(parts).run();
}

/** Samples, and instances that become ready, between two reports of progress where no requests end. */
const PER_REPORT = 64;

/** One run of the cluster loop. */
class Simulation {
  readonly #state: ClusterState;
  readonly #door: FrontDoor;
  readonly #elasticity: Elasticity;
  readonly #faults: FaultInjector | undefined;
  readonly #sampler: Sampler;
  readonly #standstill = new Standstill();
  readonly #warmupGaps = new GapSketch();
  #isWarmingUp = false;
  /** Rows that arrive by the clock: all, or the first ones of a closed loop. */
  readonly #scheduledArrivals: number;
  /** The next of them, and its instant, seconds; Infinity when there is none. */
  #nextArrival = 0;
  #nextArrivalAtSeconds = Infinity;

  constructor(parts: ClusterParts) {
    const state = new ClusterState(parts);
    this.#state = state;
    this.#door = new FrontDoor(state);
    this.#elasticity = new Elasticity(state);
    this.#faults = parts.faults && new FaultInjector(parts.faults, state.fleet, this.#faultHost());
    this.#sampler = new Sampler(state.fleet, parts.sampleSeconds);
    const { count, closedLoop } = parts.requests;
    this.#scheduledArrivals = closedLoop ? Math.min(count, closedLoop.concurrency) : count;
    this.#awaitArrival(0);
  }

  run(): RunRecord {
    const { requests, stopAtSeconds, horizonSeconds } = this.#state.parts;
    this.#begin();
    const { clock, queue, stepEnds, toPlan, fleet } = this.#state;
    for (;;) {
      const stepEnd = stepEnds.firstKey;
      const startEvent = fleet.nextStartSeconds;
      const arrival = this.#nextArrivalAtSeconds;
      const event = queue.nextSeconds;
      const next = Math.min(stepEnd, startEvent, arrival, event);
      if (toPlan.length > 0 && next > clock.now) {
        this.#plan();
        continue;
      }
      if (this.#state.ended === requests.count && next > horizonSeconds) break;
      if (next > stopAtSeconds || next === Infinity) break;
      clock.now = next;
      if (stepEnd <= next) this.#finishStep(stepEnds.firstId);
      else if (startEvent <= next) fleet.advanceStarts(clock.now, this.#onReady);
      else if (arrival <= next) this.#arriveByClock();
      else {
        queue.pop();
        this.#handle(queue.kind, queue.a, queue.b);
      }
      if (fleet.mayStartPending) fleet.startPending(clock.now);
    }
    return this.#result();
  }

  /** Brings up the first instances and schedules the periodic events. */
  #begin(): void {
    const { functions, sampleSeconds, warmupSeconds = 0 } = this.#state.parts;
    this.#faults?.begin();
    functions.forEach((f, id) => {
      for (let i = 0; i < f.scaling.initialInstances; i++) {
        this.#bringUp(this.#state.fleet.create(id, 0));
      }
      const period = f.scaling.decider?.periodSeconds;
      if (period !== undefined) this.#state.queue.push(period, Priority.scaling, Kind.scaling, id);
    });
    this.#elasticity.beginPools();
    this.#state.queue.push(sampleSeconds, Priority.sample, Kind.sample);
    if (warmupSeconds > 0) {
      this.#isWarmingUp = true;
      this.#state.queue.push(warmupSeconds, Priority.warmup, Kind.warmup);
    }
  }

  #handle(kind: number, a: number, b: number): void {
    switch (kind) {
      case Kind.release:
        return this.#door.arrive(a);
      case Kind.timeout:
        return this.#door.timeOut(a);
      case Kind.keepAlive:
        this.#standstill.count(this.#state);
        return this.#elasticity.endKeepAlive(a, b);
      case Kind.prewarm:
        this.#standstill.count(this.#state);
        return this.#elasticity.prewarm(a, b);
      case Kind.scaling:
        return this.#elasticity.evaluateScaling(a);
      case Kind.actuation:
        return this.#elasticity.scaleTo(a, b);
      case Kind.sleepEnd:
        this.#standstill.count(this.#state);
        return this.#elasticity.endSleep(a);
      case Kind.pool:
        return this.#elasticity.resizePool(a);
      case Kind.warmup:
        return this.#endWarmup();
      case Kind.sample:
        this.#sample();
        if (this.#mayGoOn()) {
          this.#state.queue.push(
            this.#state.now + this.#state.parts.sampleSeconds,
            Priority.sample,
            Kind.sample,
          );
        }
        return;
      default:
        this.#standstill.count(this.#state);
        return this.#faults!.handle(kind - Kind.fault, a, b);
    }
  }

  /** A row of the workload is due; those that a completion releases are passed over. */
  #arriveByClock(): void {
    const { afterRequest } = this.#state.parts.requests;
    const request = this.#nextArrival;
    this.#awaitArrival(request + 1);
    if (afterRequest === undefined || afterRequest[request] < 0) this.#door.arrive(request);
  }

  #awaitArrival(request: number): void {
    this.#nextArrival = request;
    this.#nextArrivalAtSeconds = Infinity;
    if (request >= this.#scheduledArrivals) return;
    this.#nextArrivalAtSeconds = this.#state.parts.requests.arrivalAtSeconds[request];
  }

  /** Whether anything but sampling can still happen, or the horizon is ahead. */
  #mayGoOn(): boolean {
    return this.#state.queue.size > 0 || this.#state.stepEnds.firstKey < Infinity ||
      this.#state.toPlan.length > 0 ||
      this.#state.fleet.nextStartSeconds < Infinity ||
      this.#nextArrival < this.#scheduledArrivals ||
      this.#state.now < this.#state.parts.horizonSeconds;
  }

  readonly #onReady = (id: number): void => {
    if (this.#faults?.failsStart(id)) return;
    this.#bringUp(id);
    this.#door.serveFrom(id);
  };

  #finishStep(id: number): void {
    const engine = this.#state.fleet.engines[id];
    engine.finish();
    const ended = engine.finishedCount;
    if (ended > 0) {
      const functionId = this.#state.fleet.functionOf[id];
      const fleet = this.#state.fleet.functions[functionId];
      this.#state.scalers[functionId]?.touch(this.#state.now);
      this.#state.fleet.outstanding[id] -= ended;
      fleet.inFlight -= ended;
      for (let i = 0; i < ended; i++) this.#door.complete(functionId, engine.finished[i]);
      if (this.#state.isIdle(functionId)) {
        this.#state.keepAlives[functionId].becomesIdle(this.#state.now);
      }
      if (engine.outstanding === 0) this.#elasticity.becomeIdle(id);
      this.#door.drainGateway(functionId);
    }
    if (!engine.needsPlan) {
      this.#state.stepEnds.delete(id);
    } else if (this.#isAlone()) {
      // Nothing else happens at this instant, so the end of the instant is now.
      engine.begin();
      const { stepEnds } = this.#state;
      stepEnds.keyOf[id] = engine.endAtSeconds;
      stepEnds.update(id);
    } else {
      this.#state.stepEnds.delete(id);
      this.#state.planLater(id);
    }
  }

  /** Whether nothing is left at this instant but the step whose end is being handled. */
  #isAlone(): boolean {
    const now = this.#state.now;
    return this.#nextArrivalAtSeconds > now && this.#state.stepEnds.isFirstAlone &&
      this.#state.queue.nextSeconds > now &&
      this.#state.fleet.nextStartSeconds > now && this.#state.toPlan.length === 0;
  }

  /** What makes faults happen sees of this loop. */
  #faultHost(): FaultHost {
    const now = () => this.#state.now;
    return {
      get nowSeconds() {
        return now();
      },
      schedule: (event, at, a, b) =>
        this.#state.queue.push(at, Priority.fault, Kind.fault + event, a, b),
      beforeLoss: (functionId) => this.#state.scalers[functionId]?.touch(this.#state.now),
      stopsStepping: (id) => {
        this.#state.stepEnds.delete(id);
        const planned = this.#state.toPlan.indexOf(id);
        if (planned >= 0) this.#state.toPlan.splice(planned, 1);
      },
      rescue: (request) => {
        if (!this.#door.rescue(request)) this.#faults!.log.requestsFailed++;
      },
      waiting: (functionId) => this.#state.gateways[functionId].size,
    };
  }

  /** Lets the engines that have something to do form their next steps, by instance id. */
  #plan(): void {
    const ids = this.#state.toPlan;
    if (ids.length > 1) ids.sort((a, b) => a - b);
    for (const id of ids) {
      const engine = this.#state.fleet.engines[id];
      engine.begin();
      this.#state.stepEnds.set(id, engine.endAtSeconds);
    }
    ids.length = 0;
  }

  #sample(): void {
    let queued = this.#door.bound;
    for (const gateway of this.#state.gateways) queued += gateway.size;
    this.#sampler.sample(this.#state.now, {
      arrivals: this.#state.arrived,
      completions: this.#state.completed,
      queued,
    });
    if (this.#sampler.count % PER_REPORT === 0) this.#door.report();
  }

  /** Moves the gaps so far apart, those of the steps that have ended in runs in progress included. */
  #endWarmup(): void {
    const { gaps } = this.#state.run;
    this.#isWarmingUp = false;
    this.#warmupGaps.merge(gaps);
    gaps.clear();
    for (const engine of this.#state.fleet.engines) {
      engine.splitGaps(this.#state.now, this.#warmupGaps);
    }
  }

  #result(): RunRecord {
    const { fleet, run, parts, clock, arrived } = this.#state;
    const { horizonSeconds, stopAtSeconds } = parts;
    if (stopAtSeconds === Infinity) refuseToStall(this.#state);
    clock.now = stopAtSeconds < Infinity ? stopAtSeconds : Math.max(horizonSeconds, clock.now);
    this.#sample();
    const counts = settleEngines(this.#state, clock.now);
    // A run that was over by the end of the warm-up did not get to that event.
    if (this.#isWarmingUp) this.#endWarmup();
    clearUnfinished(this.#state);
    return {
      columns: run.columns,
      arrived,
      gaps: run.gaps,
      warmupGaps: this.#warmupGaps,
      timeSeries: this.#sampler.columns(),
      lives: fleet.lives(clock.now),
      stageSpans: parts.starts.spans,
      ...(run.waitedFor && { waitedFor: run.waitedFor }),
      coldStarts: fleet.coldStarts,
      evictions: fleet.evictions,
      ...(this.#faults && { faults: this.#faults.log.record(clock.now) }),
      ...this.#elasticity.records(clock.now),
      endAtSeconds: clock.now,
      kvTokens: this.#sampler.kvTokens,
      ...counts,
    };
  }

  #bringUp(id: number): void {
    this.#elasticity.makeReady(id);
    if (id % PER_REPORT === 0) this.#door.report();
    this.#faults?.ready(id);
  }
}
