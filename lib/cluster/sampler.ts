import type { KvTokens } from "../metrics/kv_tokens.ts";
import type { TimeSeriesColumns } from "../metrics/run_tables.ts";
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

/** Writes one row of the time series per interval: what happened in it, and means over it. */
export class Sampler {
  readonly #fleet: Fleet;
  readonly #rows: { [K in keyof Omit<TimeSeriesColumns, "count">]: number[] } = {
    timeSeconds: [],
    intervalSeconds: [],
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
  /** By instance. */
  readonly #before: Before[] = [];
  readonly #now = emptyTotals();
  /** KV tokens and room of all instances, summed over the samples. */
  readonly kvTokens: KvTokens = { tokens: 0, room: 0 };
  #lastSeconds = 0;
  #lastArrived = 0;
  #lastCompleted = 0;
  #lastRequestSeconds = 0;
  /** Instances below this number had stopped by the last sample. */
  #first = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** End of the last interval, seconds. */
  get lastSeconds(): number {
    return this.#lastSeconds;
  }

  /** Samples the interval that ends at `now`, which is after the one before. */
  sample(now: number, counters: SampleCounters): void {
    const { instances } = this.#fleet;
    const seconds = now - this.#lastSeconds;
    const rows = this.#rows;
    const sums = emptySums();
    while (instances[this.#first]?.stoppedAtSeconds <= this.#lastSeconds) this.#first++;
    for (let id = this.#first; id < instances.length; id++) {
      if (instances[id].stoppedAtSeconds <= this.#lastSeconds) continue;
      this.#add(instances[id], now, sums);
    }
    const { arrived, completed, requestSeconds } = counters;
    const inside = (requestSeconds - this.#lastRequestSeconds) / seconds;
    const running = sums.sequenceSeconds / seconds;
    rows.timeSeconds.push(now);
    rows.intervalSeconds.push(seconds);
    rows.arrivals.push(arrived - this.#lastArrived);
    rows.completions.push(completed - this.#lastCompleted);
    // Two sums of the same products in different orders: nobody waits a negative time.
    rows.queued.push(Math.max(0, tidy(inside - running)));
    rows.running.push(running);
    rows.starting.push(sums.startingSeconds / seconds);
    rows.idle.push(sums.idleSeconds / seconds);
    rows.busy.push(
      Math.max(0, tidy((sums.upSeconds - sums.idleSeconds - sums.drainingSeconds) / seconds)),
    );
    rows.draining.push(sums.drainingSeconds / seconds);
    rows.kvUtilization.push(share(sums.blockSeconds, sums.capacityBlockSeconds));
    rows.mfu.push(share(sums.flops, sums.peakFlops));
    rows.busyFraction.push(share(sums.busySeconds, sums.upSeconds));
    rows.promptTokensPerSecond.push(sums.promptTokens / seconds);
    rows.outputTokensPerSecond.push(sums.outputTokens / seconds);
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
    const { arrivals, completions, ...means } = this.#rows;
    const floats = Object.entries(means).map(([name, values]) => [name, Float64Array.from(values)]);
    return {
      count: arrivals.length,
      arrivals: Int32Array.from(arrivals),
      completions: Int32Array.from(completions),
      ...Object.fromEntries(floats),
    };
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

/** A difference of equal sums that were added in different orders is nothing. */
function tidy(mean: number): number {
  return Math.abs(mean) < 1e-9 ? 0 : mean;
}
