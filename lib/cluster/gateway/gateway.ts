import type { Clock } from "../../engine/clock.ts";
import type { RunColumns } from "../../engine/engine_parts.ts";
import { OUTCOME_CODE } from "../../metrics/recorder.ts";
import { Admission, AdmissionControl } from "../../scheduling/admission/mod.ts";
import type { ClusterParts } from "../cluster_parts.ts";
import type { EngineSteps } from "../engine_steps.ts";
import { EVENTS } from "../events.ts";
import type { Evaluations } from "../fleet/evaluations.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { FunctionState } from "../functions/function_state.ts";
import type { ProgressGuard } from "../progress_guard.ts";
import type { Schedule } from "../schedule.ts";
import { FollowUps } from "./follow_ups.ts";
import { RoutingView } from "./routing_view.ts";
import { TtftForecast } from "./ttft_forecast.ts";
import { WorkloadArrivals } from "./workload_arrivals.ts";

/** Requests between two progress reports. */
const PROGRESS_STRIDE = 8192;

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
  readonly arrivals: WorkloadArrivals;
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
  readonly #routing: RoutingView;
  readonly #followUps: FollowUps;
  /** By function; none where nobody asks for them. */
  readonly #forecasts: readonly TtftForecast[];
  #nextReport = PROGRESS_STRIDE;
  #arrived = 0;
  #ended = 0;
  #completed = 0;
  /** Integral of the requests that have arrived and not ended, request-seconds, up to an instant. */
  #requestSeconds = 0;
  #accruedAtSeconds = 0;

  constructor(
    { parts, run, clock, schedule, fleet, evaluations, steps, guard }: GatewayDependencies,
  ) {
    const { requests, admission } = parts;
    this.#parts = parts;
    this.#run = run;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#fleet = fleet;
    this.#evaluations = evaluations;
    this.#functions = fleet.functions;
    this.#steps = steps;
    this.#guard = guard;
    this.#admission = admission && new AdmissionControl(admission);
    this.arrivals = new WorkloadArrivals(requests);
    this.#routing = new RoutingView(fleet, requests, clock, run.prefixes);
    this.#followUps = new FollowUps(parts, run, clock, schedule);
    const isForeseen = (admission?.ttftLimitSeconds?.size ?? 0) > 0;
    this.#forecasts = isForeseen
      ? fleet.functions.map((fn) => new TtftForecast(fn, fleet.instances, run))
      : [];
  }

  /** Requests that have arrived. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Requests that have ended, one way or another. */
  get ended(): number {
    return this.#ended;
  }

  /** Requests that have completed. */
  get completed(): number {
    return this.#completed;
  }

  /** Integral of the requests that have arrived and not ended, request-seconds, by now. */
  get requestSeconds(): number {
    this.#accrue();
    return this.#requestSeconds;
  }

  #accrue(): void {
    const { now } = this.#clock;
    this.#requestSeconds += (this.#arrived - this.#ended) * (now - this.#accruedAtSeconds);
    this.#accruedAtSeconds = now;
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
    this.#accrue();
    this.#arrived++;
    const fn = this.#functions[columns.functionId[request]];
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
    if (fn.waiting.queued === 0 && this.#dispatch(fn, request)) {
      fn.idleTimes.arrives(this.#clock.now);
      return fn.waiting.passThrough(request, this.#clock.now);
    }
    this.#haveWait(fn, request);
  }

  /** Why admission turns the request away; 0 when it does not, or there is no place for it anyway. */
  #admissionRefusal(fn: FunctionState, request: number): number {
    const mustWait = fn.waiting.queued > 0 || !this.#routing.hasRoom(fn);
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

  /** Hands a request to an instance; false when none can take it. */
  #dispatch(fn: FunctionState, request: number): boolean {
    const id = this.#routing.pick(fn, request);
    if (id < 0) return false;
    this.#giveTo(id, request);
    return true;
  }

  /** Hands a request to a ready instance. */
  #giveTo(id: number, request: number): void {
    const { columns } = this.#run;
    const instance = this.#fleet.instances[id];
    const { engine, readyAtSeconds } = instance;
    columns.instanceId[request] = id;
    const arrivedAtSeconds = columns.arrivalAtSeconds[request];
    if (
      readyAtSeconds > arrivedAtSeconds && Number.isNaN(columns.firstTokenAtSeconds[request])
    ) {
      columns.coldStartWaitSeconds[request] = readyAtSeconds - arrivedAtSeconds;
      this.#run.waitedFor ??= new Int32Array(columns.count).fill(-1);
      this.#run.waitedFor[request] = id;
    }
    const endBefore = engine.endAtSeconds;
    engine.enqueue(request);
    this.#fleet.enters(id);
    if (engine.needsPlan) this.#steps.formLater(id);
    else if (engine.endAtSeconds < endBefore) this.#steps.endChanges(instance);
  }

  /** Whether a request that no instance can take starts one. */
  #willStart(fn: FunctionState): boolean {
    const { parts: { scaling }, size } = fn;
    if (size >= scaling.maxInstances) return false;
    switch (scaling.activation) {
      case "each":
        return true;
      case "join":
        return !fn.hasRoomComing;
      case "first":
        return size === 0;
      case "none":
        return false;
    }
  }

  /** Starts an instance for a request and returns it; -1 when it waits for free GPUs. */
  #start(fn: FunctionState): number {
    fn.asksForInstance();
    return this.#fleet.start(fn.id);
  }

  /** Why a request that no instance can take may not wait; 0 when it may. */
  #waitRefusal(fn: FunctionState): number {
    const { noCapacity, scaling } = fn.parts;
    const { activation } = scaling;
    const comes = activation === "join" && fn.hasRoomComing ||
      (activation === "each" || activation === "join") && this.#willStart(fn);
    if (noCapacity.action === "reject" && !comes) return OUTCOME_CODE.rejected_no_instance;
    return fn.waiting.size >= noCapacity.limit ? OUTCOME_CODE.rejected_queue_full : 0;
  }

  /** No instance can take the request: it waits or is turned away, and an instance is to come. */
  #haveWait(fn: FunctionState, request: number): void {
    const { noCapacity, scaling } = fn.parts;
    const { now } = this.#clock;
    let willStart = this.#willStart(fn);
    const refusal = this.#waitRefusal(fn);
    if (refusal > 0) {
      if (willStart && noCapacity.action === "reject") this.#start(fn);
      this.#forecasts[fn.id]?.forget(request);
      return this.#end(request, refusal);
    }
    fn.idleTimes.arrives(now);
    fn.requestsChange();
    const reserved = willStart && scaling.reservesStarts ? this.#start(fn) : -1;
    if (reserved >= 0) {
      fn.waiting.reserve(request, reserved, now);
      willStart = false;
    } else {
      // Where the reserved start waits for GPUs, the request waits for any instance.
      if (scaling.reservesStarts) willStart = false;
      fn.waiting.push(request, now);
    }
    if (noCapacity.timeoutSeconds < Infinity) {
      const ticket = fn.waiting.ticket(request);
      this.#schedule.at(EVENTS.timeout, now + noCapacity.timeoutSeconds, request, ticket);
    }
    if (willStart) this.#start(fn);
  }

  /** Serves those that wait in a function's queue as far as instances can take them. */
  serve(functionId: number): void {
    const fn = this.#functions[functionId];
    if (fn.waiting.queued === 0) return;
    fn.requestsChange();
    while (fn.waiting.queued > 0 && this.#dispatch(fn, fn.waiting.peek())) fn.waiting.pop();
  }

  /** An instance is ready: whoever it was started for comes first, then who waits. */
  serveFrom(id: number): void {
    const { functionId } = this.#fleet.instances[id];
    const request = this.#functions[functionId].waiting.takeReserved(id);
    if (request >= 0) this.#giveTo(id, request);
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
    this.#completed++;
    fn.waiting.charge(request, outputLimit[request]);
    const { firstTokenAtSeconds, completedAtSeconds } = columns;
    const gapSeconds = completedAtSeconds[request] - firstTokenAtSeconds[request];
    fn.demand?.completes(outputLimit[request] - 1, gapSeconds);
    this.#end(request, OUTCOME_CODE.completed);
  }

  /** A request has ended, one way or another. */
  #end(request: number, outcome: number): void {
    this.#run.columns.outcome[request] = outcome;
    this.#accrue();
    this.#ended++;
    this.#guard.progresses();
    this.#followUps.ended(request);
    if (this.#ended >= this.#nextReport) this.report();
  }

  /** Tells whoever asked how far the run is. */
  report(): void {
    const { requests, onProgress } = this.#parts;
    this.#nextReport = this.#ended + PROGRESS_STRIDE;
    onProgress?.(this.#ended / requests.count, this.#clock.now, {
      requestsInside: this.#arrived - this.#ended,
      instancesMade: this.#fleet.instances.length,
      instances: this.#fleet.alive.length,
    });
  }

  /** A wait has lasted as long as it may; nothing happens if that wait is over. */
  timeOut(request: number, ticket: number): void {
    const fn = this.#functions[this.#run.columns.functionId[request]];
    fn.requestsChange();
    if (!fn.waiting.giveUp(request, ticket)) return;
    this.#forecasts[fn.id]?.forget(request);
    if (fn.isIdle) fn.idleTimes.becomesIdle(this.#clock.now);
    this.#end(request, OUTCOME_CODE.timed_out);
  }

  /** A request whose instance is lost fails, or goes to another or waits again; false if it fails. */
  displaced(request: number): boolean {
    const { inFlight } = this.#parts.faults!;
    const { columns, generated } = this.#run;
    const fn = this.#functions[columns.functionId[request]];
    if (inFlight === "fail" || this.#waitRefusal(fn) > 0) {
      if (fn.isIdle) fn.idleTimes.becomesIdle(this.#clock.now);
      this.#forecasts[fn.id]?.forget(request);
      this.#end(request, OUTCOME_CODE.failed);
      return false;
    }
    if (inFlight === "restart" || generated[request] === 0) {
      generated[request] = 0;
      for (const column of ["scheduled", "firstToken", "completed"] as const) {
        columns[`${column}AtSeconds`][request] = NaN;
      }
      columns.maxTbtSeconds[request] = NaN;
    }
    columns.instanceId[request] = -1;
    if (fn.waiting.queued === 0 && this.#dispatch(fn, request)) return true;
    this.#haveWait(fn, request);
    return true;
  }
}
