import type { KvTokens } from "../metrics/kv_tokens.ts";
import type { TimeSeriesColumns } from "../metrics/run_tables.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import type { Fleet } from "./fleet/fleet.ts";
import { emptyTotals, type MeterTotals } from "../metrics/meter_totals.ts";

/** What the sampler cannot see in the fleet: requests that have arrived and completed by now. */
export interface SampleCounters {
  readonly arrived: number;
  readonly completed: number;
}

/** Writes one row of the time series per interval. */
export class Sampler {
  readonly #fleet: Fleet;
  readonly #rows: { [K in keyof Omit<TimeSeriesColumns, "count">]: number[] } = {
    timeSeconds: [],
    arrivals: [],
    completions: [],
    queued: [],
    running: [],
    starting: [],
    idle: [],
    busy: [],
    draining: [],
    kvUtilization: [],
    mfu: [],
    busyFraction: [],
    promptTokensPerSecond: [],
    outputTokensPerSecond: [],
  };
  /** Totals of each instance at the last sample. */
  readonly #before: MeterTotals[] = [];
  readonly #now = emptyTotals();
  /** KV tokens and room of all instances, summed over the samples. */
  readonly kvTokens: KvTokens = { tokens: 0, room: 0 };
  #lastSeconds = 0;
  #lastArrivals = 0;
  #lastCompletions = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** Samples the interval that ends at `now`. Instances that stopped in it count until they did. */
  sample(now: number, counters: SampleCounters): void {
    const fleet = this.#fleet;
    const seconds = now - this.#lastSeconds;
    const rows = this.#rows;
    const byState = [0, 0, 0, 0, 0];
    let waiting = 0, running = 0;
    for (const fn of fleet.functions) waiting += fn.waiting.size;
    let usedBlocks = 0, blocks = 0;
    let upSeconds = 0, peakFlops = 0;
    let busySeconds = 0, flops = 0, promptTokens = 0, outputTokens = 0;
    const totals = this.#now;
    const { instances } = fleet;
    for (let id = this.#firstUnsampled(); id < instances.length; id++) {
      const instance = instances[id];
      const { state, engine, stoppedAtSeconds: stoppedAt, readyAtSeconds: readyAt } = instance;
      if (stoppedAt <= this.#lastSeconds) continue;
      byState[state]++;
      const { parts } = fleet.functions[instance.functionId];
      if (!(readyAt <= now)) continue;
      const until = stoppedAt <= now ? stoppedAt : now;
      const up = until - Math.max(readyAt, this.#lastSeconds);
      upSeconds += up;
      peakFlops += up * parts.engine.peakFlops;
      engine.readings.readMeter(now, totals);
      const before = this.#before[id] ??= emptyTotals();
      busySeconds += totals.busySeconds - before.busySeconds;
      flops += totals.flops - before.flops;
      promptTokens += totals.promptTokens - before.promptTokens;
      outputTokens += totals.outputTokens - before.outputTokens;
      Object.assign(before, totals);
      if (state === InstanceState.stopped) continue;
      running += engine.readings.running;
      waiting += engine.outstanding - engine.readings.running;
      usedBlocks += engine.readings.usedBlocks(now);
      engine.readings.readKvTokens(now, this.kvTokens);
      blocks += parts.engine.kvBlocks;
    }
    rows.timeSeconds.push(now);
    rows.arrivals.push(counters.arrived - this.#lastArrivals);
    rows.completions.push(counters.completed - this.#lastCompletions);
    rows.queued.push(waiting);
    rows.running.push(running);
    rows.starting.push(byState[InstanceState.starting]);
    rows.idle.push(byState[InstanceState.idle]);
    rows.busy.push(byState[InstanceState.busy]);
    rows.draining.push(byState[InstanceState.draining]);
    rows.kvUtilization.push(blocks > 0 ? usedBlocks / blocks : 0);
    rows.mfu.push(peakFlops > 0 ? flops / peakFlops : 0);
    rows.busyFraction.push(upSeconds > 0 ? busySeconds / upSeconds : 0);
    rows.promptTokensPerSecond.push(seconds > 0 ? promptTokens / seconds : 0);
    rows.outputTokensPerSecond.push(seconds > 0 ? outputTokens / seconds : 0);
    this.#lastSeconds = now;
    this.#lastArrivals = counters.arrived;
    this.#lastCompletions = counters.completed;
  }

  /** End of the last interval, seconds. */
  get lastSeconds(): number {
    return this.#lastSeconds;
  }

  /** The series so far. */
  columns(): TimeSeriesColumns {
    const rows = this.#rows;
    return {
      count: rows.timeSeconds.length,
      timeSeconds: Float64Array.from(rows.timeSeconds),
      arrivals: Int32Array.from(rows.arrivals),
      completions: Int32Array.from(rows.completions),
      queued: Int32Array.from(rows.queued),
      running: Int32Array.from(rows.running),
      starting: Int32Array.from(rows.starting),
      idle: Int32Array.from(rows.idle),
      busy: Int32Array.from(rows.busy),
      draining: Int32Array.from(rows.draining),
      kvUtilization: Float64Array.from(rows.kvUtilization),
      mfu: Float64Array.from(rows.mfu),
      busyFraction: Float64Array.from(rows.busyFraction),
      promptTokensPerSecond: Float64Array.from(rows.promptTokensPerSecond),
      outputTokensPerSecond: Float64Array.from(rows.outputTokensPerSecond),
    };
  }

  /** Instances below this id stopped before the last sample; found again from where it was. */
  #firstUnsampled(): number {
    const { instances } = this.#fleet;
    while (instances[this.#first]?.stoppedAtSeconds <= this.#lastSeconds) this.#first++;
    return this.#first;
  }
  #first = 0;
}
