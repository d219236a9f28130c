import type { TimeSeriesColumns } from "../metrics/run_tables.ts";
import type { TimelineRow } from "../plot/cluster_timeline.ts";
import type { PowerRow } from "../plot/energy_timeline.ts";

/** Points of a time series beyond which intervals are averaged. */
const MOST_INTERVALS = 360;

/** Share of the usual interval below which the last one is no point of its own. */
const SHORT_INTERVAL = 0.5;

/**
 * The time series with neighbouring intervals averaged until at most 360 remain. A last interval that
 * the end of the run cut short is part of the one before: by itself it would be a fall to nothing.
 */
export function timelineRows(series: TimeSeriesColumns): TimelineRow[] {
  return averaged(series, (part) => ({
    timeSeconds: part.timeSeconds,
    arrivalsPerSecond: part.sum(series.arrivals) / part.seconds,
    completionsPerSecond: part.sum(series.completions) / part.seconds,
    queued: part.mean(series.queued),
    running: part.mean(series.running),
    starting: part.mean(series.starting),
    idle: part.mean(series.idle),
    busy: part.mean(series.busy),
    draining: part.mean(series.draining),
    busyFraction: part.mean(series.busyFraction),
    kvUtilization: part.mean(series.kvUtilization),
    mfu: part.mean(series.mfu),
  }));
}

/** The power of the time series, averaged likewise. */
export function energyRows(series: TimeSeriesColumns): PowerRow[] {
  return averaged(series, ({ timeSeconds, mean }) => ({
    timeSeconds,
    busyWatts: mean(series.stepWatts),
    idleWatts: mean(series.idleWatts),
    startingWatts: mean(series.startWatts),
    hostWatts: mean(series.hostWatts),
  }));
}

/** Some neighbouring intervals together. */
interface Part {
  /** Their end, and how long they are, seconds. */
  readonly timeSeconds: number;
  readonly seconds: number;
  sum(values: ArrayLike<number>): number;
  mean(values: ArrayLike<number>): number;
}

function averaged<Row>(series: TimeSeriesColumns, rowOf: (part: Part) => Row): Row[] {
  const every = Math.ceil(series.count / MOST_INTERVALS);
  const { count } = series;
  const isCut = count > 1 &&
    series.intervalSeconds[count - 1] < SHORT_INTERVAL * series.intervalSeconds[0];
  const rows: Row[] = [];
  for (let from = 0, to = 0; from < count; from = to) {
    to = Math.min(count, from + every);
    if (isCut && to === count - 1) to = count;
    const startSeconds = from === 0 ? 0 : series.timeSeconds[from - 1];
    const seconds = series.timeSeconds[to - 1] - startSeconds;
    const sum = (values: ArrayLike<number>) => {
      let total = 0;
      for (let i = from; i < to; i++) total += values[i];
      return total;
    };
    const mean = (values: ArrayLike<number>) => {
      let total = 0;
      for (let i = from; i < to; i++) total += values[i] * series.intervalSeconds[i];
      return total / seconds;
    };
    rows.push(rowOf({ timeSeconds: series.timeSeconds[to - 1], seconds, sum, mean }));
  }
  return rows;
}
