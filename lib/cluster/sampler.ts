import { GrowingColumns } from "../metrics/columns/growing_columns.ts";
import {
  clearSums,
  emptySums,
  type IntervalSums,
  TIME_SERIES_COLUMNS,
  withoutEnergy,
} from "../metrics/columns/time_series_columns.ts";
import { OUTCOME_CODE } from "../metrics/recorder.ts";
import type { KvTokens } from "../metrics/kv_tokens.ts";
import type { TimeSeriesColumns } from "../metrics/run_tables.ts";
import { LIMITS, plain } from "../sim/limits.ts";
import type { StatePower } from "../serverless/energy/state_power.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import type { Fleet } from "./fleet/fleet.ts";
import type { FunctionSeries } from "./function_series.ts";
import type { Instance } from "./fleet/instance.ts";
import type { RestingKind } from "./fleet/moving_instances.ts";
import { emptyTotals, type MeterTotals } from "../metrics/meter_totals.ts";

/** What the sampler cannot see in the fleet. */
export interface SampleCounters {
  /** Requests that have arrived and completed by now. */
  readonly arrived: number;
  readonly completed: number;
  /** Integral of the requests that have arrived and not ended, request-seconds. */
  readonly requestSeconds: number;
  /** Requests that have ended with an outcome by now. */
  of(outcome: number): number;
  /** What each function does; absent where nobody asks. */
  readonly series?: FunctionSeries | undefined;
}

/** What one instance had done at the last sample at which it did not rest. */
interface Before {
  /** Instant of that sample, seconds. */
  atSeconds: number;
  readonly totals: MeterTotals;
  idleSeconds: number;
}

/** Sums of requests that a limit on their time ended, and their outcomes. */
const LIMITED = [
  ["executionLimits", OUTCOME_CODE.execution_limit],
  ["drainLimits", OUTCOME_CODE.drain_limit],
  ["clientDeadlines", OUTCOME_CODE.client_deadline],
] as const;

/** Writes one row of the time series per interval: what happened in it, and means over it. */
export class Sampler {
  readonly #fleet: Fleet;
  readonly #sampleSeconds: number;
  readonly #most: number;
  readonly #rows = new GrowingColumns(TIME_SERIES_COLUMNS);
  /** By instance that is ready; those that have stopped are forgotten. */
  readonly #before = new Map<number, Before>();
  readonly #now = emptyTotals();
  readonly #sums = emptySums();
  /** Whether somebody asks for energy. */
  readonly #countsEnergy: boolean;
  /** KV tokens and room of all instances, summed over the samples. */
  readonly kvTokens: KvTokens = { tokens: 0, room: 0 };
  #lastSeconds = 0;
  #lastArrived = 0;
  #lastCompleted = 0;
  readonly #lastLimited = new Int32Array(LIMITED.length);
  #lastRequestSeconds = 0;

  /**
   * @param sampleSeconds Time between two rows, for messages.
   * @param most Rows that there may be.
   */
  constructor(fleet: Fleet, sampleSeconds: number, most: number = LIMITS.samples.value) {
    this.#fleet = fleet;
    this.#sampleSeconds = sampleSeconds;
    this.#countsEnergy = fleet.functions.some(({ parts }) => parts.power !== undefined);
    this.#most = most;
  }

  /** Rows so far. */
  get count(): number {
    return this.#rows.count;
  }

  /** End of the last interval, seconds. */
  get lastSeconds(): number {
    return this.#lastSeconds;
  }

  /** Samples the interval that ends at `now`, which is after the one before. */
  sample(now: number, counters: SampleCounters): void {
    const sums = this.#sums;
    clearSums(sums);
    if (!this.#countsEnergy) withoutEnergy(sums);
    const { moving } = this.#fleet;
    const { series } = counters;
    this.#addResting(moving.kinds, now - this.#lastSeconds);
    series?.addResting(now - this.#lastSeconds);
    for (const instance of moving.list) {
      this.#add(instance, now, sums, series?.of(instance.functionId));
    }
    moving.settle();
    series?.sample(now, now - this.#lastSeconds);
    sums.atSeconds = now;
    sums.seconds = now - this.#lastSeconds;
    const { arrived, completed, requestSeconds } = counters;
    sums.arrivals = arrived - this.#lastArrived;
    sums.completions = completed - this.#lastCompleted;
    LIMITED.forEach(([key, outcome], i) => {
      const count = counters.of(outcome);
      sums[key] = count - this.#lastLimited[i];
      this.#lastLimited[i] = count;
    });
    sums.requestSeconds = requestSeconds - this.#lastRequestSeconds;
    if (this.#rows.count >= this.#most) this.#refuse(now);
    this.#rows.add(sums);
    this.#lastSeconds = now;
    this.#lastArrived = arrived;
    this.#lastCompleted = completed;
    this.#lastRequestSeconds = requestSeconds;
  }

  /** Those that have rested since the last sample were idle all the while. */
  #addResting(kinds: readonly RestingKind[], seconds: number): void {
    const sums = this.#sums;
    for (const { count, peakFlops, kvBlocks, power } of kinds) {
      const idleSeconds = count * seconds;
      sums.upSeconds += idleSeconds;
      sums.idleSeconds += idleSeconds;
      sums.peakFlops += idleSeconds * peakFlops;
      sums.capacityBlockSeconds += idleSeconds * kvBlocks;
      if (power === undefined) continue;
      sums.idleJoules += idleSeconds * power.idleWatts;
      sums.hostJoules += idleSeconds * power.hostWatts;
    }
  }

  /**
   * Adds what an instance did since the last sample; one that stopped counts until it did.
   *
   * @param own The same sums of its function; absent where nobody asks.
   */
  #add(instance: Instance, now: number, sums: IntervalSums, own: IntervalSums | undefined): void {
    const { id, functionId, engine, state } = instance;
    const { createdAtSeconds, readyAtSeconds, drainingAtSeconds, stoppedAtSeconds } = instance;
    const last = this.#lastSeconds;
    const until = stoppedAtSeconds <= now ? stoppedAtSeconds : now;
    const isReady = readyAtSeconds <= now;
    const startedBy = isReady ? readyAtSeconds : until;
    const starting = Math.max(0, startedBy - Math.max(createdAtSeconds, last));
    sums.startingSeconds += starting;
    if (own) own.startingSeconds += starting;
    const { engine: { peakFlops, kvBlocks }, power } = this.#fleet.functions[functionId].parts;
    if (power) addStart(power, starting, sums);
    if (!isReady) return;
    const up = until - Math.max(readyAtSeconds, last);
    sums.upSeconds += up;
    if (own) own.upSeconds += up;
    sums.peakFlops += up * peakFlops;
    sums.capacityBlockSeconds += up * kvBlocks;
    if (drainingAtSeconds <= now) {
      const draining = until - Math.max(drainingAtSeconds, last);
      sums.drainingSeconds += draining;
      if (own) own.drainingSeconds += draining;
    }
    let before = this.#before.get(id);
    if (before === undefined) {
      before = { atSeconds: last, totals: emptyTotals(), idleSeconds: 0 };
      this.#before.set(id, before);
    }
    // What it has rested since has been counted.
    if (before.atSeconds < last) before.idleSeconds += last - before.atSeconds;
    before.atSeconds = now;
    const idleSeconds = instance.idleSeconds +
      (state === InstanceState.idle ? now - instance.idleSinceSeconds : 0);
    sums.idleSeconds += idleSeconds - before.idleSeconds;
    if (own) own.idleSeconds += idleSeconds - before.idleSeconds;
    before.idleSeconds = idleSeconds;
    const totals = this.#now;
    const hasStopped = state === InstanceState.stopped;
    if (hasStopped) this.#fleet.books.totals.at(id, totals);
    else engine.readings.readMeter(now, totals);
    if (power) addReady(power, up, totals.busySeconds - before.totals.busySeconds, sums);
    if (own) own.sequenceSeconds += totals.sequenceSeconds - before.totals.sequenceSeconds;
    for (const key of SUMMED) {
      sums[key] += totals[key] - before.totals[key];
      before.totals[key] = totals[key];
    }
    if (hasStopped) this.#before.delete(id);
    else engine.readings.readKvTokens(now, this.kvTokens);
  }

  /** The series so far. */
  columns(): TimeSeriesColumns {
    return { count: this.count, ...this.#rows.columns() } as unknown as TimeSeriesColumns;
  }

  #refuse(now: number): never {
    throw new RangeError(
      `Cannot take a sample at ${now} s as one of at most ${plain(this.#most)} rows of the time ` +
        `series: current value is metrics.collect_interval ${this.#sampleSeconds} s (simulate a ` +
        `shorter time, or sample less often)`,
    );
  }
}

/** Adds what an instance draws while it starts. */
function addStart(power: StatePower, seconds: number, sums: IntervalSums): void {
  sums.startJoules += seconds * power.idleWatts;
  sums.hostJoules += seconds * power.hostWatts;
}

/** Adds what a ready instance draws beside its steps. */
function addReady(power: StatePower, up: number, busy: number, sums: IntervalSums): void {
  sums.idleJoules += Math.max(0, up - busy) * power.idleWatts;
  sums.hostJoules += up * power.hostWatts;
}

/** Totals of an engine that a sample adds up. */
const SUMMED = [
  "busySeconds",
  "flops",
  "promptTokens",
  "outputTokens",
  "blockSeconds",
  "sequenceSeconds",
  "stepJoules",
] as const satisfies readonly (keyof MeterTotals)[];
