import { OUTCOME_CODE } from "../metrics/recorder.ts";
import { Admission, AdmissionControl } from "../scheduling/admission/mod.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import { type ClusterState, Kind } from "./cluster_state.ts";
import { Priority } from "./event_order.ts";
import { Releases } from "./releases.ts";
import { RoutingView } from "./routing_view.ts";

/** Requests between two progress reports. */
const PROGRESS_STRIDE = 8192;

/**
 * The way of requests in and out of the cluster: admission, routing or waiting at the gateway, and
 * what an end sets off (the next turn of a session, the next request of a closed loop).
 */
export class FrontDoor {
  readonly #state: ClusterState;
  readonly #admission: AdmissionControl | undefined;
  readonly #routing: RoutingView;
  readonly #releases: Releases;
  #nextReport = PROGRESS_STRIDE;
  /** Requests that wait for an instance of their own, by instance. */
  readonly #boundTo = new Map<number, number>();

  constructor(state: ClusterState) {
    const { requests, admission } = state.parts;
    this.#state = state;
    this.#admission = admission && new AdmissionControl(admission);
    this.#routing = new RoutingView(state.fleet, requests);
    this.#releases = new Releases(state);
    // Who was to be served by it waits at the gateway like the others, unless another instance is free.
    state.fleet.onStartLost = (id) => {
      const request = this.#boundRequest(id);
      if (request < 0) return;
      const functionId = state.fleet.functionOf[id];
      this.#enqueue(functionId, request);
      this.drainGateway(functionId);
    };
  }

  arrive(request: number): void {
    const { functions } = this.#state.parts;
    const { columns } = this.#state.run;
    this.#state.arrived++;
    const functionId = columns.functionId[request];
    const scaler = this.#state.scalers[functionId];
    if (scaler) {
      scaler.touch(this.#state.now);
      scaler.arrivals++;
    }
    const { engine } = functions[functionId];
    const prompt = columns.promptTokens[request];
    if (prompt >= engine.windowTokens) {
      return this.#end(request, OUTCOME_CODE.rejected_window);
    }
    const tokens = prompt + this.#state.run.outputLimit[request] - 1;
    if (tokens > engine.kvBlocks * engine.blockTokens) {
      return this.#end(request, OUTCOME_CODE.rejected_capacity);
    }
    const gateway = this.#state.gateways[functionId];
    if (this.#admission !== undefined) {
      const refusal = this.#refusal(functionId, request);
      if (refusal > 0) return this.#end(request, refusal);
      gateway.admitted(request);
    }
    if (gateway.size === 0 && this.#dispatch(functionId, request)) {
      this.#state.keepAlives[functionId].arrives(this.#state.now);
      return gateway.passThrough(request, this.#state.now);
    }
    this.#hold(functionId, request);
  }

  /** Why admission turns the request away; 0 when it does not, or there is no place for it anyway. */
  #refusal(functionId: number, request: number): number {
    const gateway = this.#state.gateways[functionId];
    const mustWait = gateway.size > 0 ||
      !this.#routing.hasRoom(this.#state.fleet.functions[functionId]);
    if (mustWait && this.#holdRefusal(functionId) > 0) return 0;
    const { columns } = this.#state.run;
    const decision = this.#admission!.decide({
      nowSeconds: this.#state.now,
      classId: columns.classId[request],
      promptTokens: columns.promptTokens[request],
      predictedTtftSeconds: () => gateway.predictTtftSeconds(request),
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
  #dispatch(functionId: number, request: number): boolean {
    const fleet = this.#state.fleet.functions[functionId];
    const id = this.#routing.pick(fleet, request, this.#state.now);
    if (id < 0) return false;
    this.#giveTo(id, functionId, request);
    return true;
  }

  /** Hands a request to a ready instance. */
  #giveTo(id: number, functionId: number, request: number): void {
    const fleet = this.#state.fleet.functions[functionId];
    const { columns } = this.#state.run;
    columns.instanceId[request] = id;
    const readyAt = this.#state.fleet.readyAtSeconds[id];
    const arrivedAt = columns.arrivalAtSeconds[request];
    if (readyAt > arrivedAt && Number.isNaN(columns.firstTokenAtSeconds[request])) {
      columns.coldStartWaitSeconds[request] = readyAt - arrivedAt;
      const { run } = this.#state;
      run.waitedFor ??= new Int32Array(columns.count).fill(-1);
      run.waitedFor[request] = id;
    }
    const engine = this.#state.fleet.engines[id];
    const endBefore = engine.endAtSeconds;
    engine.enqueue(request);
    this.#state.fleet.outstanding[id]++;
    fleet.inFlight++;
    if (engine.outstanding === 1) {
      this.#state.fleet.state[id] = InstanceState.busy;
      this.#state.fleet.idleSpell[id]++;
    }
    if (engine.needsPlan) this.#state.planLater(id);
    else if (engine.endAtSeconds < endBefore) {
      const { stepEnds } = this.#state;
      stepEnds.keyOf[id] = engine.endAtSeconds;
      stepEnds.update(id);
    }
  }

  /** The request that an instance was started for, which is not bound any more; -1 for none. */
  #boundRequest(id: number): number {
    const request = this.#boundTo.get(id);
    if (request === undefined) return -1;
    this.#boundTo.delete(id);
    const functionId = this.#state.fleet.functionOf[id];
    this.#state.fleet.functions[functionId].bound--;
    this.#state.gateways[functionId].unbind(request);
    return request;
  }

  /** Tells the autoscaler, whose averages have been brought up to now, how many requests wait. */
  #showQueue(functionId: number): void {
    const scaler = this.#state.scalers[functionId];
    if (scaler) scaler.queued = this.#state.gateways[functionId].waiting;
  }

  /** Whether a request that no instance can take starts one. */
  #willStart(functionId: number): boolean {
    const { scaling } = this.#state.parts.functions[functionId];
    const { size } = this.#state.fleet.functions[functionId];
    return size < scaling.maxInstances &&
      (scaling.activation === "each" || (scaling.activation === "first" && size === 0));
  }

  /** Why a request that no instance can take is not held; 0 when it is. */
  #holdRefusal(functionId: number): number {
    const { noCapacity, scaling } = this.#state.parts.functions[functionId];
    const comes = scaling.activation === "each" && this.#willStart(functionId);
    if (noCapacity.action === "reject" && !comes) return OUTCOME_CODE.rejected_no_instance;
    return this.#state.gateways[functionId].size >= noCapacity.limit
      ? OUTCOME_CODE.rejected_queue_full
      : 0;
  }

  /** No instance can take the request: hold it or turn it away, and see that one comes. */
  #hold(functionId: number, request: number): void {
    const { noCapacity } = this.#state.parts.functions[functionId];
    const gateway = this.#state.gateways[functionId];
    let willStart = this.#willStart(functionId);
    const refusal = this.#holdRefusal(functionId);
    if (refusal > 0) {
      if (willStart && noCapacity.action === "reject") {
        this.#state.fleet.start(functionId, this.#state.now);
      }
      gateway.forget(request);
      return this.#end(request, refusal);
    }
    this.#state.keepAlives[functionId].arrives(this.#state.now);
    if (willStart && this.#state.parts.functions[functionId].scaling.bindsStarts) {
      const id = this.#state.fleet.start(functionId, this.#state.now);
      if (id >= 0) {
        this.#boundTo.set(id, request);
        this.#state.fleet.functions[functionId].bound++;
        gateway.bind(request, this.#state.now);
        return this.#showQueue(functionId);
      }
      willStart = false;
    }
    this.#enqueue(functionId, request);
    if (willStart) this.#state.fleet.start(functionId, this.#state.now);
  }

  /** Puts a request into the gateway's queue, where it gives up after a while. */
  #enqueue(functionId: number, request: number): void {
    const { timeoutSeconds } = this.#state.parts.functions[functionId].noCapacity;
    this.#state.gateways[functionId].push(request, this.#state.now);
    this.#showQueue(functionId);
    if (timeoutSeconds === Infinity) return;
    const at = this.#state.now + timeoutSeconds;
    this.#state.queue.push(at, Priority.timeout, Kind.timeout, request);
  }

  /** Serves the gateway's queue as far as instances can take requests. */
  drainGateway(functionId: number): void {
    const gateway = this.#state.gateways[functionId];
    if (gateway.size === 0) return;
    this.#state.scalers[functionId]?.touch(this.#state.now);
    while (gateway.size > 0 && this.#dispatch(functionId, gateway.peek())) gateway.pop();
    this.#showQueue(functionId);
  }

  complete(functionId: number, request: number): void {
    this.#state.gateways[functionId].completed(request);
    const scaler = this.#state.scalers[functionId];
    this.#state.completed++;
    if (scaler) {
      const { columns, outputLimit } = this.#state.run;
      scaler.completions++;
      const first = columns.firstTokenAtSeconds[request];
      const last = columns.completedAtSeconds[request];
      const gaps = outputLimit[request] - 1;
      scaler.observe(first - columns.arrivalAtSeconds[request], last - first, gaps);
    }
    this.#end(request, OUTCOME_CODE.completed);
  }

  /** A request has ended, one way or another. */
  #end(request: number, outcome: number): void {
    this.#state.run.columns.outcome[request] = outcome;
    this.#state.ended++;
    this.#state.evaluationsWithoutProgress = 0;
    this.#releases.ended(request);
    if (this.#state.ended >= this.#nextReport) this.report();
  }

  /** Tells whoever asked how far the run is. */
  report(): void {
    const { arrived, ended, now, parts: { requests, onProgress } } = this.#state;
    this.#nextReport = ended + PROGRESS_STRIDE;
    onProgress?.(ended / requests.count, now, {
      requestsInside: arrived - ended,
      instancesMade: this.#state.fleet.state.length,
      instances: this.#state.fleet.alive.length,
    });
  }

  timeOut(request: number): void {
    const functionId = this.#state.run.columns.functionId[request];
    const gateway = this.#state.gateways[functionId];
    if (!gateway.remove(request)) return;
    gateway.forget(request);
    if (this.#state.isIdle(functionId)) {
      this.#state.keepAlives[functionId].becomesIdle(this.#state.now);
    }
    this.#state.scalers[functionId]?.touch(this.#state.now);
    this.#showQueue(functionId);
    this.#end(request, OUTCOME_CODE.timed_out);
  }

  /** A request whose instance is lost fails, or goes to the gateway again. */
  rescue(request: number): boolean {
    const { inFlight } = this.#state.parts.faults!;
    const { columns, generated } = this.#state.run;
    const functionId = columns.functionId[request];
    if (inFlight === "fail" || this.#holdRefusal(functionId) > 0) {
      if (this.#state.isIdle(functionId)) {
        this.#state.keepAlives[functionId].becomesIdle(this.#state.now);
      }
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
    if (this.#state.gateways[functionId].size === 0 && this.#dispatch(functionId, request)) {
      return true;
    }
    this.#hold(functionId, request);
    return true;
  }

  /** An instance is ready: whoever it was started for comes first, then who waits. */
  serveFrom(id: number): void {
    const functionId = this.#state.fleet.functionOf[id];
    const bound = this.#boundRequest(id);
    if (bound >= 0) {
      this.#state.scalers[functionId]?.touch(this.#state.now);
      this.#giveTo(id, functionId, bound);
      this.#showQueue(functionId);
    }
    this.drainGateway(functionId);
  }

  /** Requests that wait for an instance of their own. */
  get bound(): number {
    return this.#boundTo.size;
  }
}
