import { OUTCOME_CODE, requestColumns } from "../metrics/recorder.ts";
import type { RunRecord } from "../metrics/run_record.ts";
import { Admission, AdmissionControl } from "../scheduling/admission/mod.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import { EventQueue } from "../sim/event_queue.ts";
import { IndexedHeap } from "../sim/indexed_heap.ts";
import { GapSketch } from "../stats/gap_sketch.ts";
import type { RequestTable } from "../workload/request_table.ts";
import { Autoscaler } from "./autoscaler.ts";
import type { ClusterParts } from "./cluster_parts.ts";
import type { RunColumns } from "./engine_parts.ts";
import { Priority } from "./event_order.ts";
import { type FaultHost, FaultInjector } from "./fault_injector.ts";
import { Fleet } from "./fleet.ts";
import { Gateway } from "./gateway.ts";
import { KeepAlive } from "./keep_alive.ts";
import { RoutingView } from "./routing_view.ts";
import { Sampler } from "./sampler.ts";

const Kind = {
  release: 0,
  timeout: 1,
  keepAlive: 2,
  scaling: 3,
  actuation: 4,
  sample: 5,
  prewarm: 6,
  /** Fault events follow, from this number on. */
  fault: 8,
  warmup: 7,
} as const;
/** Requests between two progress reports. */
const PROGRESS_STRIDE = 8192;
/** Scaling evaluations without any progress after which a run with waiting requests is stuck. */
const STUCK_EVALUATIONS = 100_000;

/**
 * Runs a cluster until every request has ended (and the horizon is reached), or until
 * `stopAtSeconds`. Deterministic: equal parts give equal results to the byte.
 *
 * @throws {RangeError} If the run cannot go on: a request waits and no instance will ever come.
 */
export function simulateCluster(parts: ClusterParts): RunRecord {
  return new Simulation(parts).run();
}

/** One run of the cluster loop. */
class Simulation {
  readonly #parts: ClusterParts;
  readonly #run: RunColumns;
  readonly #fleet: Fleet;
  readonly #queue = new EventQueue();
  /** End of the step in progress by instance. */
  readonly #stepEnds = new IndexedHeap();
  readonly #gateways: Gateway[];
  readonly #admission: AdmissionControl | undefined;
  readonly #scalers: (Autoscaler | undefined)[];
  readonly #keepAlives: KeepAlive[];
  /** Requests that wait for an instance of their own, by instance. */
  readonly #boundTo = new Map<number, number>();
  readonly #faults: FaultInjector | undefined;
  readonly #routing: RoutingView;
  readonly #sampler: Sampler;
  /** Instances whose engine forms a step at the end of this instant. */
  readonly #toPlan: number[] = [];
  readonly #successors: Map<number, number[]> | undefined;
  readonly #warmupGaps = new GapSketch();
  #isWarmingUp = false;
  #now = 0;
  #nextArrival = 0;
  #arrived = 0;
  #ended = 0;
  #completed = 0;
  #nextClosed = 0;
  #evaluationsWithoutProgress = 0;
  #nextReport = PROGRESS_STRIDE;

  constructor(parts: ClusterParts) {
    const { requests, functions } = parts;
    this.#parts = parts;
    const outputLimit = outputLimits(parts);
    const columns = { ...requestColumns(requests), outputTokens: outputLimit };
    forgetArrivals(requests, columns.arrivalAtSeconds);
    this.#run = {
      columns,
      generated: new Int32Array(requests.count),
      outputLimit,
      gaps: new GapSketch(),
    };
    this.#fleet = new Fleet(parts, this.#run);
    const { admission } = parts;
    this.#admission = admission && new AdmissionControl(admission);
    const predicts = (admission?.ttftLimitSeconds?.size ?? 0) > 0;
    this.#gateways = functions.map((_, id) => new Gateway(this.#fleet, id, this.#run, predicts));
    this.#scalers = functions.map((f, id) =>
      f.scaling.decider ? new Autoscaler(this.#fleet, id) : undefined
    );
    this.#faults = parts.faults && new FaultInjector(parts.faults, this.#fleet, this.#faultHost());
    // Who was to be served by it waits at the gateway like the others.
    this.#fleet.onStartLost = (id) => {
      const request = this.#boundRequest(id);
      if (request >= 0) this.#gateways[this.#fleet.functionOf[id]].push(request, this.#now);
    };
    this.#keepAlives = functions.map(({ scaling }) => new KeepAlive(scaling));
    this.#routing = new RoutingView(this.#fleet, requests);
    this.#sampler = new Sampler(this.#fleet);
    this.#successors = successorsOf(requests.afterRequest);
  }

  run(): RunRecord {
    const { requests, stopAtSeconds, horizonSeconds } = this.#parts;
    this.#begin();
    const { arrivalAtSeconds } = requests;
    const scheduled = this.#scheduledArrivals();
    const queue = this.#queue;
    for (;;) {
      const stepEnd = this.#stepEnds.firstKey;
      const startEvent = this.#fleet.nextStartSeconds;
      const arrival = this.#nextArrival < scheduled
        ? arrivalAtSeconds[this.#nextArrival]
        : Infinity;
      const event = queue.nextSeconds;
      let next = stepEnd < arrival ? stepEnd : arrival;
      if (startEvent < next) next = startEvent;
      if (event < next) next = event;
      if (this.#toPlan.length > 0 && next > this.#now) {
        this.#plan();
        continue;
      }
      if (this.#ended === requests.count && next > horizonSeconds) break;
      if (next > stopAtSeconds || next === Infinity) break;
      this.#now = next;
      if (stepEnd <= next) this.#finishStep(this.#stepEnds.firstId, arrival);
      else if (startEvent <= next) this.#fleet.advanceStarts(next, this.#onReady);
      else if (arrival <= next) this.#arriveByClock(this.#nextArrival++);
      else {
        queue.pop();
        this.#handle(queue.kind, queue.a, queue.b);
      }
      if (this.#fleet.mayStartPending) this.#fleet.startPending(next);
    }
    return this.#result();
  }

  /** Brings up the first instances and schedules the periodic events. */
  #begin(): void {
    const { functions, sampleSeconds, requests, warmupSeconds = 0 } = this.#parts;
    this.#faults?.begin();
    functions.forEach((f, id) => {
      for (let i = 0; i < f.scaling.initialInstances; i++) {
        this.#makeReady(this.#fleet.create(id, 0));
      }
      const period = f.scaling.decider?.periodSeconds;
      if (period !== undefined) this.#queue.push(period, Priority.scaling, Kind.scaling, id);
    });
    this.#queue.push(sampleSeconds, Priority.sample, Kind.sample);
    if (warmupSeconds > 0) {
      this.#isWarmingUp = true;
      this.#queue.push(warmupSeconds, Priority.warmup, Kind.warmup);
    }
    this.#nextClosed = requests.closedLoop?.concurrency ?? 0;
  }

  /** Rows that arrive by the clock: all, or the first ones of a closed loop. */
  #scheduledArrivals(): number {
    const { count, closedLoop } = this.#parts.requests;
    return closedLoop ? Math.min(count, closedLoop.concurrency) : count;
  }

  #handle(kind: number, a: number, b: number): void {
    switch (kind) {
      case Kind.release:
        return this.#arrive(a);
      case Kind.timeout:
        return this.#timeOut(a);
      case Kind.keepAlive:
        return this.#endKeepAlive(a, b);
      case Kind.prewarm:
        return this.#prewarm(a, b);
      case Kind.scaling:
        return this.#evaluateScaling(a);
      case Kind.actuation:
        return this.#scaleTo(a, b);
      case Kind.warmup:
        return this.#endWarmup();
      case Kind.sample:
        this.#sample();
        if (this.#mayGoOn()) {
          this.#queue.push(this.#now + this.#parts.sampleSeconds, Priority.sample, Kind.sample);
        }
        return;
      default:
        return this.#faults!.handle(kind - Kind.fault, a, b);
    }
  }

  /** A row of the workload is due; those that a completion releases are passed over. */
  #arriveByClock(request: number): void {
    const { afterRequest } = this.#parts.requests;
    if (afterRequest === undefined || afterRequest[request] < 0) this.#arrive(request);
  }

  /** Whether anything but sampling can still happen, or the horizon is ahead. */
  #mayGoOn(): boolean {
    return this.#queue.size > 0 || this.#stepEnds.size > 0 || this.#toPlan.length > 0 ||
      this.#fleet.nextStartSeconds < Infinity ||
      this.#nextArrival < this.#scheduledArrivals() || this.#now < this.#parts.horizonSeconds;
  }

  #arrive(request: number): void {
    const { functions } = this.#parts;
    const { columns } = this.#run;
    this.#arrived++;
    const functionId = columns.functionId[request];
    const scaler = this.#scalers[functionId];
    if (scaler) {
      scaler.touch(this.#now);
      scaler.arrivals++;
    }
    const { engine } = functions[functionId];
    const prompt = columns.promptTokens[request];
    if (prompt >= engine.windowTokens) {
      return this.#end(request, OUTCOME_CODE.rejected_window);
    }
    const tokens = prompt + this.#run.outputLimit[request] - 1;
    if (Math.ceil(tokens / engine.blockTokens) > engine.kvBlocks) {
      return this.#end(request, OUTCOME_CODE.rejected_capacity);
    }
    const gateway = this.#gateways[functionId];
    if (this.#admission !== undefined) {
      const refusal = this.#refusal(functionId, request);
      if (refusal > 0) return this.#end(request, refusal);
      gateway.admitted(request);
    }
    if (gateway.size === 0 && this.#dispatch(functionId, request)) {
      this.#keepAlives[functionId].arrives(this.#now);
      return gateway.passThrough(request, this.#now);
    }
    this.#hold(functionId, request);
  }

  /** Why admission turns the request away; 0 when it does not, or there is no place for it anyway. */
  #refusal(functionId: number, request: number): number {
    const gateway = this.#gateways[functionId];
    const mustWait = gateway.size > 0 || !this.#routing.hasRoom(this.#fleet.functions[functionId]);
    if (mustWait && this.#holdRefusal(functionId) > 0) return 0;
    const { columns } = this.#run;
    const decision = this.#admission!.decide({
      nowSeconds: this.#now,
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
    const fleet = this.#fleet.functions[functionId];
    const id = this.#routing.pick(fleet, request, this.#now);
    if (id < 0) return false;
    this.#giveTo(id, functionId, request);
    return true;
  }

  /** Hands a request to a ready instance. */
  #giveTo(id: number, functionId: number, request: number): void {
    const fleet = this.#fleet.functions[functionId];
    const { columns } = this.#run;
    columns.instanceId[request] = id;
    const readyAt = this.#fleet.readyAtSeconds[id];
    const arrivedAt = columns.arrivalAtSeconds[request];
    if (readyAt > arrivedAt && Number.isNaN(columns.firstTokenAtSeconds[request])) {
      columns.coldStartWaitSeconds[request] = readyAt - arrivedAt;
    }
    const engine = this.#fleet.engines[id];
    const endBefore = engine.endAtSeconds;
    engine.enqueue(request, this.#now);
    this.#fleet.outstanding[id]++;
    fleet.inFlight++;
    if (engine.outstanding === 1) {
      this.#fleet.state[id] = InstanceState.busy;
      this.#fleet.idleSpell[id]++;
    }
    if (engine.needsPlan) this.#toPlanLater(id);
    else if (engine.endAtSeconds < endBefore) this.#stepEnds.set(id, engine.endAtSeconds);
  }

  /** Whether a request that no instance can take starts one. */
  #willStart(functionId: number): boolean {
    const { scaling } = this.#parts.functions[functionId];
    const { size } = this.#fleet.functions[functionId];
    return size < scaling.maxInstances &&
      (scaling.activation === "each" || (scaling.activation === "first" && size === 0));
  }

  /** Why a request that no instance can take is not held; 0 when it is. */
  #holdRefusal(functionId: number): number {
    const { noCapacity, scaling } = this.#parts.functions[functionId];
    const comes = scaling.activation === "each" && this.#willStart(functionId);
    if (noCapacity.action === "reject" && !comes) return OUTCOME_CODE.rejected_no_instance;
    return this.#gateways[functionId].size >= noCapacity.limit
      ? OUTCOME_CODE.rejected_queue_full
      : 0;
  }

  /** No instance can take the request: hold it or turn it away, and see that one comes. */
  #hold(functionId: number, request: number): void {
    const { noCapacity } = this.#parts.functions[functionId];
    const gateway = this.#gateways[functionId];
    let willStart = this.#willStart(functionId);
    const refusal = this.#holdRefusal(functionId);
    if (refusal > 0) {
      if (willStart && noCapacity.action === "reject") this.#fleet.start(functionId, this.#now);
      gateway.forget(request);
      return this.#end(request, refusal);
    }
    this.#keepAlives[functionId].arrives(this.#now);
    if (willStart && this.#parts.functions[functionId].scaling.bindsStarts) {
      const id = this.#fleet.start(functionId, this.#now);
      if (id >= 0) {
        this.#boundTo.set(id, request);
        this.#fleet.functions[functionId].bound++;
        return;
      }
      willStart = false;
    }
    gateway.push(request, this.#now);
    const scaler = this.#scalers[functionId];
    if (scaler) scaler.queued = gateway.size;
    if (noCapacity.timeoutSeconds < Infinity) {
      this.#queue.push(
        this.#now + noCapacity.timeoutSeconds,
        Priority.timeout,
        Kind.timeout,
        request,
      );
    }
    if (willStart) this.#fleet.start(functionId, this.#now);
  }

  /** Serves the gateway's queue as far as instances can take requests. */
  #drainGateway(functionId: number): void {
    const gateway = this.#gateways[functionId];
    if (gateway.size === 0) return;
    this.#scalers[functionId]?.touch(this.#now);
    while (gateway.size > 0 && this.#dispatch(functionId, gateway.peek())) gateway.pop();
    const scaler = this.#scalers[functionId];
    if (scaler) scaler.queued = gateway.size;
  }

  readonly #onReady = (id: number): void => {
    if (this.#faults?.failsStart(id)) return;
    this.#makeReady(id);
    const bound = this.#boundRequest(id);
    if (bound >= 0) this.#giveTo(id, this.#fleet.functionOf[id], bound);
    this.#drainGateway(this.#fleet.functionOf[id]);
  };

  /** The request that an instance was started for, which is not bound any more; -1 for none. */
  #boundRequest(id: number): number {
    const request = this.#boundTo.get(id);
    if (request === undefined) return -1;
    this.#boundTo.delete(id);
    this.#fleet.functions[this.#fleet.functionOf[id]].bound--;
    return request;
  }

  #makeReady(id: number): void {
    this.#fleet.makeReady(id, this.#now);
    this.#faults?.ready(id);
    this.#armKeepAlive(id);
  }

  #finishStep(id: number, nextArrival: number): void {
    const engine = this.#fleet.engines[id];
    engine.finish(this.#now);
    const ended = engine.finishedCount;
    if (ended > 0) {
      const functionId = this.#fleet.functionOf[id];
      const fleet = this.#fleet.functions[functionId];
      this.#scalers[functionId]?.touch(this.#now);
      this.#fleet.outstanding[id] -= ended;
      fleet.inFlight -= ended;
      for (let i = 0; i < ended; i++) this.#complete(functionId, engine.finished[i]);
      if (this.#isIdle(functionId)) this.#keepAlives[functionId].becomesIdle(this.#now);
      if (engine.outstanding === 0) this.#becomeIdle(id);
      this.#drainGateway(functionId);
    }
    if (!engine.needsPlan) {
      this.#stepEnds.delete(id);
    } else if (this.#isAlone(nextArrival)) {
      // Nothing else happens at this instant, so the end of the instant is now.
      engine.begin(this.#now);
      this.#stepEnds.set(id, engine.endAtSeconds);
    } else {
      this.#stepEnds.delete(id);
      this.#toPlanLater(id);
    }
  }

  /** Whether nothing is left at this instant but the step whose end is being handled. */
  #isAlone(nextArrival: number): boolean {
    const now = this.#now;
    return nextArrival > now && this.#stepEnds.secondKey > now && this.#queue.nextSeconds > now &&
      this.#fleet.nextStartSeconds > now && this.#toPlan.length === 0;
  }

  #complete(functionId: number, request: number): void {
    this.#gateways[functionId].completed(request);
    const scaler = this.#scalers[functionId];
    this.#completed++;
    if (scaler) {
      const { columns, outputLimit } = this.#run;
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
    this.#run.columns.outcome[request] = outcome;
    this.#ended++;
    this.#evaluationsWithoutProgress = 0;
    const { requests, onProgress } = this.#parts;
    if (this.#successors !== undefined) {
      const followers = this.#successors.get(request);
      if (followers) {
        for (const follower of followers) this.#release(follower, requests.thinkSeconds![follower]);
      }
    }
    if (requests.closedLoop !== undefined && this.#nextClosed < requests.count) {
      this.#release(this.#nextClosed++, requests.closedLoop.thinkSeconds);
    }
    if (onProgress && this.#ended >= this.#nextReport) {
      this.#nextReport = this.#ended + PROGRESS_STRIDE;
      onProgress(this.#ended / requests.count, this.#now);
    }
  }

  /** Lets a request arrive `thinkSeconds` from now. */
  #release(request: number, thinkSeconds: number): void {
    const at = this.#now + thinkSeconds;
    this.#run.columns.arrivalAtSeconds[request] = at;
    const { deadlineAtSeconds, requests } = this.#parts;
    if (deadlineAtSeconds) {
      deadlineAtSeconds[request] += at - requests.arrivalAtSeconds[request];
    }
    this.#queue.push(at, Priority.release, Kind.release, request);
  }

  #timeOut(request: number): void {
    const functionId = this.#run.columns.functionId[request];
    const gateway = this.#gateways[functionId];
    if (!gateway.remove(request)) return;
    gateway.forget(request);
    if (this.#isIdle(functionId)) this.#keepAlives[functionId].becomesIdle(this.#now);
    const scaler = this.#scalers[functionId];
    if (scaler) {
      scaler.touch(this.#now);
      scaler.queued = gateway.size;
    }
    this.#end(request, OUTCOME_CODE.timed_out);
  }

  #becomeIdle(id: number): void {
    if (this.#fleet.state[id] === InstanceState.draining) {
      this.#fleet.drained(id, this.#now);
    } else {
      this.#fleet.becomeIdle(id, this.#now);
      this.#armKeepAlive(id);
    }
  }

  #armKeepAlive(id: number): void {
    const functionId = this.#fleet.functionOf[id];
    const keepAlive = this.#keepAlives[functionId];
    let until = keepAlive.keptUntilSeconds(id);
    if (until === undefined) {
      const { prewarmAfterSeconds, keepAliveSeconds } = keepAlive.decide();
      if (prewarmAfterSeconds > 0 && this.#isIdle(functionId)) {
        keepAlive.prewarmKeepSeconds = keepAliveSeconds;
        const at = this.#now + prewarmAfterSeconds;
        this.#queue.push(at, Priority.keepAlive, Kind.prewarm, functionId, keepAlive.arrivals);
        return this.#retireIdle(functionId);
      }
      until = this.#now + keepAliveSeconds;
    }
    if (until === Infinity) return;
    const at = Math.max(until, this.#now);
    this.#queue.push(at, Priority.keepAlive, Kind.keepAlive, id, this.#fleet.idleSpell[id]);
  }

  /** What makes faults happen sees of this loop. */
  #faultHost(): FaultHost {
    const now = () => this.#now;
    return {
      get nowSeconds() {
        return now();
      },
      schedule: (event, at, a, b) => this.#queue.push(at, Priority.fault, Kind.fault + event, a, b),
      beforeLoss: (functionId) => this.#scalers[functionId]?.touch(this.#now),
      stopsStepping: (id) => {
        this.#stepEnds.delete(id);
        const planned = this.#toPlan.indexOf(id);
        if (planned >= 0) this.#toPlan.splice(planned, 1);
      },
      rescue: (request) => this.#rescue(request),
      waiting: (functionId) => this.#gateways[functionId].size,
    };
  }

  /** A request whose instance is lost fails, or goes to the gateway again. */
  #rescue(request: number): void {
    const { inFlight } = this.#parts.faults!;
    const { columns, generated } = this.#run;
    const functionId = columns.functionId[request];
    if (inFlight === "fail" || this.#holdRefusal(functionId) > 0) {
      this.#faults!.log.requestsFailed++;
      if (this.#isIdle(functionId)) this.#keepAlives[functionId].becomesIdle(this.#now);
      return this.#end(request, OUTCOME_CODE.failed);
    }
    if (inFlight === "restart" || generated[request] === 0) {
      generated[request] = 0;
      for (const column of ["scheduled", "firstToken", "completed"] as const) {
        columns[`${column}AtSeconds`][request] = NaN;
      }
      columns.maxTbtSeconds[request] = NaN;
    }
    columns.instanceId[request] = -1;
    if (this.#gateways[functionId].size === 0 && this.#dispatch(functionId, request)) return;
    this.#hold(functionId, request);
  }

  /** Whether the function has no request, neither at the gateway nor in an instance. */
  #isIdle(functionId: number): boolean {
    const { inFlight, bound } = this.#fleet.functions[functionId];
    return inFlight === 0 && bound === 0 &&
      this.#gateways[functionId].size === 0;
  }

  /** Takes the ready instances of an idle function away, down to its fewest. */
  #retireIdle(functionId: number): void {
    const fleet = this.#fleet.functions[functionId];
    while (fleet.ready > 0 && fleet.size > fleet.parts.scaling.minInstances) {
      this.#fleet.retire(fleet.readyIds[fleet.ready - 1], this.#now);
    }
  }

  /** Starts an instance ahead of the next request, unless one has come meanwhile. */
  #prewarm(functionId: number, arrivals: number): void {
    const keepAlive = this.#keepAlives[functionId];
    if (keepAlive.arrivals !== arrivals || this.#fleet.functions[functionId].size > 0) return;
    const id = this.#fleet.start(functionId, this.#now);
    if (id >= 0) keepAlive.prewarms(id, this.#now);
  }

  #endKeepAlive(id: number, spell: number): void {
    const fleet = this.#fleet;
    if (fleet.state[id] !== InstanceState.idle || fleet.idleSpell[id] !== spell) return;
    const { parts, size } = fleet.functions[fleet.functionOf[id]];
    if (size > parts.scaling.minInstances) fleet.retire(id, this.#now);
  }

  #evaluateScaling(functionId: number): void {
    const scaler = this.#scalers[functionId]!;
    const fleet = this.#fleet.functions[functionId];
    const gateway = this.#gateways[functionId];
    const oldestWait = Math.max(0, this.#now - gateway.oldestSinceSeconds);
    const desired = scaler.evaluate(this.#now, oldestWait);
    const { periodSeconds, actuationDelaySeconds } = fleet.parts.scaling.decider!;
    if (actuationDelaySeconds > 0) {
      const at = this.#now + actuationDelaySeconds;
      this.#queue.push(at, Priority.actuation, Kind.actuation, functionId, desired);
    } else {
      this.#scaleTo(functionId, desired);
    }
    if (gateway.size > 0 && fleet.ready + fleet.starting === 0) {
      this.#checkStuck(functionId, gateway.peek());
    }
    const at = this.#now + periodSeconds;
    this.#queue.push(at, Priority.scaling, Kind.scaling, functionId);
  }

  #scaleTo(functionId: number, desired: number): void {
    const fleet = this.#fleet.functions[functionId];
    while (fleet.size < desired) this.#fleet.start(functionId, this.#now);
    while (fleet.size > desired) this.#fleet.shrink(functionId, this.#now);
  }

  #checkStuck(functionId: number, request: number): void {
    if (++this.#evaluationsWithoutProgress < STUCK_EVALUATIONS) return;
    throw new RangeError(
      `Cannot make progress at ${this.#now} s: request ${request} waits for function "${
        this.#parts.functions[functionId].name
      }", which ${
        this.#fleet.functions[functionId].pending > 0
          ? "finds no free GPUs"
          : "its scaling policy keeps at 0 instances"
      }`,
    );
  }

  #toPlanLater(id: number): void {
    if (!this.#toPlan.includes(id)) this.#toPlan.push(id);
  }

  /** Lets the engines that have something to do form their next steps, by instance id. */
  #plan(): void {
    const ids = this.#toPlan;
    if (ids.length > 1) ids.sort((a, b) => a - b);
    for (const id of ids) {
      const engine = this.#fleet.engines[id];
      engine.begin(this.#now);
      this.#stepEnds.set(id, engine.endAtSeconds);
    }
    ids.length = 0;
  }

  #sample(): void {
    let queued = this.#boundTo.size;
    for (const gateway of this.#gateways) queued += gateway.size;
    this.#sampler.sample(this.#now, {
      arrivals: this.#arrived,
      completions: this.#completed,
      queued,
    });
  }

  /** Moves the gaps so far apart, those of the steps that have ended in runs in progress included. */
  #endWarmup(): void {
    const { gaps } = this.#run;
    this.#isWarmingUp = false;
    this.#warmupGaps.merge(gaps);
    gaps.clear();
    for (const engine of this.#fleet.engines) engine.splitGaps(this.#now, this.#warmupGaps);
  }

  #result(): RunRecord {
    const { columns } = this.#run;
    const { horizonSeconds, stopAtSeconds, requests } = this.#parts;
    const waiting = this.#gateways.findIndex((gateway) => gateway.size > 0);
    if (waiting >= 0 && stopAtSeconds === Infinity) {
      throw new RangeError(
        `Cannot make progress at ${this.#now} s: request ${
          this.#gateways[waiting].peek()
        } waits for function "${this.#parts.functions[waiting].name}" and no instance will come`,
      );
    }
    const end = stopAtSeconds < Infinity ? stopAtSeconds : Math.max(horizonSeconds, this.#now);
    this.#now = end;
    this.#sample();
    const totals = this.#fleet.totals(end);
    let stepsLeapt = 0, stepsSingle = 0, peakBlocks = 0, peakKvUtilization = 0;
    for (const engine of this.#fleet.engines) {
      engine.settle(end);
      stepsLeapt += engine.stepsLeapt;
      stepsSingle += engine.stepsSingle;
      peakBlocks = Math.max(peakBlocks, engine.peakBlocks);
      peakKvUtilization = Math.max(peakKvUtilization, engine.peakBlocks / engine.kvBlocks);
    }
    // A run that was over by the end of the warm-up did not get to that event.
    if (this.#isWarmingUp) this.#endWarmup();
    for (let i = 0; i < requests.count; i++) {
      if (columns.outcome[i] === OUTCOME_CODE.completed) continue;
      // Engines keep the last token's instant here while a request is preempted.
      columns.completedAtSeconds[i] = NaN;
      columns.maxTbtSeconds[i] = NaN;
    }
    return {
      columns,
      arrived: this.#arrived,
      gaps: this.#run.gaps,
      warmupGaps: this.#warmupGaps,
      timeSeries: this.#sampler.columns(),
      lives: this.#fleet.lives(end),
      totals,
      stageSpans: this.#parts.starts.spans,
      coldStarts: this.#fleet.coldStarts,
      evictions: this.#fleet.evictions,
      ...(this.#faults && { faults: this.#faults.log.record(end) }),
      endAtSeconds: end,
      peakBlocks,
      peakKvUtilization,
      kvTokens: this.#sampler.kvTokens,
      stepsLeapt,
      stepsSingle,
    };
  }
}

/** Output tokens after which each request ends: its true length, cut by the model's window. */
function outputLimits(parts: ClusterParts): Int32Array {
  const { requests, functions } = parts;
  const { count, promptTokens, outputTokens, functionId } = requests;
  const windows = functions.map((f) => f.engine.windowTokens);
  const limits = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const room = windows[functionId ? functionId[i] : 0] - promptTokens[i];
    // A prompt without room for any output is turned away, with its length as it was asked for.
    limits[i] = room > 0 ? Math.min(outputTokens[i], room) : outputTokens[i];
  }
  return limits;
}

/** Requests that a completion releases have no arrival instant before it. */
function forgetArrivals(requests: RequestTable, arrivalAtSeconds: Float64Array): void {
  const { afterRequest, closedLoop, count } = requests;
  if (closedLoop) arrivalAtSeconds.fill(NaN, Math.min(count, closedLoop.concurrency));
  if (afterRequest) {
    for (let i = 0; i < count; i++) if (afterRequest[i] >= 0) arrivalAtSeconds[i] = NaN;
  }
}

/** Requests that each request's completion releases, in row order. */
function successorsOf(after: Int32Array | undefined): Map<number, number[]> | undefined {
  if (after === undefined) return undefined;
  const successors = new Map<number, number[]>();
  after.forEach((before, request) => {
    if (before < 0) return;
    const list = successors.get(before);
    if (list) list.push(request);
    else successors.set(before, [request]);
  });
  return successors;
}
