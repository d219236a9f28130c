import { Clock } from "../engine/clock.ts";
import type { RunColumns } from "../engine/engine_parts.ts";
import { columnsElsewhere } from "../metrics/rows/request_rows.ts";
import type { RunObserver } from "../metrics/run_observer.ts";
import type { RunRecord } from "../metrics/run_record.ts";
import { type Interrupted, interruptedAt } from "../sim/interrupted.ts";
import { InvariantError } from "../sim/invariant_error.ts";
import { LIMITS } from "../sim/limits.ts";
import { GapSketch } from "../stats/gap_sketch.ts";
import { type ClusterParts, streamOf, type StreamParts } from "./cluster_parts.ts";
import { EngineSteps } from "./engine_steps.ts";
import { type EventHandlers, EVENTS, HANDLERS, MAY_REPEAT, OF_REQUEST } from "./events.ts";
import { FaultInjector } from "./faults/fault_injector.ts";
import { Evaluations } from "./fleet/evaluations.ts";
import { Fleet } from "./fleet/fleet.ts";
import { FleetController } from "./fleet/fleet_controller.ts";
import { mixFleet } from "./fleet/mix_fleet.ts";
import { instanceLives } from "./fleet/instance_lives.ts";
import { FunctionState } from "./functions/function_state.ts";
import { OccupiedFunctions } from "./functions/occupied_functions.ts";
import { Gateway } from "./gateway/gateway.ts";
import { Handoffs, KvTransfers, Migrations, pullsByEvent } from "./handoff/mod.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import { checkInvariants } from "./invariants.ts";
import { kvTiers } from "./kv_tiers/engine_news.ts";
import type { KvTiers } from "./kv_tiers/kv_tiers.ts";
import { ProgressGuard } from "./progress_guard.ts";
import { runColumns } from "./run_columns.ts";
import {
  clearUnfinished,
  lastsUntilSeconds,
  measuredUntilSeconds,
  settleEngines,
} from "./run_end.ts";
import { Sampler } from "./sampler.ts";
import { Schedule } from "./schedule.ts";
import { Standstill } from "./standstill.ts";

/** Samples, and instances that become ready, between two reports of progress where no requests end. */
const PER_REPORT = 64;

/** One run of the cluster loop. */
export class Simulation implements EventHandlers {
  readonly gateway: Gateway;
  readonly controller: FleetController;
  readonly faults: FaultInjector | undefined;
  readonly kvTransfers: KvTransfers | undefined;
  readonly handoffs: Handoffs | undefined;
  readonly migrations: Migrations | undefined;
  readonly tiers: KvTiers | undefined;
  readonly #parts: ClusterParts;
  readonly #clock = new Clock();
  readonly #schedule: Schedule;
  readonly #steps = new EngineSteps();
  readonly #run: RunColumns;
  readonly #fleet: Fleet;
  readonly #evaluations: Evaluations;
  readonly #occupied: OccupiedFunctions;
  readonly #guard: ProgressGuard;
  readonly #sampler: Sampler;
  readonly #standstill = new Standstill();
  readonly #warmupGaps = new GapSketch();
  readonly #stream: StreamParts | undefined;
  /** Requests of the workload. */
  readonly #count: number;
  /** The run goes on until then though every request has ended, seconds. */
  #lastsUntilSeconds: number;
  /** End of the last request, seconds; NaN while there are others. */
  #servedAtSeconds = NaN;
  /** Whether the run was cut off while its fleet had not scaled down. */
  #scalesOn = false;
  #isWarmingUp = false;
  /** Whether blocks may stay in an engine that a request has left. */
  readonly #keepsBlocks: boolean;

  constructor(parts: ClusterParts, observer?: RunObserver) {
    const stream = streamOf(parts);
    const [clock, schedule, steps] = [this.#clock, new Schedule(stream?.window), this.#steps];
    const pulls = parts.kvTransfers && pullsByEvent(schedule, clock);
    const run = runColumns(parts, clock, observer, pulls);
    const occupied = new OccupiedFunctions(parts.functions.length);
    const functions = parts.functions.map((one, id) =>
      new FunctionState(id, one, run.columns.promptTokens, clock, occupied, run.ids)
    );
    const evaluations = new Evaluations(functions, parts.pools ?? [], clock, schedule);
    const tiers = this.tiers = kvTiers(parts, run, schedule, steps, () => this.#fleet);
    this.#keepsBlocks = parts.kvTransfers !== undefined || tiers !== undefined;
    const fleet = new Fleet({ parts, run, clock, schedule, functions, evaluations, tiers });
    const { stopAtSeconds, patienceSeconds } = parts;
    const guard = new ProgressGuard(functions, occupied, clock, stopAtSeconds, patienceSeconds);
    this.#parts = parts;
    this.#schedule = schedule;
    this.#stream = stream;
    this.#count = (stream?.window ?? parts.requests).count;
    this.#lastsUntilSeconds = lastsUntilSeconds(parts);
    this.#run = run;
    this.#fleet = fleet;
    this.#evaluations = evaluations;
    this.#occupied = occupied;
    this.#guard = guard;
    this.kvTransfers = parts.kvTransfers &&
      new KvTransfers(parts.kvTransfers, clock, schedule, fleet);
    const { kvTransfers: transfers } = this;
    this.handoffs = transfers && new Handoffs({ run, clock, schedule, fleet, steps, transfers });
    const { handoffs } = this;
    this.migrations = parts.migration && handoffs && new Migrations({
      ...{ parts: parts.migration, run, clock, schedule, fleet, steps },
      ...{ transfers: transfers!, handoffs },
    });
    const { migrations } = this;
    const shared = { parts, clock, schedule, fleet, evaluations, guard };
    this.gateway = new Gateway({ ...shared, run, steps, handoffs, migrations });
    this.controller = new FleetController(shared);
    const { gateway } = this;
    this.faults = parts.faults &&
      new FaultInjector({ parts: parts.faults, clock, schedule, fleet, gateway, steps, guard });
    this.#sampler = new Sampler(fleet, parts.sampleSeconds);
  }

  /** Handles so many events at most; returns whether the run is over. */
  advance(most: number): boolean {
    const { stopAtSeconds } = this.#parts;
    const stream = this.#stream;
    const count = this.#count;
    const [clock, schedule] = [this.#clock, this.#schedule];
    const [steps, fleet] = [this.#steps, this.#fleet];
    const { gateway, faults, migrations } = this;
    const { arrivals, counts } = gateway;
    const { ends } = steps;
    for (let left = most; left > 0; left--) {
      const stepEnd = ends.firstKey;
      const startEvent = fleet.nextStartSeconds;
      const arrival = arrivals.nextAtSeconds;
      const event = schedule.nextSeconds;
      const next = Math.min(stepEnd, startEvent, arrival, event);
      // No step begins at the instant that ends the run.
      if (steps.isAnyForming && next > clock.now && clock.now < stopAtSeconds) {
        steps.form(fleet.instances);
        continue;
      }
      if (counts.ended === count && this.#isOver(next)) return true;
      if (next > stopAtSeconds || next === Infinity) return true;
      if (next < clock.now) throw new InvariantError("time goes back", { atSeconds: clock.now });
      clock.now = next;
      if (stepEnd <= next) this.#finishStep(ends.firstId);
      else if (startEvent <= next) fleet.advanceStarts(this.#startIsOver);
      else if (arrival <= next) gateway.arriveByClock();
      else {
        schedule.pop();
        if (MAY_REPEAT[schedule.kind]) this.#standstill.count(counts, next);
        const { kind, a } = schedule;
        HANDLERS[kind](this, a, schedule.b);
        if (stream !== undefined && OF_REQUEST[kind]) stream.window.unpin(a);
      }
      // What an event leaves to do: a request that lost its start is served where there is room,
      // instances that wait for GPUs take those that are free, new instances may fail.
      if (fleet.unserved.length > 0) {
        for (const id of fleet.unserved.splice(0)) gateway.serve(id);
      }
      if (fleet.mayStartWaiting) fleet.startWaiting();
      if (faults !== undefined) faults.planForNewInstances();
      if (migrations !== undefined) migrations.forgetLost();
    }
    return false;
  }

  /** How far the run is, as an error. */
  interrupted(reason: unknown): Interrupted {
    return interruptedAt({
      atSeconds: this.#clock.now,
      ofSeconds: this.#lastsUntilSeconds,
      done: this.gateway.counts.ended,
      of: this.#count,
      things: "requests",
    }, reason);
  }

  /** Whether a run without requests is over before the next event. */
  #isOver(nextSeconds: number): boolean {
    if (Number.isNaN(this.#servedAtSeconds)) this.#servedAtSeconds = this.#clock.now;
    if (nextSeconds <= this.#lastsUntilSeconds) return false;
    if (this.#parts.runsOn !== "until-scaled-down") return true;
    const restsAtSeconds = this.controller.rest.atSeconds(this.#servedAtSeconds, nextSeconds);
    // A policy that keeps its fleet busy with itself is not waited for without end.
    const latestSeconds = this.#servedAtSeconds + LIMITS.runsOnSeconds.value;
    if (nextSeconds <= Math.min(restsAtSeconds, latestSeconds)) return false;
    this.#scalesOn = restsAtSeconds > latestSeconds;
    this.#lastsUntilSeconds = Math.max(
      this.#lastsUntilSeconds,
      Math.min(restsAtSeconds, latestSeconds),
    );
    return true;
  }

  /** Brings up the first instances and schedules the periodic events; to be called once, first. */
  begin(): void {
    const { functions, sampleSeconds, warmupSeconds = 0 } = this.#parts;
    this.faults?.begin();
    functions.forEach(({ scaling }, functionId) => {
      const { initialInstances: count, decider } = scaling;
      const create = (zone?: number) => {
        const id = this.#fleet.create(functionId, zone);
        this.faults?.planForNewInstances();
        this.#bringUp(id);
      };
      if (decider?.spot) mixFleet(this.#fleet.functions[functionId], count, this.#fleet, create);
      else for (let i = 0; i < count; i++) create();
    });
    functions.forEach(({ scaling: { startingInstances = 0 } }, functionId) => {
      for (let i = 0; i < startingInstances; i++) this.#fleet.start(functionId);
    });
    this.#evaluations.begin();
    this.controller.beginPools();
    this.#schedule.at(EVENTS.sample, sampleSeconds);
    if (warmupSeconds > 0) {
      this.#isWarmingUp = true;
      this.#schedule.at(EVENTS.warmup, warmupSeconds);
    }
  }

  /** A start is over: the instance serves, unless the start has failed. */
  readonly #startIsOver = (id: number): void => {
    if (this.faults?.failsStart(id)) return;
    const { functionId, createdAtSeconds, madeOf } = this.#fleet.instances[id];
    if (madeOf === undefined) {
      this.#fleet.functions[functionId].startTook(this.#clock.now - createdAtSeconds);
    }
    this.#bringUp(id);
    // A keep-alive policy may have let it go at once.
    if (this.#fleet.find(id) !== undefined) this.gateway.serveFrom(id);
    else this.gateway.serve(functionId);
  };

  #bringUp(id: number): void {
    const { functionId } = this.#fleet.instances[id];
    this.controller.makeReady(id);
    if (id % PER_REPORT === 0) this.gateway.counts.report();
    this.faults?.ready(functionId);
  }

  /**
   * The step of an instance ends. First its requests leave, then an instance without any is idle (its
   * keep-alive begins), then those that wait get the room, last the engine forms its next step.
   */
  #finishStep(id: number): void {
    const instance = this.#fleet.instances[id];
    const { engine, functionId } = instance;
    const { ledger } = engine;
    engine.finish();
    if (ledger.firstTokenCount > 0) {
      this.gateway.firstTokens(functionId, ledger.firstTokens, ledger.firstTokenCount);
    }
    if (ledger.finishedCount > 0) this.gateway.complete(id, ledger.finished, ledger.finishedCount);
    const { early } = this.gateway;
    let leave = early === undefined ? 0 : early.afterStep(id);
    if (this.handoffs !== undefined) leave += this.gateway.handOver(id);
    if (this.migrations !== undefined) leave += this.migrations.afterStep(id, this.gateway);
    if (ledger.finishedCount > 0 || leave > 0) {
      const isEmpty = ledger.outstanding === 0 &&
        (!this.#keepsBlocks || engine.detached === 0);
      if (isEmpty) this.controller.becomeIdle(id);
      this.gateway.serve(functionId);
    }
    if (!engine.needsPlan) {
      this.#steps.ends.delete(id);
    } else if (this.#isAlone()) {
      // Nothing else happens at this instant, so the end of the instant is now.
      engine.begin();
      this.#steps.endChanges(instance);
    } else {
      this.#steps.ends.delete(id);
      this.#steps.formLater(id);
    }
  }

  /** A request has left an instance between two steps, or before its first one. */
  leftEarly(id: number): void {
    if (id < 0) return;
    const { engine, functionId } = this.#fleet.instances[id];
    if (engine.ledger.outstanding === 0) this.#steps.forget(id);
    else if (engine.needsPlan) this.#steps.formLater(id);
    if (this.#fleet.serves(id) === 0) this.controller.becomeIdle(id);
    this.gateway.serve(functionId);
  }

  /** KV entries have left an instance, or a request to which some were to come. */
  entriesLeft(id: number): void {
    const state = this.#fleet.find(id)?.state;
    if (state === InstanceState.busy || state === InstanceState.draining) this.leftEarly(id);
  }

  /** Whether nothing is left at this instant but the step whose end is being handled. */
  #isAlone(): boolean {
    const { now } = this.#clock;
    return this.gateway.arrivals.nextAtSeconds > now && this.#steps.ends.isFirstAlone &&
      this.#schedule.nextSeconds > now && this.#fleet.nextStartSeconds > now &&
      !this.#steps.isAnyForming && now < this.#parts.stopAtSeconds;
  }

  /** Takes a sample of the time series, and plans the next one if anything else can happen. */
  sample(): void {
    const { now } = this.#clock;
    this.#sample();
    this.#guard.check(this.gateway.mayArrive);
    const goesOn = this.#schedule.size > 0 || this.#steps.ends.firstKey < Infinity ||
      this.#steps.isAnyForming || this.#fleet.nextStartSeconds < Infinity ||
      this.gateway.arrivals.isMore || now < this.#lastsUntilSeconds;
    if (goesOn) this.#schedule.at(EVENTS.sample, now + this.#parts.sampleSeconds);
  }

  #sample(isLast = false): void {
    const { now } = this.#clock;
    checkInvariants(this.#fleet, this.#occupied, this.gateway, now, isLast);
    this.kvTransfers?.check();
    this.handoffs?.check();
    this.migrations?.check();
    this.tiers?.check(isLast);
    // A run may end at the instant of a sample: an interval has a length.
    if (now > this.#sampler.lastSeconds) this.#sampler.sample(now, this.gateway.counts);
    if (this.#sampler.count % PER_REPORT === 0) this.gateway.counts.report();
  }

  /** Moves the gaps so far apart, those of the steps that have ended in runs in progress included. */
  endWarmup(): void {
    const { gaps } = this.#run;
    this.#isWarmingUp = false;
    this.#warmupGaps.merge(gaps);
    gaps.clear();
    for (const { engine } of this.#fleet.alive) {
      engine.splitGaps(this.#clock.now, this.#warmupGaps);
    }
  }

  /** What has happened; to be called once, when the run is over. */
  result(): RunRecord {
    const { starts } = this.#parts;
    const stream = this.#stream;
    const [clock, fleet, run] = [this.#clock, this.#fleet, this.#run];
    this.#guard.end();
    clock.now = Math.max(this.#lastsUntilSeconds, clock.now);
    this.#sample(true);
    const counts = settleEngines(fleet, clock.now);
    const { series } = this.gateway.counts;
    // A run that was over by the end of the warm-up did not get to that event.
    if (this.#isWarmingUp) this.endWarmup();
    if (stream === undefined) clearUnfinished(run);
    else stream.window.finish();
    return {
      ...(stream ? { columns: columnsElsewhere(), rows: stream.rows } : { columns: run.columns }),
      arrived: this.gateway.counts.arrived,
      ...(run.latency && { latencyParts: run.latency.close() }),
      gaps: run.gaps,
      warmupGaps: this.#warmupGaps,
      timeSeries: this.#sampler.columns(),
      ...(series && { functionSeries: series.columns() }),
      ...(this.handoffs && { kvTransfers: this.handoffs.columns() }),
      lives: instanceLives(fleet, clock.now),
      stageSpans: starts.spans,
      ...(run.waitedFor && !stream && { waitedFor: run.waitedFor }),
      ...(this.faults && { faults: this.faults.log.record(clock.now) }),
      ...(this.migrations && { migrations: this.migrations.record }),
      ...(this.tiers && { kvTiers: this.tiers.record() }),
      ...this.controller.records(clock.now),
      endAtSeconds: clock.now,
      measuredUntilSeconds: measuredUntilSeconds(this.#parts, this.#servedAtSeconds, clock.now),
      ...(this.#scalesOn && { scalesOn: true as const }),
      kvTokens: this.#sampler.kvTokens,
      ...counts,
    };
  }
}
