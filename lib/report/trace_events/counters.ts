import type { TimeSeriesColumns } from "../../metrics/run_tables.ts";
import { counter, nanoseconds } from "./event_text.ts";
import { clipped } from "./lanes.ts";
import type { StepRow } from "./step_rows.ts";
import { RUN_PID } from "./tracks.ts";

/** Counters of the run: name, and the columns of the time series by the names of their lines. */
const COUNTERS = [
  ["requests", { queued: "queued", running: "running" }],
  ["instances", { starting: "starting", idle: "idle", busy: "busy", draining: "draining" }],
  ["KV use", { share: "kvUtilization" }],
  ["tokens per s", { prompt: "promptTokensPerSecond", output: "outputTokensPerSecond" }],
] as const satisfies readonly [string, Readonly<Record<string, keyof TimeSeriesColumns>>][];

/**
 * Means over the intervals of the time series as counters that hold from each one's beginning. `every`
 * intervals that follow one another are one.
 */
export function* runCounters(
  series: TimeSeriesColumns,
  window: readonly [number, number],
  every: number,
): Generator<string> {
  const { count, timeSeconds, intervalSeconds } = series;
  for (let row = 0; row < count; row += every) {
    const last = Math.min(count, row + every) - 1;
    const begin = timeSeconds[row] - intervalSeconds[row];
    const part = clipped(begin, timeSeconds[last], window);
    if (part === undefined) continue;
    for (const [name, lines] of COUNTERS) {
      const values = Object.entries(lines).map(([key, column]) => [
        key,
        mean(series[column as keyof TimeSeriesColumns] as ArrayLike<number>, series, row, last),
      ]);
      yield counter(RUN_PID, nanoseconds(part.start), name, Object.fromEntries(values));
    }
  }
}

/** Mean of a column over intervals, by their lengths, with six digits. */
function mean(
  column: ArrayLike<number>,
  { intervalSeconds }: TimeSeriesColumns,
  first: number,
  last: number,
): number {
  let sum = 0, seconds = 0;
  for (let row = first; row <= last; row++) {
    sum += column[row] * intervalSeconds[row];
    seconds += intervalSeconds[row];
  }
  return Number((sum / seconds).toPrecision(6));
}

/** What an instance's steps had, as counters: from the beginning of a step on, 0 between steps. */
export class InstanceCounters {
  readonly #pid: number;
  readonly #name: string;
  #endNs = -1;
  #before = "";

  constructor(pid: number, instanceId: number) {
    this.#pid = pid;
    this.#name = `instance ${instanceId}`;
  }

  /** The counters at the beginning of a row of steps, which follows those before. */
  *begin({ batch, waiting, kvBlocks }: StepRow, startNs: number, endNs: number): Generator<string> {
    if (this.#endNs >= 0 && this.#endNs < startNs) yield* this.#none();
    yield* this.#write(startNs, batch, waiting, kvBlocks);
    this.#endNs = endNs;
  }

  /** No step follows. */
  *end(): Generator<string> {
    if (this.#endNs >= 0) yield* this.#none();
  }

  #none(): Generator<string> {
    return this.#write(this.#endNs, 0, 0, 0);
  }

  *#write(atNs: number, running: number, waiting: number, blocks: number): Generator<string> {
    const values = `${running} ${waiting} ${blocks}`;
    if (values === this.#before) return;
    this.#before = values;
    yield counter(this.#pid, atNs, this.#name, { running, waiting, kv_blocks: blocks });
  }
}
