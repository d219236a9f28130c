import type { ScalingSignals } from "../serverless/scaling/policy.ts";
import type { Fleet } from "./fleet.ts";
import type { FunctionFleet } from "./function_fleet.ts";
import { emptyTotals } from "../metrics/meter_totals.ts";

/** A policy's signals while they are gathered. */
type Gathered = { -readonly [K in keyof ScalingSignals]: ScalingSignals[K] };

/**
 * Gathers what a scaling policy sees of one function and asks it for the desired number of instances.
 * Averages cover the time since the last evaluation.
 */
export class Autoscaler {
  readonly functionId: number;
  /** Requests at the gateway. */
  queued = 0;
  /** Arrivals and completions since the last evaluation. */
  arrivals = 0;
  completions = 0;
  /** TTFTs of requests that completed since the last evaluation, seconds. */
  readonly #ttfts: number[] = [];
  #tbtSum = 0;
  #tbtCount = 0;

  readonly #fleet: Fleet;
  readonly #function: FunctionFleet;
  readonly #signals: Gathered;
  readonly #totals = emptyTotals();
  readonly #busyBefore: number[] = [];
  #requestSeconds = 0;
  #changedAtSeconds = 0;
  #evaluatedAtSeconds = 0;
  #idleSinceSeconds = 0;

  constructor(fleet: Fleet, functionId: number) {
    this.#fleet = fleet;
    this.functionId = functionId;
    this.#function = fleet.functions[functionId];
    this.#signals = {
      nowSeconds: 0,
      ready: 0,
      starting: 0,
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
      idleSeconds: 0,
    };
  }

  /** To be called before the number of requests in the function changes. */
  touch(now: number): void {
    const requests = this.queued + this.#function.inFlight;
    this.#requestSeconds += requests * (now - this.#changedAtSeconds);
    this.#changedAtSeconds = now;
    if (requests > 0) this.#idleSinceSeconds = now;
  }

  /** Takes note of a completed request's latencies. */
  observe(ttftSeconds: number, gapSeconds: number, gaps: number): void {
    this.#ttfts.push(ttftSeconds);
    this.#tbtSum += gapSeconds;
    this.#tbtCount += gaps;
  }

  /**
   * Asks the policy for the desired number of instances.
   *
   * @param oldestWaitSeconds Age of the oldest request at the gateway.
   */
  evaluate(now: number, oldestWaitSeconds: number): number {
    this.touch(now);
    const { parts, ready, starting, pending, backingOff, inFlight } = this.#function;
    const signals = this.#signals;
    const seconds = now - this.#evaluatedAtSeconds;
    signals.nowSeconds = now;
    signals.ready = ready;
    signals.starting = starting + pending + backingOff;
    signals.queued = this.queued;
    signals.inFlight = inFlight;
    signals.oldestWaitSeconds = oldestWaitSeconds;
    signals.concurrency = seconds > 0 ? this.#requestSeconds / seconds : inFlight + this.queued;
    signals.arrivals = this.arrivals;
    signals.completions = this.completions;
    this.#measureInstances(now, signals);
    signals.ttftP95Seconds = this.#ttftP95();
    signals.tbtMeanSeconds = this.#tbtCount > 0 ? this.#tbtSum / this.#tbtCount : 0;
    signals.idleSeconds = inFlight + this.queued > 0 ? 0 : now - this.#idleSinceSeconds;
    this.#requestSeconds = 0;
    this.arrivals = 0;
    this.completions = 0;
    this.#ttfts.length = 0;
    this.#tbtSum = 0;
    this.#tbtCount = 0;
    this.#evaluatedAtSeconds = now;
    return parts.scaling.decider!.decide(signals);
  }

  #measureInstances(now: number, signals: Gathered): void {
    const fleet = this.#fleet;
    const { readyIds, ready, parts } = this.#function;
    let upSeconds = 0, busySeconds = 0, usedBlocks = 0, waiting = 0;
    for (let i = 0; i < ready; i++) {
      const id = readyIds[i];
      const engine = fleet.engines[id];
      engine.readings.readMeter(now, this.#totals);
      busySeconds += this.#totals.busySeconds - (this.#busyBefore[id] ?? 0);
      this.#busyBefore[id] = this.#totals.busySeconds;
      upSeconds += now - Math.max(this.#evaluatedAtSeconds, fleet.readyAtSeconds[id]);
      usedBlocks += engine.readings.usedBlocks(now);
      waiting += engine.outstanding - engine.readings.running;
    }
    signals.waiting = waiting;
    signals.busyFraction = upSeconds > 0 ? Math.min(1, busySeconds / upSeconds) : 0;
    signals.kvUtilization = ready > 0 ? usedBlocks / (ready * parts.engine.kvBlocks) : 0;
  }

  #ttftP95(): number {
    const { length } = this.#ttfts;
    if (length === 0) return 0;
    const sorted = Float64Array.from(this.#ttfts).sort();
    return sorted[Math.min(length - 1, Math.ceil(0.95 * length) - 1)];
  }
}
