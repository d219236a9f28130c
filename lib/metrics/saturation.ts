import { describeParts } from "../stats/describe_parts.ts";
import { percentiles } from "../stats/quantiles.ts";
import { studentQuantile } from "../stats/student.ts";
import type { RequestPiece, RequestRows } from "./rows/request_rows.ts";
import { OUTCOMES, type RequestColumns } from "./run_tables.ts";

/** More arrives than is served: latencies have no steady state. */
export interface Saturation {
  /** Requests that arrive per second, in the second half of the time in which requests arrive. */
  readonly arrivalsPerSecond: number;
  /** Requests that are served per second in the same time. */
  readonly servedPerSecond: number;
}

const UNFINISHED = OUTCOMES.indexOf("unfinished");
const COMPLETED = OUTCOMES.indexOf("completed");
/** Equal parts of the second half, whose growths of the backlog are compared. */
const PARTS = 20;
/**
 * Level of each of the two tests. Both together are wrong in at most 1 % of stable runs: a queue that
 * is served at its full rate all the time, the worst case, is a random walk without a drift.
 */
const LEVEL = 0.0025;
/** Fewest requests by which a backlog has to have grown, so that a handful is no trend. */
const LEAST_GROWTH = 10;
/** Times in an engine that the second half has to be longer than for requests inside to count. */
const SETTLED = 2;

/**
 * Whether the run was saturated, by a test of trend. The time from the end of the warm-up to the last
 * arrival is halved, the second half cut into 20 parts. Saturated is a run in which more requests
 * arrive than are served and the backlog grows from part to part by more than chance explains: a
 * one-sided t-test of the mean growth per part. Two backlogs are tested at 0.25 % each: requests that
 * wait for an engine, and all that have not ended; both from the instant on at which the instance is
 * there that they wait for, since a start is no lack of capacity; the latter only where the half is at least twice as long as the first requests are in an engine, since the
 * number inside grows until the first ones leave. Requests that were turned away are in no backlog.
 *
 * @returns Undefined where there is no such trend, or too few requests to tell.
 */
export function saturation(
  rows: RequestRows,
  warmupSeconds: number,
): Saturation | undefined {
  let last = -Infinity;
  for (const requests of rows.pieces()) {
    const { arrivalAtSeconds: arrivals } = requests;
    for (let i = 0; i < requests.count; i++) {
      if (isCounted(requests, i) && arrivals[i] > last) last = arrivals[i];
    }
  }
  const from = warmupSeconds + (last - warmupSeconds) / 2;
  if (!(last > from)) return undefined;
  const waiting = new Backlog(from, last);
  const inside = new Backlog(from, last);
  let arrived = 0;
  for (const requests of rows.pieces()) {
    const { arrivalAtSeconds: arrivals, coldStartWaitSeconds: startWaits } = requests;
    for (let i = 0; i < requests.count; i++) {
      if (!isCounted(requests, i)) continue;
      const servedFrom = arrivals[i] + startWaits[i];
      waiting.enter(servedFrom);
      waiting.leave(requests.scheduledAtSeconds[i]);
      inside.enter(servedFrom);
      inside.leave(requests.completedAtSeconds[i]);
      if (arrivals[i] >= from) arrived++;
    }
  }
  const isSettled = last - from >= SETTLED * firstTimesInside(rows);
  if (!(waiting.grows() || (isSettled && inside.grows()))) return undefined;
  return {
    arrivalsPerSecond: arrived / (last - from),
    servedPerSecond: sum(inside.left) / (last - from),
  };
}

/** Whether a request is served or waits to be: completed and unfinished ones. */
function isCounted({ outcome }: RequestColumns, i: number): boolean {
  return outcome[i] === UNFINISHED || outcome[i] === COMPLETED;
}

/** Requests that enter and leave a backlog, by part of a span of time. */
class Backlog {
  readonly entered = new Int32Array(PARTS);
  readonly left = new Int32Array(PARTS);

  /** @param to End of the span, > `from`, seconds. */
  constructor(private readonly from: number, private readonly to: number) {}

  enter(atSeconds: number): void {
    this.#count(this.entered, atSeconds);
  }

  leave(atSeconds: number): void {
    this.#count(this.left, atSeconds);
  }

  #count(parts: Int32Array, atSeconds: number): void {
    // An instant that never came is NaN and in no part.
    if (!(atSeconds >= this.from && atSeconds <= this.to)) return;
    const part = Math.floor((atSeconds - this.from) / (this.to - this.from) * PARTS);
    parts[Math.min(part, PARTS - 1)]++;
  }

  /** Whether it grows from part to part by more than chance explains. */
  grows(): boolean {
    const changes = Array.from(this.entered, (count, part) => count - this.left[part]);
    const total = sum(changes);
    if (total < LEAST_GROWTH) return false;
    const mean = total / PARTS;
    const squares = changes.reduce((all, change) => all + (change - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / (PARTS - 1) / PARTS);
    return mean > deviation * studentQuantile(1 - LEVEL, PARTS - 1);
  }
}

function sum(counts: ArrayLike<number>): number {
  let all = 0;
  for (let i = 0; i < counts.length; i++) all += counts[i];
  return all;
}

/** Median time that the first tenth of the requests spent in an engine, seconds; 0 without any. */
function firstTimesInside(rows: RequestRows): number {
  const tenth = Math.ceil(rows.count / 10);
  const times = ({ first, completedAtSeconds, scheduledAtSeconds }: RequestPiece) =>
    completedAtSeconds.slice(0, tenth - first)
      .map((completedAt, i) => completedAt - scheduledAtSeconds[i]);
  const { whole } = rows;
  const [median] = whole ? percentiles(times(whole), [50]) : describeParts(function* () {
    for (const piece of rows.pieces()) {
      if (piece.first >= tenth) return;
      yield times(piece);
    }
  }, [50]).percentiles;
  return Number.isNaN(median) ? 0 : median;
}
