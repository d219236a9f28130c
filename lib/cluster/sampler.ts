import type { KvTokens } from "../metrics/kv_tokens.ts";
import type { TimeSeriesColumns } from "../metrics/run_tables.ts";
import { LIMITS, plain } from "../sim/limits.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { Instance } from "./fleet/instance.ts";
import { emptyTotals, type MeterTotals } from "../metrics/meter_totals.ts";

/** What the sampler cannot see in the fleet. */
export interface SampleCounters {
  /** Requests that have arrived and completed by now. */
  readonly arrived: number;
  readonly completed: number;
  /** Integral of the requests that have arrived and not ended, request-seconds. */
  readonly requestSeconds: number;
}

/** What one instance had done at the last sample. */
interface Before {
  readonly totals: MeterTotals;
  idleSeconds: number;
}

/** The columns before the first row. */
const EMPTY: Omit<TimeSeriesColumns, "count"> = {
  timeSeconds: new Float64Array(0),
  intervalSeconds: new Float64Array(0),
  arrivals: new Int32Array(0),
  completions: new Int32Array(0),
  queued: new Float64Array(0),
  running: new Float64Array(0),
  starting: new Float64Array(0),
  idle: new Float64Array(0),
  busy: new Float64Array(0),
  draining: new Float64Array(0),
  kvUtilization: new Float64Array(0),
  mfu: new Float64Array(0),
  busyFraction: new Float64Array(0),
  promptTokensPerSecond: new Float64Array(0),
  outputTokensPerSecond: new Float64Array(0),
};

/** Rows for which there is room at first. */
const FIRST_ROWS = 1024;

/** Writes one row of the time series per interval: what happened in it, and means over it. */
export class Sampler {
  readonly #fleet: Fleet;
  readonly #sampleSeconds: number;
  readonly #most: number;
  #columns = EMPTY;
  #room = 0;
  #count = 0;
  /** By instance; those that had stopped by the last sample are forgotten. */
  readonly #before: Record<number, Before> = {};
  readonly #now = emptyTotals();
  /** KV tokens and room of all instances, summed over the samples. */
  readonly kvTokens: KvTokens = { tokens: 0, room: 0 };
  #lastSeconds = 0;
  #lastArrived = 0;
  #lastCompleted = 0;
  #lastRequestSeconds = 0;
  /** Instances that had not stopped by the last sample, ascending, and how many were made by then. */
  readonly #present: number[] = [];
  #made = 0;

  /**
   * @param sampleSeconds Time between two rows, for messages.
   * @param most Rows that there may be.
   */
  constructor(fleet: Fleet, sampleSeconds: number, most: number = LIMITS.samples.value) {
    this.#fleet = fleet;
    this.#sampleSeconds = sampleSeconds;
    this.#most = most;
  }

  /** Rows so far. */
  get count(): number {
    return this.#count;
  }

  /** End of the last interval, seconds. */
  get lastSeconds(): number {
    return this.#lastSeconds;
  }

  /** Samples the interval that ends at `now`, which is after the one before. */
  sample(now: number, counters: SampleCounters): void {
    const seconds = now - this.#lastSeconds;
    const sums = emptySums();
    for (const id of this.#unsampled()) this.#add(this.#fleet.instances[id], now, sums);
    const { arrived, completed, requestSeconds } = counters;
    const inside = (requestSeconds - this.#lastRequestSeconds) / seconds;
    const running = sums.sequenceSeconds / seconds;
    const busySeconds = sums.upSeconds - sums.idleSeconds - sums.drainingSeconds;
    if (this.#count === this.#room) this.#grow(now);
    const columns = this.#columns;
    const row = this.#count++;
    columns.timeSeconds[row] = now;
    columns.intervalSeconds[row] = seconds;
    columns.arrivals[row] = arrived - this.#lastArrived;
    columns.completions[row] = completed - this.#lastCompleted;
    columns.queued[row] = atLeastZero(inside - running);
    columns.running[row] = running;
    columns.starting[row] = sums.startingSeconds / seconds;
    columns.idle[row] = sums.idleSeconds / seconds;
    columns.busy[row] = atLeastZero(busySeconds / seconds);
    columns.draining[row] = sums.drainingSeconds / seconds;
    columns.kvUtilization[row] = share(sums.blockSeconds, sums.capacityBlockSeconds);
    columns.mfu[row] = share(sums.flops, sums.peakFlops);
    columns.busyFraction[row] = share(sums.busySeconds, sums.upSeconds);
    columns.promptTokensPerSecond[row] = sums.promptTokens / seconds;
    columns.outputTokensPerSecond[row] = sums.outputTokens / seconds;
    this.#lastSeconds = now;
    this.#lastArrived = arrived;
    this.#lastCompleted = completed;
    this.#lastRequestSeconds = requestSeconds;
  }

  /** Adds what an instance did since the last sample; one that stopped counts until it did. */
  #add(instance: Instance, now: number, sums: Sums): void {
    const { id, functionId, engine, state } = instance;
    const { createdAtSeconds, readyAtSeconds, drainingAtSeconds, stoppedAtSeconds } = instance;
    const last = this.#lastSeconds;
    const until = stoppedAtSeconds <= now ? stoppedAtSeconds : now;
    const isReady = readyAtSeconds <= now;
    const startedBy = isReady ? readyAtSeconds : until;
    sums.startingSeconds += Math.max(0, startedBy - Math.max(createdAtSeconds, last));
    if (!isReady) return;
    const { peakFlops, kvBlocks } = this.#fleet.functions[functionId].parts.engine;
    const up = until - Math.max(readyAtSeconds, last);
    sums.upSeconds += up;
    sums.peakFlops += up * peakFlops;
    sums.capacityBlockSeconds += up * kvBlocks;
    if (drainingAtSeconds <= now) {
      sums.drainingSeconds += until - Math.max(drainingAtSeconds, last);
    }
    const before = this.#before[id] ??= { totals: emptyTotals(), idleSeconds: 0 };
    const idleSeconds = instance.idleSeconds +
      (state === InstanceState.idle ? now - instance.idleSinceSeconds : 0);
    sums.idleSeconds += idleSeconds - before.idleSeconds;
    before.idleSeconds = idleSeconds;
    const totals = this.#now;
    engine.readings.readMeter(now, totals);
    for (const key of SUMMED) sums[key] += totals[key] - before.totals[key];
    Object.assign(before.totals, totals);
    if (state !== InstanceState.stopped) engine.readings.readKvTokens(now, this.kvTokens);
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
          `current value is metrics.collect_interval ${this.#sampleSeconds} s (simulate a ` +
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

  /** Instances that had not stopped by the last sample, by ascending ids. */
  #unsampled(): readonly number[] {
    const { instances } = this.#fleet;
    const present = this.#present;
    while (this.#made < instances.length) present.push(this.#made++);
    let kept = 0;
    for (const id of present) {
      if (instances[id].stoppedAtSeconds <= this.#lastSeconds) delete this.#before[id];
      else present[kept++] = id;
    }
    present.length = kept;
    return present;
  }
}

/** Totals of an engine that a sample adds up. */
const SUMMED = [
  "busySeconds",
  "flops",
  "promptTokens",
  "outputTokens",
  "blockSeconds",
  "sequenceSeconds",
] as const satisfies readonly (keyof MeterTotals)[];

function emptySums() {
  return {
    ...emptyTotals(),
    startingSeconds: 0,
    upSeconds: 0,
    idleSeconds: 0,
    drainingSeconds: 0,
    peakFlops: 0,
    capacityBlockSeconds: 0,
  };
}
type Sums = ReturnType<typeof emptySums>;

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** A difference of sums that may be equal and were added in different orders is nothing then. */
function atLeastZero(mean: number): number {
  return mean < 1e-9 ? 0 : mean;
}
