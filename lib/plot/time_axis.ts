/** A unit of time for an axis. */
export interface TimeUnit {
  /** Symbol of the unit. */
  readonly symbol: "ms" | "s" | "min" | "h";
  /** Seconds in one unit. */
  readonly seconds: number;
}

/** The unit that reads best on an axis from 0 to `longestSeconds`. */
export function timeUnit(longestSeconds: number): TimeUnit {
  if (longestSeconds < 1) return { symbol: "ms", seconds: 0.001 };
  if (longestSeconds <= 300) return { symbol: "s", seconds: 1 };
  if (longestSeconds <= 10_800) return { symbol: "min", seconds: 60 };
  return { symbol: "h", seconds: 3600 };
}
