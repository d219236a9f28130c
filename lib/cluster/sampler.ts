import type { KvTokens } from "../metrics/kv_tokens.ts";
import type { TimeSeriesColumns } from "../metrics/run_tables.ts";
import { LIMITS, plain } from "../sim/limits.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import type { Fleet } from "./fleet.ts";
import { emptyTotals, type MeterTotals } from "../metrics/meter_totals.ts";

/** What the sampler cannot see in the fleet. */
export interface SampleCounters {
  readonly arrivals: number;
  readonly completions: number;
  /** Requests at the gateway. */
  readonly queued: number;
}

/** A column's first rows; those of counts have 32 bits. */
const EMPTY = {
  timeSeconds: new Float64Array(0),
  arrivals: new Int32Array(0),
  completions: new Int32Array(0),
  queued: new Int32Array(0),
  running: new Int32Array(0),
  starting: new Int32Array(0),
  idle: new Int32Array(0),
  busy: new Int32Array(0),
  draining: new Int32Array(0),
  kvUtilization: new Float64Array(0),
  mfu: new Float64Array(0),
  busyFraction: new Float64Array(0),
  promptTokensPerSecond: new Float64Array(0),
  outputTokensPerSecond: new Float64Array(0),
} as const;

/** Rows for which there is room at first. */
const FIRST_ROWS = 1024;

/** Writes one row of the time series per interval. */
export class Sampler {
  readonly #fleet: Fleet;
  readonly #intervalSeconds: number;
  readonly #most: number;
  #columns: Omit<TimeSeriesColumns, "count"> = EMPTY;
  #room = 0;
  #count = 0;
  /** Totals of each instance at the last sample. */
  readonly #before: Record<number, MeterTotals> = {};
  readonly #now = emptyTotals();
  /** KV tokens and room of all instances, summed over the samples. */
  readonly kvTokens: KvTokens = { tokens: 0, room: 0 };
  #lastSeconds = 0;
  #lastArrivals = 0;
  #lastCompletions = 0;

  /**
   * @param intervalSeconds Time between two rows, for messages.
   * @param most Rows that there may be.
   */
  constructor(fleet: Fleet, intervalSeconds: number, most: number = LIMITS.samples.value) {
    this.#fleet = fleet;
    this.#most = most;
    this.#intervalSeconds = intervalSeconds;
  }

  /** Rows so far. */
  get count(): number {
    return this.#count;
  }

  /** Samples the interval that ends at `now`. Instances that stopped in it count until they did. */
  sample(now: number, counters: SampleCounters): void {
    const fleet = this.#fleet;
    const seconds = now - this.#lastSeconds;
    const byState = [0, 0, 0, 0, 0];
    let waiting = counters.queued, running = 0;
    let usedBlocks = 0, blocks = 0;
    let upSeconds = 0, peakFlops = 0;
    let busySeconds = 0, flops = 0, promptTokens = 0, outputTokens = 0;
    const totals = this.#now;
    for (const id of this.#unsampled()) {
      const stoppedAt = fleet.stoppedAtSeconds[id];
      const state = fleet.state[id];
      byState[state]++;
      const engine = fleet.engines[id];
      const { parts } = fleet.functions[fleet.functionOf[id]];
      const readyAt = fleet.readyAtSeconds[id];
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
    if (this.#count === this.#room) this.#grow(now);
    const columns = this.#columns;
    const row = this.#count++;
    columns.timeSeconds[row] = now;
    columns.arrivals[row] = counters.arrivals - this.#lastArrivals;
    columns.completions[row] = counters.completions - this.#lastCompletions;
    columns.queued[row] = waiting;
    columns.running[row] = running;
    columns.starting[row] = byState[InstanceState.starting];
    columns.idle[row] = byState[InstanceState.idle];
    columns.busy[row] = byState[InstanceState.busy];
    columns.draining[row] = byState[InstanceState.draining];
    columns.kvUtilization[row] = blocks > 0 ? usedBlocks / blocks : 0;
    columns.mfu[row] = peakFlops > 0 ? flops / peakFlops : 0;
    columns.busyFraction[row] = upSeconds > 0 ? busySeconds / upSeconds : 0;
    columns.promptTokensPerSecond[row] = seconds > 0 ? promptTokens / seconds : 0;
    columns.outputTokensPerSecond[row] = seconds > 0 ? outputTokens / seconds : 0;
    this.#lastSeconds = now;
    this.#lastArrivals = counters.arrivals;
    this.#lastCompletions = counters.completions;
  }

  /** The series so far. */
  columns(): TimeSeriesColumns {
    return { count: this.#count, ...this.#resized(this.#count) };
  }

  /** Makes room for twice as many rows, up to the limit. */
  #grow(now: number): void {
    const most = this.#most;
    if (this.#count >= most) {
      throw new RangeError(
        `Cannot take a sample at ${now} s as one of at most ${
          plain(most)
        } rows of the time series: ` +
          `current value is metrics.collect_interval ${this.#intervalSeconds} s (simulate a ` +
          `shorter time, or sample less often)`,
      );
    }
    this.#room = Math.min(most, Math.max(FIRST_ROWS, 2 * this.#room));
    this.#columns = this.#resized(this.#room);
  }

  /** Copies of the columns with room for so many rows. */
  #resized(rows: number): Omit<TimeSeriesColumns, "count"> {
    const columns = Object.entries(this.#columns).map(([name, column]) => {
      const resized = new (column.constructor as typeof Float64Array | typeof Int32Array)(rows);
      resized.set(column.subarray(0, rows));
      return [name, resized];
    });
    return Object.fromEntries(columns);
  }

  /** Instances that have not stopped before the last sample, by ascending ids. */
  #unsampled(): readonly number[] {
    const { stoppedAtSeconds, state } = this.#fleet;
    const ids = this.#ids;
    while (this.#made < state.length) ids.push(this.#made++);
    let kept = 0;
    for (const id of ids) {
      if (stoppedAtSeconds[id] <= this.#lastSeconds) delete this.#before[id];
      else ids[kept++] = id;
    }
    ids.length = kept;
    return ids;
  }
  readonly #ids: number[] = [];
  #made = 0;
}
