import type { Clock } from "../../engine/clock.ts";
import type { RunColumns } from "../../engine/engine_parts.ts";
import { OUTCOME_CODE } from "../../metrics/recorder.ts";
import { Admission, AdmissionControl } from "../../scheduling/admission/mod.ts";
import { InstanceState } from "../../serverless/lifecycle.ts";
import type { ClusterParts, DrainParts } from "../cluster_parts.ts";
import type { EngineSteps } from "../engine_steps.ts";
import { EVENTS } from "../events.ts";
import type { Evaluations } from "../fleet/evaluations.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { ProgressGuard } from "../progress_guard.ts";
import type { Schedule } from "../schedule.ts";
import type { ArrivalsByClock } from "../stream/mod.ts";
import { Dispatch, goesOn } from "./dispatch.ts";
import { FollowUps } from "./follow_ups.ts";
import { allGiveUp, waitOutcome, waitRefusal, willStart } from "./no_capacity.ts";
import { RequestCounts } from "./request_counts.ts";
import { RoutingView } from "./routing_view.ts";
import { TimeLimits } from "./time_limits.ts";
import { TtftForecast } from "./ttft_forecast.ts";
import { arrivalsByClock } from "./workload_arrivals.ts";

/** What a gateway works with. */
export interface GatewayDependencies {
  readonly parts: ClusterParts;
  readonly run: RunColumns;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly fleet: Fleet;
  readonly evaluations: Evaluations;
  readonly steps: EngineSteps;
  readonly guard: ProgressGuard;
}

/**
 * The way of requests in and out of the cluster: admission, routing or waiting, and what an end sets
 * off (the next turn of a session, the next request of a closed loop).
 */
export class Gateway {
  /** The requests that arrive by the clock. */
  readonly arrivals: ArrivalsByClock;
  /** How many have arrived and ended. */
  readonly counts: RequestCounts;
  readonly #parts: ClusterParts;
  readonly #run: RunColumns;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #fleet: Fleet;
  readonly #evaluations: Evaluations;
  readonly #functions: readonly FunctionState[];
  readonly #steps: EngineSteps;
  readonly #guard: ProgressGuard;
  readonly #admission: AdmissionControl | undefined;
  readonly #dispatch: Dispatch;
  readonly #followUps: FollowUps;
  /** By function; none where nobody asks for them. */
  readonly #forecasts: readonly TtftForecast[];
  /** Absent where the time of requests has no limit. */
  readonly #limits: TimeLimits | undefined;
  readonly #clientsGiveUp: boolean;

  constructor(
    { parts, run, clock, schedule, fleet, evaluations, steps, guard }: GatewayDependencies,
  ) {
    const { requests, admission, patienceSeconds = [] } = parts;
    this.#parts = parts;
    this.#run = run;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#fleet = fleet;
    this.#evaluations = evaluations;
    this.#functions = fleet.functions;
    this.#steps = steps;
    this.#guard = guard;
    this.#clientsGiveUp = allGiveUp(patienceSeconds);
    this.#admission = admission && new AdmissionControl(admission);
    this.arrivals = arrivalsByClock(parts);
    this.#followUps = new FollowUps(parts, run, clock, schedule);
    this.counts = new RequestCounts(parts, clock, fleet);
    if (TimeLimits.has(parts)) {
      this.#limits = new TimeLimits(parts, run.columns.classId, clock, schedule);
    }
    const routing = new RoutingView(fleet, requests, clock, run.prefixes);
    this.#dispatch = new Dispatch(routing, run, fleet, steps, this.#limits);
    const isForeseen = (admission?.ttftLimitSeconds?.size ?? 0) > 0;
    this.#forecasts = isForeseen
      ? fleet.functions.map((fn) => new TtftForecast(fn, fleet.instances, run))
      : [];
  }

  /** Whether a request may still arrive: by the clock, or since another ends or has ended. */
  get mayArrive(): boolean {
    return this.arrivals.isMore || this.#followUps.isAnyPending ||
      (this.#followUps.hasAny && this.#functions.some(({ inFlight }) => inFlight > 0));
  }

  /** A request of the workload is due; those that another's end releases are passed over. */
  arriveByClock(): void {
    const request = this.arrivals.take();
    if (request >= 0) this.arrive(request);
  }

  /** A request arrives that the end of another has released. */
  releasedArrival(request: number): void {
    this.#followUps.arrived();
    this.arrive(request);
  }

  /** A request arrives: it is turned away, goes to an instance, or waits. */
  arrive(request: number): void {
    const { columns, outputLimit } = this.#run;
    const fn = this.#functions[columns.functionId[request]];
    this.counts.arrives(fn.id);
    this.#evaluations.wake(fn);
    fn.arrives();
    const { engine } = fn.parts;
    const prompt = columns.promptTokens[request];
    if (prompt >= engine.maxModelTokens) return this.#end(request, OUTCOME_CODE.rejected_length);
    const tokens = prompt + outputLimit[request] - 1;
    if (tokens > engine.kvBlocks * engine.blockTokens) {
      return this.#end(request, OUTCOME_CODE.rejected_capacity);
    }
    if (this.#admission !== undefined) {
      const refusal = this.#admissionRefusal(fn, request);
      if (refusal > 0) return this.#end(request, refusal);
      this.#forecasts[fn.id]?.admitted(request);
    }
    this.#limits?.arrives(request);
    if (goesOn(fn) && this.#dispatch.to(fn, request, true)) {
      fn.idleTimes.arrives(this.#clock.now);
      return fn.waiting.passThrough(request, this.#clock.now);
    }
    this.#haveWait(fn, request);
  }

  /** Why admission turns the request away; 0 when it does not, or there is no place for it anyway. */
  #admissionRefusal(fn: FunctionState, request: number): number {
    const mustWait = !goesOn(fn) || !this.#dispatch.routing.hasRoom(fn, true);
    if (mustWait && this.#waitRefusal(fn) > 0) return 0;
    const { columns } = this.#run;
    const decision = this.#admission!.decide({
      nowSeconds: this.#clock.now,
      classId: columns.classId[request],
      promptTokens: columns.promptTokens[request],
      predictedTtftSeconds: () => this.#forecasts[fn.id].seconds(request),
    });
    switch (decision) {
      case Admission.admitted:
        return 0;
      case Admission.rateLimited:
        return OUTCOME_CODE.rejected_rate_limit;
      case Admission.sloUnreachable:
        return OUTCOME_CODE.rejected_slo;
    }
  }

  #waitRefusal(fn: FunctionState): number {
    return waitRefusal(fn, this.#clock.now, this.#clientsGiveUp);
  }

  /** Starts an instance for a request and returns it; -1 when it waits for free GPUs. */
  #start(fn: FunctionState): number {
    fn.asksForInstance();
    return this.#fleet.start(fn.id);
  }

  /** No instance can take the request: it waits or is turned away, and an instance is to come. */
  #haveWait(fn: FunctionState, request: number): void {
    const { noCapacity, scaling } = fn.parts;
    const { now } = this.#clock;
    let starts = willStart(fn, now);
    const refusal = this.#waitRefusal(fn);
    if (refusal > 0) {
      if (starts && noCapacity.action === "reject") this.#start(fn);
      this.#forecasts[fn.id]?.forget(request);
      return this.#end(request, refusal);
    }
    fn.idleTimes.arrives(now);
    fn.requestsChange();
    const reserved = starts && scaling.reservesStarts ? this.#start(fn) : -1;
    if (reserved >= 0) {
      fn.waiting.reserve(request, reserved, now);
      starts = false;
    } else {
      // Where the reserved start waits for GPUs, the request waits for any instance.
      if (scaling.reservesStarts) starts = false;
      fn.waiting.push(request, now);
    }
    if (noCapacity.timeoutSeconds < Infinity) {
      const ticket = fn.waiting.ticket(request);
      this.#schedule.at(EVENTS.timeout, now + fn.waitLimitSeconds, request, ticket);
    }
    if (starts) this.#start(fn);
  }

  /** Serves those that wait in a function's queue as far as instances can take them. */
  serve(functionId: number): void {
    const fn = this.#functions[functionId];
    if (fn.waiting.queued === 0) return;
    fn.requestsChange();
    while (fn.waiting.queued > 0 && this.#dispatch.to(fn, fn.waiting.peek())) fn.waiting.pop();
  }

  /** An instance is ready: whoever it was started for comes first, then who waits. */
  serveFrom(id: number): void {
    const { functionId } = this.#fleet.instances[id];
    const request = this.#functions[functionId].waiting.takeReserved(id);
    if (request >= 0) this.#dispatch.give(id, request);
    this.serve(functionId);
  }

  /** Requests have had their first token in the step of an engine that has just ended. */
  firstTokens(functionId: number, requests: Int32Array, count: number): void {
    const { demand } = this.#functions[functionId];
    const forecast = this.#forecasts[functionId];
    if (demand === undefined && forecast === undefined) return;
    const { firstTokenAtSeconds, arrivalAtSeconds } = this.#run.columns;
    for (let i = 0; i < count; i++) {
      const request = requests[i];
      demand?.firstToken(firstTokenAtSeconds[request] - arrivalAtSeconds[request]);
      forecast?.firstToken(request);
    }
  }

  /**
   * Requests have completed in the step of an instance that has just ended. In this order: the time
   * with them is accounted for and the counters change, so that whoever is told below sees the truth;
   * each request ends, which may release another; last, whoever waits gets the room.
   */
  complete(id: number, requests: Int32Array, count: number): void {
    const { functionId } = this.#fleet.instances[id];
    const fn = this.#functions[functionId];
    fn.requestsChange();
    this.#fleet.leave(id, count);
    for (let i = 0; i < count; i++) this.#complete(fn, requests[i]);
    if (fn.isIdle) fn.idleTimes.becomesIdle(this.#clock.now);
  }

  #complete(fn: FunctionState, request: number): void {
    const { columns, outputLimit } = this.#run;
    const due = this.#limits?.leaves(request);
    fn.waiting.charge(request, outputLimit[request]);
    if (due !== undefined) return this.#cut(fn, request, due.outcome, due.atSeconds);
    const { firstTokenAtSeconds, completedAtSeconds, promptTokens } = columns;
    const gapSeconds = completedAtSeconds[request] - firstTokenAtSeconds[request];
    fn.demand?.completes(promptTokens[request], outputLimit[request], gapSeconds);
    this.#end(request, OUTCOME_CODE.completed);
  }

  /** A request has ended, one way or another. */
  #end(request: number, outcome: number): void {
    const { columns } = this.#run;
    columns.outcome[request] = outcome;
    this.counts.ends(outcome, columns.functionId[request]);
    this.#guard.progresses();
    this.#followUps.ended(request);
    this.counts.reportIfDue();
  }

  /** The time of a request was over at an instant: what came of it later has reached nobody. */
  #cut(fn: FunctionState, request: number, outcome: number, atSeconds: number): void {
    const { firstTokenAtSeconds } = this.#run.columns;
    this.#forecasts[fn.id]?.forget(request);
    if (firstTokenAtSeconds[request] > atSeconds) firstTokenAtSeconds[request] = NaN;
    this.#end(request, outcome);
  }

  /** A client has waited as long as it will; returns the instance that its request left, or -1. */
  clientGivesUp(request: number): number {
    const { outcome } = this.#run.columns;
    if (outcome[request] !== OUTCOME_CODE.unfinished) return -1;
    return this.#timeIsOver(request, OUTCOME_CODE.client_deadline);
  }

  /** A request has been in an instance as long as it may; returns the instance that it left, or -1. */
  executionEnds(request: number, stay: number): number {
    if (!this.#limits!.isIn(request, stay)) return -1;
    return this.#timeIsOver(request, OUTCOME_CODE.execution_limit);
  }

  /** A request is to end. It leaves now, unless it is in the step in progress: then when that ends. */
  #timeIsOver(request: number, outcome: number): number {
    const { columns } = this.#run;
    const { now } = this.#clock;
    const fn = this.#functions[columns.functionId[request]];
    fn.requestsChange();
    const { [request]: id } = columns.instanceId;
    if (id < 0) {
      fn.waiting.remove(request);
      if (fn.isIdle) fn.idleTimes.becomesIdle(now);
      this.#cut(fn, request, outcome, now);
      return -1;
    }
    const instance = this.#fleet.instances[id];
    const isOut = instance.engine.withdraw(request);
    if (isOut) {
      this.#leavesEarly(id, request, outcome, now);
      if (fn.isIdle) fn.idleTimes.becomesIdle(now);
    } else {
      this.#limits!.isToLeave(request, outcome, id);
      instance.engine.limit(now);
    }
    if (instance.engine.endAtSeconds < Infinity) this.#steps.endChanges(instance);
    return isOut ? id : -1;
  }

  #leavesEarly(id: number, request: number, outcome: number, atSeconds: number): void {
    const fn = this.#functions[this.#fleet.instances[id].functionId];
    this.#limits!.leaves(request);
    this.#fleet.leave(id, 1);
    fn.waiting.charge(request, this.#run.generated[request]);
    this.#cut(fn, request, outcome, atSeconds);
  }

  /** The step of an instance has ended: those leave whose time was over in it. Returns how many. */
  leaveAfterStep(id: number): number {
    if (this.#limits === undefined) return 0;
    let count = 0;
    const { engine, functionId } = this.#fleet.instances[id];
    const fn = this.#functions[functionId];
    for (const request of this.#limits.dueIn(id)) {
      if (!engine.withdraw(request)) continue;
      fn.requestsChange();
      const { outcome, atSeconds } = this.#limits.leaves(request)!;
      this.#leavesEarly(id, request, outcome, atSeconds);
      count++;
    }
    if (count > 0 && fn.isIdle) fn.idleTimes.becomesIdle(this.#clock.now);
    return count;
  }

  /** A wait has lasted as long as it may; nothing happens if that wait is over. */
  timeOut(request: number, ticket: number): void {
    const fn = this.#functions[this.#run.columns.functionId[request]];
    fn.requestsChange();
    if (!fn.waiting.giveUp(request, ticket)) return;
    this.#forecasts[fn.id]?.forget(request);
    if (fn.isIdle) fn.idleTimes.becomesIdle(this.#clock.now);
    this.#end(request, waitOutcome(fn));
  }

  /** A function's scaling has been decided on: if it has no instance again, nobody waits for one. */
  scalingDecided(functionId: number): void {
    const fn = this.#functions[functionId];
    if (fn.waiting.size === 0 || this.#clientsGiveUp || !fn.isClosedForGood) return;
    fn.requestsChange();
    for (let request = fn.waiting.any; request >= 0; request = fn.waiting.any) {
      fn.waiting.remove(request);
      this.#forecasts[functionId]?.forget(request);
      this.#end(request, OUTCOME_CODE.rejected_closed);
    }
    if (fn.isIdle) fn.idleTimes.becomesIdle(this.#clock.now);
  }

  /** An instance has drained as long as it may: it ends, and what is inside leaves it. */
  endDrain(id: number): void {
    const instance = this.#fleet.find(id);
    if (instance?.state !== InstanceState.draining) return;
    const fn = this.#functions[instance.functionId];
    const inside: number[] = [];
    fn.requestsChange();
    instance.engine.evict(this.#clock.now, inside);
    this.#steps.forget(id);
    this.#fleet.end(id, "drain-limit");
    const { inFlight } = fn.parts.scaling.drain!;
    for (const request of inside) {
      if (this.#displace(request, inFlight, OUTCOME_CODE.drain_limit)) this.#guard.requeued(fn);
    }
  }

  /** A request whose instance is lost fails, or goes to another or waits again; false if it fails. */
  displaced(request: number): boolean {
    return this.#displace(request, this.#parts.faults!.inFlight, OUTCOME_CODE.failed);
  }

  #displace(request: number, inFlight: DrainParts["inFlight"], outcome: number): boolean {
    const { columns, generated } = this.#run;
    const fn = this.#functions[columns.functionId[request]];
    const due = this.#limits?.leaves(request);
    if (due !== undefined || inFlight === "fail" || this.#waitRefusal(fn) > 0) {
      if (fn.isIdle) fn.idleTimes.becomesIdle(this.#clock.now);
      this.#cut(fn, request, due?.outcome ?? outcome, due?.atSeconds ?? this.#clock.now);
      return due !== undefined;
    }
    this.#run.latency?.leavesInstance(request, inFlight === "restart");
    if (inFlight === "restart" || generated[request] === 0) {
      generated[request] = 0;
      for (const column of ["scheduled", "firstToken", "completed"] as const) {
        columns[`${column}AtSeconds`][request] = NaN;
      }
      columns.maxTbtSeconds[request] = NaN;
    }
    columns.instanceId[request] = -1;
    if (fn.waiting.queued > 0 || !this.#dispatch.to(fn, request)) this.#haveWait(fn, request);
    return true;
  }
}
