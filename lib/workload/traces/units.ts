/** A unit of time. */
export type TimeUnit = "s" | "ms" | "us" | "ns";

/** Units of numeric instants: how many are in a second. */
export const TIME_UNITS: Readonly<Record<TimeUnit, number>> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };

/** What a column's name says of its unit, at its end: "timestamp_ms", "arrival (s)". */
const SUFFIXES: readonly (readonly [RegExp, TimeUnit])[] = [
  [/[^a-z](s|secs?|seconds)$/, "s"],
  [/[^a-z](ms|msecs?|millis|milliseconds)$/, "ms"],
  [/[^a-z](us|usecs?|micros|microseconds)$/, "us"],
  [/[^a-z](ns|nsecs?|nanos|nanoseconds)$/, "ns"],
];

/** Columns that are seconds though their names do not end so: Vidur's. */
const SECONDS = ["arrived_at"];

/** The unit that a column's name says; undefined if it says none. */
export function unitOfName(name: string): TimeUnit | undefined {
  const plain = name.trim().toLowerCase().replace(/[)\]]$/, "");
  if (SECONDS.includes(plain)) return "s";
  return SUFFIXES.find(([suffix]) => suffix.test(plain))?.[1];
}

/** The dates of this century, seconds since 1970: from 2000-01-01 to before 2100-01-01. */
const CENTURY = { from: 946_684_800, to: 4_102_444_800 } as const;

/** Whether a number of units since 1970 is a date of this century. */
export function isThisCentury(value: number, unitsPerSecond: number): boolean {
  return value >= CENTURY.from * unitsPerSecond && value < CENTURY.to * unitsPerSecond;
}

/**
 * The unit in which a number is a date of this century; undefined if there is none. No number is one
 * in two units: the century's seconds end before its milliseconds begin, and so on.
 */
export function unitOfDate(value: number): TimeUnit | undefined {
  const units = Object.keys(TIME_UNITS) as TimeUnit[];
  return units.find((unit) => isThisCentury(value, TIME_UNITS[unit]));
}

/** The unit of a column of instants, as far as it is known before its first number. */
export interface UnitRule {
  /** The unit, where somebody says it: the format, the column's name, or the user. */
  readonly is?: TimeUnit;
  /** Units in a second, where a program says it as a number. */
  readonly perSecond?: number;
  /** The unit of numbers that are no dates of this century; absent: the user is asked. */
  readonly otherwise?: TimeUnit;
}
