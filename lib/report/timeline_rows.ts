import type { TimeSeriesColumns } from "../metrics/run_tables.ts";
import type { TimelineRow } from "../plot/cluster_timeline.ts";

/** Points of a time series beyond which intervals are averaged. */
const MOST_INTERVALS = 360;

/** Share of the usual interval below which the last one is no point of its own. */
const SHORT_INTERVAL = 0.5;

/**
 * The time series with neighbouring intervals averaged until at most 360 remain. A last interval that
 * the end of the run cut short is part of the one before: by itself it would be a fall to nothing.
 */
export function timelineRows(series: TimeSeriesColumns): TimelineRow[] {
  const every = Math.ceil(series.count / MOST_INTERVALS);
  const { count } = series;
  const isCut = count > 1 &&
    series.intervalSeconds[count - 1] < SHORT_INTERVAL * series.intervalSeconds[0];
  const rows: TimelineRow[] = [];
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
    rows.push({
      timeSeconds: series.timeSeconds[to - 1],
      arrivalsPerSecond: sum(series.arrivals) / seconds,
      completionsPerSecond: sum(series.completions) / seconds,
      queued: mean(series.queued),
      running: mean(series.running),
      starting: mean(series.starting),
      idle: mean(series.idle),
      busy: mean(series.busy),
      draining: mean(series.draining),
      busyFraction: mean(series.busyFraction),
      kvUtilization: mean(series.kvUtilization),
      mfu: mean(series.mfu),
    });
  }
  return rows;
}
