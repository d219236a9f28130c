/**
 * A simulator of a small part of what the product simulates, obviously right and slow: plain objects,
 * one token at a time, every step an event, the next one found by looking at all. It shares no code
 * with the simulator; the rules are those of the pages and of the order of events at one instant.
 * @module
 */

import type { NaiveCluster } from "./naive_cases.ts";
import type { NaiveRole } from "./naive_latency.ts";
import { naivePolicy, type NaiveSignals, naiveSignals, sum } from "./naive_scaling.ts";
import { NaiveInstance, NaiveRequest } from "./naive_state.ts";

/** Order of events at one instant. */
const RANKS = [
  "step end",
  "instance ready",
  "arrival",
  "timeout",
  "keep-alive end",
  "evaluation",
  "actuation",
  "step begin",
] as const;

/** Events after which a run is given up. */
const MOST_EVENTS = 100_000;
/** Step ends stand on ticks of 2^-36 s. */
const toTick = (seconds: number) => Math.round(seconds * 2 ** 36) / 2 ** 36;

/** One run; {@linkcode simulateNaively} makes one. */
export class NaiveRun {
  now = 0;
  readonly requests: NaiveRequest[];
  readonly instances: NaiveInstance[] = [];
  readonly signals: NaiveSignals[] = [];
  /** Who waits at the gateway: for any instance, or for the one that is starting for it. */
  readonly waiting: {
    readonly request: NaiveRequest;
    readonly since: number;
    readonly own?: NaiveInstance;
  }[] = [];
  /** Instants and times to first token of all first tokens, whatever became of their requests. */
  readonly firstTokens: { readonly at: number; readonly ttft: number }[] = [];
  events: { at: number; rank: number; tie: number; act: () => void }[] = [];
  #events = 0;
  #evaluatedAt = 0;
  /** Instances that requests have asked for, and those let go when their time was over. */
  #asked = 0;
  #letGo = 0;
  #starts = 0;
  readonly #policy: ReturnType<typeof naivePolicy> | undefined;

  constructor(readonly cluster: NaiveCluster) {
    const { requests, maxModelTokens, scaling } = cluster;
    this.#policy = scaling && naivePolicy(scaling, cluster);
    this.requests = requests.map(({ arrival, prompt, output }, id) => {
      const room = maxModelTokens - prompt;
      return new NaiveRequest(id, arrival, prompt, room > 0 ? Math.min(output, room) : output);
    });
  }

  at(at: number, kind: typeof RANKS[number], act: () => void, tie = 1e9 + this.#events++): void {
    this.events.push({ at, rank: RANKS.indexOf(kind), tie, act });
  }

  run(): void {
    const { initial, scaling, stopAt } = this.cluster;
    const horizon = stopAt < Infinity ? stopAt : this.cluster.horizon;
    for (let i = 0; i < initial; i++) this.becomeReady(this.create());
    if (scaling) this.at(scaling.period, "evaluation", () => this.evaluate());
    for (const request of this.requests) {
      this.at(request.arrival, "arrival", () => this.arrive(request), request.id);
    }
    for (let count = 0;; count++) {
      if (count > MOST_EVENTS) throw new Error("goes on for ever");
      let next = this.events[0];
      for (const one of this.events) {
        const order = one.at - next?.at || one.rank - next.rank || one.tie - next.tie;
        if (order < 0) next = one;
      }
      const at = next?.at ?? Infinity;
      // Beginning a step is the end of an instant that has been reached already.
      if (next?.act !== undefined && next.rank !== RANKS.indexOf("step begin")) {
        if (this.requests.every(({ outcome }) => outcome !== "unfinished") && at > horizon) break;
      }
      if (at > stopAt || at === Infinity) break;
      this.now = at;
      this.events = this.events.filter((one) => one !== next);
      next.act();
    }
    if (stopAt === Infinity && this.waiting.length > 0) throw new Error("waits for ever");
    this.now = stopAt < Infinity ? stopAt : Math.max(horizon, this.now);
    for (const one of this.instances) if (one.state !== "stopped") one.stopped = this.now;
  }

  // Requests.

  arrive(request: NaiveRequest): void {
    const { maxModelTokens, kvBlocks, blockTokens, patience } = this.cluster;
    if (request.prompt >= maxModelTokens) return this.end(request, "rejected_length");
    if (request.prompt + request.limit - 1 > kvBlocks * blockTokens) {
      return this.end(request, "rejected_capacity");
    }
    if (patience < Infinity) {
      this.at(this.now + patience, "timeout", () => {
        if (request.outcome === "unfinished") this.timeIsOver(request, "client_deadline");
      });
    }
    if (!this.dispatchAtOnce(request)) this.haveWait(request);
  }

  dispatchAtOnce(request: NaiveRequest): boolean {
    return this.waiting.every(({ own }) => own !== undefined) && this.dispatch(request);
  }

  haveWait(request: NaiveRequest): void {
    const { action, limit, reservesStarts, timeout } = this.cluster;
    const { timeoutStarts, startSeconds, startGuess } = this.cluster;
    const { starts, isRefused } = this.wish();
    if (isRefused || this.waiting.length >= limit) {
      if (starts && action === "reject") this.startAsAsked();
      return this.end(request, isRefused ? "rejected_no_instance" : "rejected_queue_full");
    }
    const own = starts && reservesStarts ? this.startAsAsked() : undefined;
    const wait = { request, own, since: this.now };
    this.waiting.push(wait);
    if (timeout < Infinity) {
      const start = this.#starts > 0 ? startSeconds : startGuess;
      this.at(this.now + Math.max(timeout, timeoutStarts * start), "timeout", () => {
        if (this.stopWaiting(wait)) this.end(request, "timed_out");
      });
    }
    if (starts && !reservesStarts) this.startAsAsked();
  }

  /** Whether a request that no instance can take starts one, and whether it may not wait for any. */
  wish(): { readonly starts: boolean; readonly isRefused: boolean } {
    const { activation, max, action, concurrency } = this.cluster;
    const size = this.size();
    const coming = this.instances.filter(({ state }) => state === "starting").length;
    const joins = activation === "join" && coming > 0 &&
      this.waiting.length + 1 <= coming * concurrency;
    const wants = activation === "each" || (activation === "join" && !joins) ||
      (activation === "first" && size === 0);
    const starts = size < max && wants;
    const isRefused = action === "reject" && !joins && !(starts && activation !== "first");
    return { starts, isRefused };
  }

  stopWaiting(wait: NaiveRun["waiting"][number]): boolean {
    const place = this.waiting.indexOf(wait);
    if (place >= 0) this.waiting.splice(place, 1);
    return place >= 0;
  }

  /** Hands a request to the least loaded instance with room; false when there is none. */
  dispatch(request: NaiveRequest): boolean {
    const withRoom = this.instances
      .filter((one) => one.state === "ready" && this.inside(one) < this.cluster.concurrency)
      .sort((a, b) => this.inside(a) - this.inside(b) || a.id - b.id);
    if (withRoom.length > 0) this.enter(withRoom[0], request);
    return withRoom.length > 0;
  }

  enter(instance: NaiveInstance, request: NaiveRequest): void {
    if (this.inside(instance) === 0) instance.changes++;
    request.instance = instance.id;
    if (request.tokens.length === 0 && instance.ready > request.arrival) {
      request.coldWait = instance.ready - request.arrival;
    }
    request.latency.enters(this.now, instance.ready);
    instance.queue.push(request);
    const { executionLimit } = this.cluster;
    const stay = ++request.stays;
    if (executionLimit < Infinity) {
      this.at(this.now + executionLimit, "timeout", () => {
        if (request.stays === stay) this.timeIsOver(request, "execution_limit");
      });
    }
    this.formAtEndOfInstant(instance);
  }

  serve(): void {
    for (const wait of this.waiting.filter(({ own }) => own === undefined)) {
      if (!this.dispatch(wait.request)) return;
      this.stopWaiting(wait);
    }
  }

  /** A request is to end: now, or when the step is over that it is in. */
  timeIsOver(request: NaiveRequest, outcome: string): void {
    const wait = this.waiting.find((one) => one.request === request);
    if (wait) {
      this.stopWaiting(wait);
      return this.end(request, outcome);
    }
    const instance = this.instances[request.instance];
    if (instance.isStepping && instance.running.includes(request)) {
      request.due ??= { outcome, at: this.now };
      return;
    }
    this.leave(instance, request, outcome);
    if (this.inside(instance) === 0) this.becomeIdle(instance);
    this.serve();
  }

  leave(instance: NaiveInstance, request: NaiveRequest, outcome: string): void {
    instance.running = instance.running.filter((one) => one !== request);
    instance.queue = instance.queue.filter((one) => one !== request);
    request.blocks = 0;
    this.end(request, outcome);
  }

  /** The time is over in which an instance may finish what it has. */
  endDrain(instance: NaiveInstance): void {
    if (instance.state !== "draining") return;
    const inside = [...instance.running, ...instance.queue];
    const roles = inside.map((request) => this.roleOf(instance, request));
    if (instance.isStepping) instance.steps[instance.steps.length - 1].to = this.now;
    instance.running = [];
    instance.queue = [];
    this.stop(instance);
    inside.forEach((request, i) => this.displace(request, roles[i]));
  }

  /** What a request inside an instance does in the step in progress. */
  roleOf({ queue, chunks, decodes }: NaiveInstance, request: NaiveRequest): NaiveRole {
    if (queue.includes(request)) return { what: "queue" };
    if (decodes.includes(request)) return { what: "decode" };
    const chunk = chunks.find((one) => one.request === request);
    return chunk ? { what: "chunk", tokens: chunk.tokens } : { what: "no chunk" };
  }

  displace(request: NaiveRequest, role: NaiveRole): void {
    const { limit, afterDrain } = this.cluster;
    const { due } = request;
    request.stays++;
    if (due) return this.end(request, due.outcome, due.at);
    const isRefused = this.wish().isRefused || this.waiting.length >= limit;
    if (afterDrain === "fail" || isRefused) return this.end(request, "drain_limit");
    const isAnew = afterDrain === "restart" || request.tokens.length === 0;
    request.latency.isDisplaced(this.now, isAnew, role);
    if (isAnew) {
      request.tokens.length = 0;
      request.scheduled = NaN;
    }
    request.computed = 0;
    request.blocks = 0;
    request.isDecoding = false;
    request.instance = -1;
    if (!this.dispatchAtOnce(request)) this.haveWait(request);
  }

  end(request: NaiveRequest, outcome: string, at = this.now): void {
    // What came after its time was over has reached nobody.
    if (request.tokens[0] > at) request.tokens.length = 0;
    request.stays++;
    request.outcome = outcome;
    request.endedAt = this.now;
  }

  // Instances.

  inside(instance: NaiveInstance): number {
    return instance.queue.length + instance.running.length;
  }

  inState(...states: NaiveInstance["state"][]): NaiveInstance[] {
    return this.instances.filter(({ state }) => states.includes(state));
  }

  size(): number {
    return this.inState("starting", "ready").length;
  }

  create(): NaiveInstance {
    const instance = new NaiveInstance(this.instances.length, this.now);
    this.instances.push(instance);
    return instance;
  }

  /** A start that no scaling decision has asked for. */
  startAsAsked(): NaiveInstance {
    this.#asked++;
    return this.start();
  }

  start(): NaiveInstance {
    const instance = this.create();
    this.at(this.now + this.cluster.startSeconds, "instance ready", () => {
      if (instance.state === "stopped") return;
      this.#starts++;
      this.becomeReady(instance);
      const first = this.waiting.find(({ own }) => own === instance);
      if (first && this.stopWaiting(first)) this.enter(instance, first.request);
      this.serve();
    }, instance.id);
    return instance;
  }

  becomeReady(instance: NaiveInstance): void {
    instance.state = "ready";
    instance.ready = this.now;
    this.becomeIdle(instance);
  }

  becomeIdle(instance: NaiveInstance): void {
    const { keepAlive, min } = this.cluster;
    const changes = ++instance.changes;
    if (instance.state === "draining") return this.stop(instance);
    if (keepAlive === Infinity) return;
    this.at(this.now + keepAlive, "keep-alive end", () => {
      const isIdle = instance.state === "ready" && instance.changes === changes;
      if (!isIdle || this.size() <= min) return;
      this.#letGo++;
      this.retire(instance);
    });
  }

  retire(instance: NaiveInstance): void {
    if (instance.state === "ready") instance.draining = this.now;
    if (this.inside(instance) === 0) return this.stop(instance);
    instance.state = "draining";
    const { drainLimit } = this.cluster;
    if (drainLimit === Infinity) return;
    this.at(this.now + drainLimit, "keep-alive end", () => this.endDrain(instance));
  }

  stop(instance: NaiveInstance): void {
    instance.state = "stopped";
    instance.stopped = this.now;
  }

  // Steps.

  formAtEndOfInstant(instance: NaiveInstance): void {
    if (instance.isStepping || instance.isForming) return;
    instance.isForming = true;
    if (this.now >= this.cluster.stopAt) return;
    this.at(this.now, "step begin", () => this.beginStep(instance), instance.id);
  }

  usedBlocks(instance: NaiveInstance): number {
    return sum(instance.running.map(({ blocks }) => blocks));
  }

  /** Takes blocks for a token of each decoding sequence; who was admitted last goes if they lack. */
  preemptForDecodes(instance: NaiveInstance): number {
    const { running } = instance;
    const { kvBlocks, blockTokens } = this.cluster;
    const lacksBlock = (one: NaiveRequest) =>
      one.isDecoding && one.computed + 1 > one.blocks * blockTokens;
    let preempted = 0;
    while (running.filter(lacksBlock).length > kvBlocks - this.usedBlocks(instance)) {
      this.preemptLast(instance);
      preempted++;
    }
    for (const one of running.filter(lacksBlock)) one.blocks++;
    // Whoever lacks blocks for its prompt below gives its own up, which are taken until then.
    instance.peakBlocks = Math.max(instance.peakBlocks, this.usedBlocks(instance));
    return preempted;
  }

  preemptLast({ running, queue }: NaiveInstance): void {
    const victim = running.pop()!;
    victim.preemptions++;
    victim.latency.isPreempted();
    victim.blocks = 0;
    victim.computed = 0;
    victim.isDecoding = false;
    queue.unshift(victim);
  }

  /** Forms a step: who decodes in it, how many were preempted, why the first of the queue is not in it. */
  plan(
    instance: NaiveInstance,
  ): { decodes: NaiveRequest[]; preempted: number; blockedBy: string } {
    const { running, queue, chunks } = instance;
    const { kvBlocks, blockTokens, maxSequences, maxTokensPerStep } = this.cluster;
    let preempted = this.preemptForDecodes(instance);
    let lacksBlocks = false;
    const decodes = running.filter(({ isDecoding }) => isDecoding);
    let budget = maxTokensPerStep - decodes.length;
    const compute = (request: NaiveRequest) => {
      const tokens = Math.min(budget, request.target - request.computed);
      const blocks = Math.ceil((request.computed + tokens) / blockTokens);
      if (blocks - request.blocks > kvBlocks - this.usedBlocks(instance)) {
        this.preemptLast(instance);
        preempted++;
        return;
      }
      request.blocks = blocks;
      if (tokens > 0) chunks.push({ request, tokens });
      budget -= tokens;
    };
    running.filter(({ isDecoding }) => !isDecoding).forEach(compute);
    while (preempted === 0 && budget > 0 && queue.length > 0 && running.length < maxSequences) {
      const [request] = queue;
      request.target = request.prompt + request.tokens.length;
      const blocks = Math.ceil(request.target / blockTokens);
      if (blocks > kvBlocks - this.usedBlocks(instance)) {
        lacksBlocks = true;
        break;
      }
      running.push(queue.shift()!);
      request.latency.isAdmitted(this.now);
      if (Number.isNaN(request.scheduled)) request.scheduled = this.now;
      compute(request);
    }
    const isFull = running.length >= maxSequences;
    const blockedBy = isFull ? "sequences" : lacksBlocks || preempted > 0 ? "kv_blocks" : "budget";
    return { decodes, preempted, blockedBy };
  }

  beginStep(instance: NaiveInstance): void {
    instance.isForming = false;
    if (instance.state === "stopped" || this.inside(instance) === 0) return;
    instance.chunks = [];
    let { decodes, preempted, blockedBy } = this.plan(instance);
    const isEmpty = decodes.length === 0 && instance.chunks.length === 0;
    if (isEmpty && preempted > 0) {
      ({ decodes, preempted, blockedBy } = this.plan(instance));
    }
    instance.peakBlocks = Math.max(instance.peakBlocks, this.usedBlocks(instance));
    const context = sum(decodes.map(({ computed }) => computed + 1));
    const chunks = instance.chunks.map(({ request, tokens }) => ({
      tokens,
      past: request.computed,
    }));
    const seconds = this.stepSeconds(decodes.length, context, chunks);
    // Decode steps of one batch add up before they are rounded.
    const decoded = chunks.length > 0 ? "" : decodes.map(({ id }) => id).join();
    const goesOn = this.cluster.time.offersLine && decoded !== "" &&
      decoded === instance.lastDecoded &&
      toTick(instance.exactEnd) === this.now;
    instance.exactEnd = (goesOn ? instance.exactEnd : this.now) + seconds;
    instance.lastDecoded = decoded;
    instance.isStepping = true;
    const to = toTick(instance.exactEnd);
    instance.steps.push({ from: this.now, to });
    instance.decodes = decodes;
    instance.step = {
      from: this.now,
      to,
      aloneSeconds: decodes.length > 0 ? this.stepSeconds(decodes.length, context, []) : 0,
      tokens: sum(chunks.map(({ tokens }) => tokens)),
      blockedBy,
    };
    this.at(to, "step end", () => this.endStep(instance, decodes), instance.id);
  }

  /** The execution model, by its formula. */
  stepSeconds(
    decodes: number,
    context: number,
    chunks: readonly { readonly tokens: number; readonly past: number }[],
  ): number {
    const { base, perSequence, perContextToken, perPrefillToken, kneeTokens } = this.cluster.time;
    const beyond = Math.max(0, context - kneeTokens);
    const prefill = chunks.map(({ tokens, past }) => tokens * (1 + past / 10_000));
    return base + perSequence * decodes + perContextToken * (context + beyond) +
      perPrefillToken * sum(prefill);
  }

  endStep(instance: NaiveInstance, decodes: readonly NaiveRequest[]): void {
    if (instance.state === "stopped") return;
    instance.isStepping = false;
    for (const request of [...instance.running, ...instance.queue]) {
      request.latency.stepEnds(instance.step!, this.roleOf(instance, request));
    }
    for (const request of decodes) {
      request.computed++;
      this.token(instance, request);
    }
    for (const { request, tokens } of instance.chunks) {
      request.computed += tokens;
      if (request.computed < request.target) continue;
      request.isDecoding = true;
      this.token(instance, request);
    }
    for (const request of instance.running.filter(({ due }) => due !== undefined)) {
      this.leave(instance, request, request.due!.outcome);
      if (request.tokens[0] > request.due!.at) request.tokens.length = 0;
    }
    const isAnyGone = [...decodes, ...instance.chunks.map(({ request }) => request)]
      .some(({ outcome }) => outcome !== "unfinished");
    instance.chunks = [];
    if (isAnyGone) {
      if (this.inside(instance) === 0) this.becomeIdle(instance);
      this.serve();
    }
    if (this.inside(instance) > 0) this.formAtEndOfInstant(instance);
  }

  token(instance: NaiveInstance, request: NaiveRequest): void {
    request.tokens.push(this.now);
    request.latency.token();
    if (request.tokens.length === 1) {
      this.firstTokens.push({ at: this.now, ttft: this.now - request.arrival });
    }
    if (request.tokens.length < request.limit) return;
    instance.running = instance.running.filter((one) => one !== request);
    request.blocks = 0;
    if (request.due) this.end(request, request.due.outcome, request.due.at);
    else this.end(request, "completed");
  }

  // Scaling.

  evaluate(): void {
    const { period, actuationDelay } = this.cluster.scaling!;
    this.signals.push(naiveSignals(this, this.#evaluatedAt));
    const { desired, isChange } = this.#policy!(this.signals);
    const [asked, letGo] = [this.#asked, this.#letGo];
    if (actuationDelay === 0) this.scaleTo(desired, desired);
    else if (isChange) {
      this.at(this.now + actuationDelay, "actuation", () => {
        // What others have asked for or let go meanwhile stays.
        this.scaleTo(desired - (this.#letGo - letGo), desired + (this.#asked - asked));
      });
    }
    this.at(this.now + period, "evaluation", () => this.evaluate());
    this.#evaluatedAt = this.now;
  }

  scaleTo(least: number, most: number): void {
    while (this.size() < least) this.start();
    while (this.size() > most) {
      const isReserved = (one: NaiveInstance) => this.waiting.some(({ own }) => own === one);
      const [victim] = [
        ...this.inState("starting").filter((one) => !isReserved(one)).reverse(),
        ...this.inState("ready").sort((a, b) => this.inside(a) - this.inside(b) || b.id - a.id),
      ];
      if (victim === undefined) return;
      this.retire(victim);
    }
  }
}

/**
 * Simulates the cluster.
 *
 * @throws {Error} If a request waits for an instance that will not come.
 */
export function simulateNaively(cluster: NaiveCluster): NaiveRun {
  const run = new NaiveRun(cluster);
  run.run();
  return run;
}
