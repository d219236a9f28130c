import { emptyTotals, type MeterTotals } from "../../metrics/meter_totals.ts";
import type { InstanceLoad, ScalingSignals } from "../../serverless/scaling/policy.ts";
import type { Instance } from "../fleet/instance.ts";
import type { FunctionState } from "./function_state.ts";

/** A policy's signals while they are gathered. */
type Gathered = { -readonly [K in keyof ScalingSignals]: ScalingSignals[K] };

/** What an instance had done by an evaluation. */
type Done = Pick<MeterTotals, "busySeconds" | "outputTokens">;

/**
 * What a scaling policy is told of one function: how much was asked of it and how it did since the
 * last evaluation.
 */
export class Demand {
  /** Arrivals and completions since the last evaluation. */
  #arrivals = 0;
  #completions = 0;
  /** TTFTs of the first tokens since the last evaluation, seconds. */
  #ttfts = new Float64Array(4);
  #ttftCount = 0;
  #tbtSum = 0;
  #tbtCount = 0;
  #promptTokens = 0;
  #outputTokens = 0;
  readonly #totals = emptyTotals();
  /** What ready instances had done by the last evaluation that looked into them. */
  readonly #before = new Map<number, Done>();
  #requestSeconds = 0;
  #changedAtSeconds = 0;
  #evaluatedAtSeconds = 0;
  #idleSinceSeconds = 0;
  /** One object for all evaluations. */
  readonly #signals: Gathered = {
    nowSeconds: 0,
    ready: 0,
    starting: 0,
    pending: 0,
    queued: 0,
    inFlight: 0,
    waiting: 0,
    oldestWaitSeconds: 0,
    concurrency: 0,
    arrivals: 0,
    completions: 0,
    busyFraction: 0,
    kvUtilization: 0,
    ttftP95Seconds: 0,
    tbtMeanSeconds: 0,
    outputTokens: 0,
    promptTokensMean: 0,
    outputTokensMean: 0,
    idleSeconds: 0,
  };

  /** To be called before the number of the function's requests changes from `requests`. */
  accrue(requests: number, now: number): void {
    this.#requestSeconds += requests * (now - this.#changedAtSeconds);
    this.#changedAtSeconds = now;
    if (requests > 0) this.#idleSinceSeconds = now;
  }

  /** A request arrives. */
  arrives(): void {
    this.#arrivals++;
  }

  /** A request has had its first token. */
  firstToken(ttftSeconds: number): void {
    if (this.#ttftCount === this.#ttfts.length) {
      const grown = new Float64Array(2 * this.#ttftCount);
      grown.set(this.#ttfts);
      this.#ttfts = grown;
    }
    this.#ttfts[this.#ttftCount++] = ttftSeconds;
  }

  /** A request has completed, with so many seconds between its first token and its last. */
  completes(promptTokens: number, outputTokens: number, gapSeconds: number): void {
    this.#completions++;
    this.#tbtSum += gapSeconds;
    this.#tbtCount += outputTokens - 1;
    this.#promptTokens += promptTokens;
    this.#outputTokens += outputTokens;
  }

  /** The signals of an evaluation; what is counted or averaged starts anew. The object is reused. */
  evaluate(fn: FunctionState, instances: readonly Instance[], now: number): ScalingSignals {
    const requests = fn.inFlight + fn.waiting.size;
    this.accrue(requests, now);
    const hadNobody = requests === 0 && this.#idleSinceSeconds <= this.#evaluatedAtSeconds;
    const signals = this.#signals;
    const seconds = now - this.#evaluatedAtSeconds;
    signals.nowSeconds = now;
    signals.ready = fn.ready.count;
    signals.starting = fn.size - fn.ready.count;
    signals.pending = fn.waitingForGpus;
    signals.queued = fn.waiting.size;
    signals.inFlight = fn.inFlight;
    signals.oldestWaitSeconds = Math.max(0, now - fn.waiting.oldestSinceSeconds);
    signals.concurrency = seconds > 0 ? this.#requestSeconds / seconds : requests;
    signals.arrivals = this.#arrivals;
    signals.completions = this.#completions;
    // Who reads instances is told of those, too, that have nothing to do.
    if (hadNobody && !fn.parts.scaling.decider!.readsInstances) this.#measureNobody();
    else this.#measureInstances(fn, instances, now);
    signals.ttftP95Seconds = this.#ttftP95();
    signals.tbtMeanSeconds = this.#tbtCount > 0 ? this.#tbtSum / this.#tbtCount : 0;
    const completed = Math.max(1, this.#completions);
    signals.promptTokensMean = this.#promptTokens / completed;
    signals.outputTokensMean = this.#outputTokens / completed;
    signals.idleSeconds = requests > 0 ? 0 : now - this.#idleSinceSeconds;
    this.#requestSeconds = 0;
    this.#arrivals = 0;
    this.#completions = 0;
    this.#ttftCount = 0;
    this.#tbtSum = 0;
    this.#tbtCount = 0;
    this.#promptTokens = 0;
    this.#outputTokens = 0;
    this.#evaluatedAtSeconds = now;
    return signals;
  }

  /** Nobody has been inside since the last evaluation, so that no instance has done anything. */
  #measureNobody(): void {
    const signals = this.#signals;
    signals.waiting =
      signals.busyFraction =
      signals.kvUtilization =
      signals.outputTokens =
        0;
  }

  #measureInstances(fn: FunctionState, instances: readonly Instance[], now: number): void {
    const { ids, count } = fn.ready;
    const signals = this.#signals;
    const before = this.#before;
    // Those that have stopped are forgotten.
    if (before.size > 2 * count + 8) {
      const isReady = new Set(ids.subarray(0, count));
      for (const id of before.keys()) if (!isReady.has(id)) before.delete(id);
    }
    const loads: InstanceLoad[] | undefined = fn.parts.scaling.decider!.readsInstances
      ? []
      : undefined;
    let upSeconds = 0, busySeconds = 0, usedBlocks = 0, waiting = 0, tokens = 0;
    for (let i = 0; i < count; i++) {
      const id = ids[i];
      const { engine, readyAtSeconds } = instances[id];
      engine.readings.readMeter(now, this.#totals);
      let done = before.get(id);
      if (done === undefined) before.set(id, done = { busySeconds: 0, outputTokens: 0 });
      busySeconds += this.#totals.busySeconds - done.busySeconds;
      tokens += this.#totals.outputTokens - done.outputTokens;
      done.busySeconds = this.#totals.busySeconds;
      done.outputTokens = this.#totals.outputTokens;
      upSeconds += now - Math.max(this.#evaluatedAtSeconds, readyAtSeconds);
      usedBlocks += engine.readings.usedBlocks(now);
      waiting += engine.ledger.outstanding - engine.readings.running;
      loads?.push({ instanceId: id, ...engine.load(now) });
    }
    if (loads !== undefined) signals.instances = loads;
    signals.waiting = waiting;
    signals.outputTokens = tokens;
    signals.busyFraction = upSeconds > 0 ? Math.min(1, busySeconds / upSeconds) : 0;
    signals.kvUtilization = count > 0 ? usedBlocks / (count * fn.parts.engine.kvBlocks) : 0;
  }

  #ttftP95(): number {
    const count = this.#ttftCount;
    if (count === 0) return 0;
    // What is sorted is forgotten right after.
    if (count > 1) this.#ttfts.subarray(0, count).sort();
    return this.#ttfts[Math.ceil(0.95 * count) - 1];
  }
}
