import { LIMITS } from "../sim/limits.ts";
import { type Dimension, withUnit } from "./units.ts";

/** What values of one dimension may be, whatever setting they are given for. */
export interface Plausible {
  /** Least value, 0 or below apart, in the base unit. */
  readonly least?: number;
  /** Greatest value, in the base unit. */
  readonly most: number;
  /** What a value is called where it is none that can be meant. */
  readonly wanted?: string;
  /**
   * Units that are likely to be left out, the base unit for people, and the greatest value that is
   * usual, in the base unit.
   */
  readonly forgotten?: {
    readonly base: string;
    readonly units: readonly string[];
    readonly usual: number;
  };
}

const PLAUSIBLE: Partial<Record<Dimension, Plausible>> = {
  "seconds": {
    most: LIMITS.longestSeconds.value,
    wanted: "a time that can be meant",
    forgotten: { base: "s", units: ["ms", "us", "ns"], usual: 1e8 },
  },
  "bytes": {
    least: LIMITS.fewestBytes.value,
    most: LIMITS.mostBytes.value,
    wanted: "a size that can be meant",
    forgotten: { base: "bytes", units: ["GB", "MB"], usual: 1e13 },
  },
  "gigabytes": {
    most: LIMITS.mostBytes.value / 1e9,
    wanted: "a size that can be meant",
    forgotten: { base: "gigabytes", units: ["MB", "kB", "B"], usual: 1e4 },
  },
  "bytes per second": {
    least: LIMITS.slowestBytesPerSecond.value,
    most: LIMITS.fastestBytesPerSecond.value,
    wanted: "a bandwidth that a link can have",
    forgotten: { base: "bytes/s", units: ["GB/s", "MB/s"], usual: 1e13 },
  },
  "requests per second": { most: LIMITS.requestsPerSecond.value },
  "dollars per GPU-hour": { most: LIMITS.factor.value },
  "tokens": { most: LIMITS.tokens.value },
  "count": { most: LIMITS.count.value },
  "fraction": { most: LIMITS.factor.value },
  "number": { most: LIMITS.factor.value },
};

/** What values of a dimension may be; undefined where everything may. */
export function plausibleOf(dimension: Dimension): Plausible | undefined {
  return PLAUSIBLE[dimension];
}

/** Whether a value of a dimension can be meant; 0 and below are for others to judge. */
export function isPlausible(value: number, dimension: Dimension): boolean {
  const plausible = PLAUSIBLE[dimension];
  if (plausible === undefined || value <= 0) return true;
  return value >= (plausible.least ?? 0) && value <= plausible.most;
}

/**
 * What was probably meant by a plain number that cannot be: `; 12 bytes/s; did you mean 12GB/s?`,
 * with the first unit that makes it a usual value. "" where nothing comes to mind.
 */
export function likelyMeant(value: number, dimension: Dimension): string {
  const forgotten = PLAUSIBLE[dimension]?.forgotten;
  if (forgotten === undefined || !(value > 0)) return "";
  const { base, units, usual } = forgotten;
  const unit = units.find((one) => {
    const meant = withUnit(value, one, dimension);
    return meant <= usual && isPlausible(meant, dimension);
  });
  return `; ${value} ${base}${unit === undefined ? "" : `; did you mean ${value}${unit}?`}`;
}
