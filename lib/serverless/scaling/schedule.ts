import { withDefaults } from "../../settings/from_table.ts";
import { count, quantity } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import { checkMost, checkNumber } from "./check.ts";
import { safelyBefore, type ScalingEntry, type ScalingPolicy } from "./policy.ts";

/** Settings of `schedule`. */
export type ScheduleSettings = {
  readonly entries: readonly { readonly fromSeconds: number; readonly instances: number }[];
  readonly repeatSeconds: number | null;
  readonly leadSeconds: number;
};

/** `schedule` as files name it. */
export const schedulePolicy: ScalingEntry<"schedule", ScheduleSettings> = {
  name: "schedule",
  describe: "A timetable, whatever the load.",
  periodSeconds: 5,
  keepsReplicas: true,
  settings: {
    entries: {
      kind: "list",
      description: "The timetable, in order of `from`.",
      itemDescription: "One line of a timetable.",
      item: {
        fromSeconds: quantity("seconds", {
          min: 0,
          default: 0,
          describe: "Begin of the entry, seconds.",
        }),
        instances: count({ min: 0, default: 1, describe: "Instances from then on." }),
      },
    },
    repeatSeconds: quantity("seconds", {
      min: LIMITS.shortestPeriodSeconds.value,
      default: null,
      describe: "The timetable repeats after this time, seconds; null: once.",
    }),
    leadSeconds: quantity("seconds", {
      min: 0,
      default: 0,
      describe: "Entries take effect this much earlier, seconds.",
    }),
  },
  cuts: { leadSeconds: "repeatSeconds" },
  check({ entries, repeatSeconds }, facts) {
    const { isChosen } = facts;
    const froms = entries.map(({ fromSeconds }) => fromSeconds);
    const timetable = { option: "entries", wanted: "a timetable" };
    return [
      ...(isChosen && froms.length === 0
        ? [{ ...timetable, value: [], allowed: "one or more entries" }]
        : []),
      ...(froms.some((from, i) => i > 0 && from <= froms[i - 1])
        ? [{ ...timetable, value: froms, allowed: "entries in rising order of from" }]
        : []),
      ...(repeatSeconds !== null && froms.some((from) => from >= repeatSeconds)
        ? [{
          option: "repeatSeconds",
          wanted: "a repetition",
          allowed: "more than the last entry's from",
        }]
        : []),
      ...checkMost(
        "entries",
        "instances of a timetable",
        entries.map(({ instances }) => instances),
        facts,
      ),
    ];
  },
  laws: {
    options: { entries: [{ fromSeconds: 0, instances: 1 }, { fromSeconds: 60, instances: 5 }] },
    skip: [{ law: "shrinks", reason: "it does not look at the load" }],
  },
  create: (settings, { periodSeconds }) => schedule({ ...settings, periodSeconds }),
};

/** What `schedule` takes beyond its settings. */
export interface ScheduleOptions extends Partial<ScheduleSettings> {
  /**
   * Instances from each instant on, seconds, ascending. Before the first one the last one's count
   * holds when the schedule repeats, else the first one's.
   */
  readonly entries: ScheduleSettings["entries"];
  /** Seconds between evaluations; default 5. */
  readonly periodSeconds?: number;
}

/**
 * A fixed timetable, whatever the load. During the lead before an increase the higher count holds,
 * before a decrease the old one.
 */
export function schedule(options: ScheduleOptions): ScalingPolicy {
  const { entries, repeatSeconds: given, leadSeconds } = withDefaults(
    schedulePolicy.settings,
    options,
  );
  const { periodSeconds = schedulePolicy.periodSeconds } = options;
  const repeatSeconds = given ?? Infinity;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
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
  /** The count in force at an instant, or in its lead the greater one that comes. */
  const wanted = (nowSeconds: number): number => {
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
  };
  /** When an entry with instances begins next, or its lead, seconds; Infinity: none does. */
  const opensAt = (nowSeconds: number): number => {
    const turn = repeats ? Math.floor(nowSeconds / repeatSeconds) : 0;
    const begins = entries.filter(({ instances }) => instances > 0).flatMap(({ fromSeconds }) =>
      repeats
        ? [turn, turn + 1, turn + 2].map((one) => fromSeconds + one * repeatSeconds)
        : [fromSeconds]
    );
    return Math.min(...begins.map((begin) => begin - leadSeconds).filter((at) => at > nowSeconds));
  };
  /** A time without instances that has been found, seconds. */
  let closedFrom = NaN, closedTo = NaN;
  return {
    periodSeconds,
    standsUntilSeconds,
    // What a timetable says is wanted, whoever calls.
    settlesWithinSeconds: 0,
    closedUntilSeconds(nowSeconds) {
      // Asked again and again while somebody waits.
      if (nowSeconds >= closedFrom && nowSeconds < closedTo) return closedTo;
      if (wanted(nowSeconds) > 0) return -Infinity;
      closedFrom = nowSeconds;
      return closedTo = opensAt(nowSeconds);
    },
    desired: ({ nowSeconds }) => wanted(nowSeconds),
  };
}
