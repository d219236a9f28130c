import {
  FUNCTION_SERIES_COLUMNS,
  type FunctionSums,
} from "../metrics/columns/function_series_columns.ts";
import { GrowingColumns } from "../metrics/columns/growing_columns.ts";
import { clearSums, emptySums } from "../metrics/columns/time_series_columns.ts";
import type { FunctionSeriesColumns } from "../metrics/run_tables.ts";
import { LIMITS, plain } from "../sim/limits.ts";
import type { FunctionState } from "./functions/function_state.ts";
import type { MovingInstances } from "./fleet/moving_instances.ts";

/** What each function did since the last sample, and the series that it becomes. */
export class FunctionSeries {
  readonly #functions: readonly FunctionState[];
  readonly #moving: MovingInstances;
  readonly #sums: readonly FunctionSums[];
  readonly #rows = new GrowingColumns(FUNCTION_SERIES_COLUMNS);
  /** Requests that have arrived and not ended, and until when the time with them is counted. */
  readonly #inside: Int32Array;
  readonly #accruedAtSeconds: Float64Array;
  /** Starts by the last sample. */
  readonly #starts: Int32Array;

  constructor(functions: readonly FunctionState[], moving: MovingInstances) {
    const { length } = functions;
    this.#functions = functions;
    this.#moving = moving;
    this.#sums = functions.map(({ id }) => ({ ...emptySums(), functionId: id, coldStarts: 0 }));
    this.#inside = new Int32Array(length);
    this.#accruedAtSeconds = new Float64Array(length);
    this.#starts = new Int32Array(length);
  }

  /** What a function has done since the last sample, to be added to. */
  of(functionId: number): FunctionSums {
    return this.#sums[functionId];
  }

  /** A request of a function arrives. */
  arrives(functionId: number, now: number): void {
    this.#accrue(functionId, now);
    this.#inside[functionId]++;
    this.#sums[functionId].arrivals++;
  }

  /** A request of a function ends. */
  ends(functionId: number, hasCompleted: boolean, now: number): void {
    this.#accrue(functionId, now);
    this.#inside[functionId]--;
    if (hasCompleted) this.#sums[functionId].completions++;
  }

  /** Counts the instances that have rested for so many seconds: they were idle. */
  addResting(seconds: number): void {
    const { restingOf } = this.#moving;
    for (let id = 0; id < restingOf.length; id++) {
      const idleSeconds = restingOf[id] * seconds;
      this.#sums[id].upSeconds += idleSeconds;
      this.#sums[id].idleSeconds += idleSeconds;
    }
  }

  /** Ends an interval: a row for each function that had anything in it. */
  sample(now: number, seconds: number): void {
    for (const { id, coldStarts } of this.#functions) {
      const sums = this.#sums[id];
      this.#accrue(id, now);
      sums.coldStarts = coldStarts - this.#starts[id];
      this.#starts[id] = coldStarts;
      if (!hadAnything(sums)) continue;
      sums.atSeconds = now;
      sums.seconds = seconds;
      if (this.#rows.count >= LIMITS.samples.value) this.#refuse(now);
      this.#rows.add(sums);
      clearSums(sums);
    }
  }

  /** The series so far. */
  columns(): FunctionSeriesColumns {
    return { count: this.#rows.count, ...this.#rows.columns() } as unknown as FunctionSeriesColumns;
  }

  #accrue(functionId: number, now: number): void {
    const seconds = now - this.#accruedAtSeconds[functionId];
    this.#sums[functionId].requestSeconds += this.#inside[functionId] * seconds;
    this.#accruedAtSeconds[functionId] = now;
  }

  #refuse(now: number): never {
    throw new RangeError(
      `Cannot take a sample of each function at ${now} s as one of at most ${
        plain(LIMITS.samples.value)
      } rows: current value of metrics.per_function is true, with ${
        plain(this.#functions.length)
      } functions (raise metrics.collect_interval)`,
    );
  }
}

function hadAnything(sums: FunctionSums): boolean {
  const { arrivals, completions, requestSeconds, startingSeconds, upSeconds, coldStarts } = sums;
  return arrivals + completions + coldStarts > 0 ||
    requestSeconds + startingSeconds + upSeconds > 0;
}
