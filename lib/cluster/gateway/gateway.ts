import type { Clock } from "../../engine/clock.ts";
import type { RunColumns } from "../../engine/engine_parts.ts";
import { OUTCOME_CODE } from "../../metrics/recorder.ts";
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
import type { Handoffs } from "../handoff/handoffs.ts";
import type { MigrationGateway, Migrations } from "../handoff/migrations.ts";
import { AdmissionGate } from "./admission_gate.ts";
import { Dispatch, goesOn } from "./dispatch.ts";
import { EarlyLeaves } from "./early_leaves.ts";
import { allGiveUp, waitOutcome, waitRefusal, willStart } from "./no_capacity.ts";
import { RequestCounts } from "./request_counts.ts";
import { RequestEnds } from "./request_ends.ts";
import { RoutingView } from "./routing_view.ts";
import { sizeRefusal } from "./size_refusal.ts";
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
  /** Absent where no requests go from one group of instances to another. */
  readonly handoffs: Handoffs | undefined;
  /** Absent where running requests stay. */
  readonly migrations: Migrations | undefined;
}

/**
 * The way of requests in and out of the cluster: admission, routing or waiting, and what an end sets
 * off (the next turn of a session, the next request of a closed loop).
 */
export class Gateway implements MigrationGateway {
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
  readonly #admission: AdmissionGate | undefined;
  /** Absent where no requests go from one group of instances to another. */
  readonly #handoffs: Handoffs | undefined;
  readonly #migrations: Migrations | undefined;
  readonly #dispatch: Dispatch;
  readonly #ends: RequestEnds;
  /** Who leaves before its end; absent where the time of requests has no limit. */
  readonly early: EarlyLeaves | undefined;
  /** By function; none where nobody asks for them. */
  readonly #forecasts: readonly TtftForecast[];
  /** Absent where the time of requests has no limit. */
  readonly #limits: TimeLimits | undefined;
  readonly #clientsGiveUp: boolean;

  constructor(
    { parts, run, clock, schedule, fleet, evaluations, steps, guard, handoffs, migrations }:
      GatewayDependencies,
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
    this.#admission = admission && new AdmissionGate(admission, run.columns, clock);
    this.#handoffs = handoffs;
    this.#migrations = migrations;
    this.arrivals = arrivalsByClock(parts);
    this.counts = new RequestCounts(parts, clock, fleet);
    if (TimeLimits.has(parts)) {
      this.#limits = new TimeLimits(parts, run.columns.classId, clock, schedule);
    }
    const routing = new RoutingView(fleet, requests, clock, run.prefixes);
    this.#dispatch = new Dispatch({ routing, run, fleet, steps, limits: this.#limits, handoffs });
    const isForeseen = (admission?.ttftLimitSeconds?.size ?? 0) > 0;
    this.#forecasts = isForeseen
      ? fleet.functions.map((fn) => new TtftForecast(fn, fleet.instances, run))
      : [];
    const { counts } = this;
    const forecasts = this.#forecasts;
    const ends = new RequestEnds({
      parts,
      run,
      clock,
      schedule,
      guard,
      handoffs,
      counts,
      forecasts,
    });
    this.#ends = ends;
    const limits = this.#limits;
    if (limits) this.early = new EarlyLeaves({ run, clock, fleet, steps, handoffs, limits, ends });
  }

  /** Whether a request may still arrive: by the clock, or since another ends or has ended. */
  get mayArrive(): boolean {
    return this.arrivals.isMore || this.#ends.followUps.isAnyPending ||
      (this.#ends.followUps.hasAny && this.#functions.some(({ inFlight }) => inFlight > 0));
  }

  /** A request of the workload is due; those that another's end releases are passed over. */
  arriveByClock(): void {
    const request = this.arrivals.take();
    if (request >= 0) this.arrive(request);
  }

  /** A request arrives that the end of another has released. */
  releasedArrival(request: number): void {
    this.#ends.followUps.arrived();
    this.arrive(request);
  }

  /** A request arrives: it is turned away, goes to an instance, or waits. */
  arrive(request: number): void {
    const { columns, outputLimit } = this.#run;
    const fn = this.#functions[columns.functionId[request]];
    this.counts.arrives(fn.id);
    this.#evaluations.wake(fn);
    this.#migrations?.wake(fn);
    fn.arrives();
    const { [request]: prompt } = columns.promptTokens;
    const tooLarge = sizeRefusal(this.#functions, fn.parts, prompt, outputLimit[request]);
    if (tooLarge > 0) return this.#ends.end(request, tooLarge);
    if (this.#admission !== undefined) {
      const refusal = this.#admissionRefusal(fn, request);
      if (refusal > 0) return this.#ends.end(request, refusal);
      this.#forecasts[fn.id]?.admitted(request);
    }
    this.#limits?.arrives(request);
    this.#goesTo(fn, request);
  }

  goesOnIn(id: number, request: number): void {
    this.#limits?.leaves(request);
    this.#dispatch.give(id, request);
  }

  reroute(request: number): void {
    this.#limits?.leaves(request);
    const { columns, generated, latency } = this.#run;
    latency?.leavesInstance(request, false);
    // Of a prompt that was preempted nothing is left.
    if (generated[request] === 0) this.#forgetProgress(request);
    const fn = this.#functions[columns.functionId[request]];
    if (fn.waiting.queued > 0 || !this.#dispatch.to(fn, request)) this.#haveWait(fn, request);
  }

  /** A request comes to a function: it goes to an instance, or waits. */
  #goesTo(fn: FunctionState, request: number): void {
    if (goesOn(fn) && this.#dispatch.to(fn, request, true)) {
      fn.idleTimes.arrives(this.#clock.now);
      return fn.waiting.passThrough(request, this.#clock.now);
    }
    this.#haveWait(fn, request);
  }

  /**
   * The step of an instance has ended that hands its requests on: those that have their first token
   * leave it and come to the other group. Returns how many.
   */
  handOver(id: number): number {
    if (this.#handoffs === undefined) return 0;
    const instance = this.#fleet.instances[id];
    const requests = this.#handoffs.take(instance);
    if (requests.length === 0) return 0;
    for (const request of requests) {
      this.#limits?.leaves(request);
      const to = this.#handoffs.functionOf(request)!;
      this.#evaluations.wake(to);
      to.arrives();
      this.#goesTo(to, request);
    }
    const fn = this.#functions[instance.functionId];
    if (fn.isIdle) fn.idleTimes.becomesIdle(this.#clock.now);
    return requests.length;
  }

  /** Why admission turns the request away; 0 when it does not, or there is no place for it anyway. */
  #admissionRefusal(fn: FunctionState, request: number): number {
    const mustWait = !goesOn(fn) || !this.#dispatch.routing.hasRoom(fn, true);
    if (mustWait && this.#waitRefusal(fn) > 0) return 0;
    return this.#admission!.refusal(request, this.#forecasts[fn.id]);
  }

  #waitRefusal(fn: FunctionState): number {
    return waitRefusal(fn, this.#clock.now, this.#clientsGiveUp);
  }

  /** Starts an instance for a request and returns it; -1 when it waits for free GPUs. */
  #start(fn: FunctionState): number {
    const { handoff } = fn.parts;
    if (handoff?.startsToo === true) {
      const { [handoff.to]: next } = this.#functions;
      if (next.size === 0 && willStart(next, this.#clock.now)) this.#start(next);
    }
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
      return this.#ends.end(request, refusal);
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
      // Of which group's wait the ticket is: each function has tickets of its own.
      const isOnItsWay = this.#handoffs?.has(request) ? 1 : 0;
      const ticket = 2 * fn.waiting.ticket(request) + isOnItsWay;
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
    if (due !== undefined) return this.#ends.cut(fn, request, due.outcome, due.atSeconds);
    const { firstTokenAtSeconds, completedAtSeconds, promptTokens } = columns;
    const gapSeconds = completedAtSeconds[request] - firstTokenAtSeconds[request];
    fn.demand?.completes(promptTokens[request], outputLimit[request], gapSeconds);
    this.#ends.end(request, OUTCOME_CODE.completed);
  }

  /** A wait has lasted as long as it may; nothing happens if that wait is over. */
  timeOut(request: number, ticket: number): void {
    const { [request]: own } = this.#run.columns.functionId;
    const fn = ticket % 2 === 0 ? this.#functions[own] : this.#handoffs!.functionOf(request);
    if (fn === undefined) return;
    fn.requestsChange();
    if (!fn.waiting.giveUp(request, Math.floor(ticket / 2))) return;
    this.#forecasts[fn.id]?.forget(request);
    if (fn.isIdle) fn.idleTimes.becomesIdle(this.#clock.now);
    this.#ends.end(request, waitOutcome(fn));
  }

  /** A function's scaling has been decided on: if it has no instance again, nobody waits for one. */
  scalingDecided(functionId: number): void {
    const fn = this.#functions[functionId];
    if (fn.waiting.size === 0 || this.#clientsGiveUp || !fn.isClosedForGood) return;
    fn.requestsChange();
    for (let request = fn.waiting.any; request >= 0; request = fn.waiting.any) {
      fn.waiting.remove(request);
      this.#forecasts[functionId]?.forget(request);
      this.#ends.end(request, OUTCOME_CODE.rejected_closed);
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
    this.losesEntries(id, inside);
    const { inFlight } = fn.parts.scaling.drain!;
    for (const request of inside) {
      if (this.#displace(request, inFlight, OUTCOME_CODE.drain_limit)) this.#guard.requeued(fn);
    }
  }

  /** An instance is gone; the requests whose entries it kept and that are elsewhere are added. */
  losesEntries(id: number, displaced: number[]): void {
    this.#handoffs?.losesEntries(id, displaced);
  }

  /** A request whose instance is lost fails, or goes to another or waits again; false if it fails. */
  displaced(request: number): boolean {
    return this.#displace(request, this.#parts.faults!.inFlight, OUTCOME_CODE.failed);
  }

  #displace(request: number, inFlight: DrainParts["inFlight"], outcome: number): boolean {
    const { columns, generated, latency } = this.#run;
    const isBegunAnew = inFlight === "restart" || generated[request] === 0;
    // Who has its entries elsewhere goes to another instance that takes them.
    if (isBegunAnew) this.#handoffs?.forget(request);
    else if (this.#handoffs?.has(request)) this.#handoffs.losesTarget(request);
    const fn = this.#handoffs?.functionOf(request) ?? this.#functions[columns.functionId[request]];
    const due = this.#limits?.leaves(request);
    if (due !== undefined || inFlight === "fail" || this.#waitRefusal(fn) > 0) {
      if (fn.isIdle) fn.idleTimes.becomesIdle(this.#clock.now);
      this.#ends.cut(fn, request, due?.outcome ?? outcome, due?.atSeconds ?? this.#clock.now);
      return due !== undefined;
    }
    latency?.leavesInstance(request, inFlight === "restart");
    if (isBegunAnew) this.#forgetProgress(request);
    columns.instanceId[request] = -1;
    if (fn.waiting.queued > 0 || !this.#dispatch.to(fn, request)) this.#haveWait(fn, request);
    return true;
  }

  /** Nothing of a request has been computed. */
  #forgetProgress(request: number): void {
    const { columns, generated } = this.#run;
    generated[request] = 0;
    for (const column of ["scheduled", "firstToken", "completed"] as const) {
      columns[`${column}AtSeconds`][request] = NaN;
    }
    columns.maxTbtSeconds[request] = NaN;
  }
}
