import { checkNumber } from "./check.ts";
import { safelyBefore, type ScalingPolicy } from "./policy.ts";

/** Settings of `schedule`. */
export interface ScheduleOptions {
  /** Instances from each instant on, seconds, ascending. Before the first one the last one's count holds when the schedule repeats, else the first one's. */
  readonly entries: readonly { readonly fromSeconds: number; readonly instances: number }[];
  /** The schedule repeats after this time, seconds; Infinity (default) for once. */
  readonly repeatSeconds?: number;
  /** Entries take effect this much earlier, so that starts are over in time, seconds; default 0. */
  readonly leadSeconds?: number;
  /** Seconds between evaluations; default 5. */
  readonly periodSeconds?: number;
}

/**
 * A fixed timetable, whatever the load. During the lead before an increase the higher count holds,
 * before a decrease the old one.
 */
export function schedule(options: ScheduleOptions): ScalingPolicy {
  const { entries, repeatSeconds = Infinity, leadSeconds = 0, periodSeconds = 5 } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  checkNumber(repeatSeconds, "repeatSeconds", { min: 0, above: true });
  checkNumber(leadSeconds, "leadSeconds", { min: 0 });
  if (entries.length === 0) {
    throw new RangeError("Cannot use a schedule as a timetable: current value is no entries");
  }
  entries.forEach(({ fromSeconds, instances }, i) => {
    const after = i === 0 ? 0 : entries[i - 1].fromSeconds;
    checkNumber(fromSeconds, `fromSeconds of entry ${i}`, { min: after, above: i > 0 });
    checkNumber(instances, `instances of entry ${i}`, { min: 0 });
  });
  const last = entries[entries.length - 1];
  const repeats = repeatSeconds < Infinity;
  if (last.fromSeconds >= repeatSeconds) {
    throw new RangeError(
      `Cannot use repeatSeconds as a time beyond the last entry: current value is ${repeatSeconds}`,
    );
  }
  /** The count in force at an instant. */
  const at = (atSeconds: number): number => {
    const time = repeats ? atSeconds % repeatSeconds : atSeconds;
    let instances = repeats ? last.instances : entries[0].instances;
    for (const entry of entries) if (entry.fromSeconds <= time) instances = entry.instances;
    return instances;
  };
  /** Until when the count that was just found may hold: an entry, or its lead, begins next. */
  const standsUntilSeconds = (nowSeconds: number): number => {
    let next = Infinity;
    // A lead as long as a turn is one greatest count for ever.
    const turn = repeats ? Math.floor(nowSeconds / repeatSeconds) : 0;
    const turns = repeats ? [turn, turn + 1] : [0];
    for (const turn of turns) {
      for (const { fromSeconds } of entries) {
        const time = fromSeconds + (repeats ? turn * repeatSeconds : 0);
        for (const at of [time - leadSeconds, time]) if (at > nowSeconds) next = Math.min(next, at);
      }
    }
    return safelyBefore(next);
  };
  return {
    periodSeconds,
    standsUntilSeconds,
    desired({ nowSeconds }) {
      const until = nowSeconds + leadSeconds;
      let greatest = at(nowSeconds);
      const turns = repeats ? Math.floor(until / repeatSeconds) : 0;
      for (let turn = repeats ? Math.floor(nowSeconds / repeatSeconds) : 0; turn <= turns; turn++) {
        for (const { fromSeconds, instances } of entries) {
          const time = fromSeconds + (repeats ? turn * repeatSeconds : 0);
          if (time > nowSeconds && time <= until) greatest = Math.max(greatest, instances);
        }
      }
      return greatest;
    },
  };
}
