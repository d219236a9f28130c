/** What a setting measures. Each dimension has one base unit, in which plain numbers are read. */
export type Dimension =
  | "seconds"
  | "bytes"
  | "gigabytes"
  | "bytes per second"
  | "requests per second"
  | "tokens"
  | "fraction"
  | "dollars per GPU-hour"
  | "watts"
  | "count"
  | "number";

const TIME: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  d: 86400,
  day: 86400,
  days: 86400,
};

const SIZE: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const BITS: Readonly<Record<string, number>> = {
  bit: 0.125,
  kbit: 0.125e3,
  Mbit: 0.125e6,
  Gbit: 0.125e9,
  Tbit: 0.125e12,
};

const BANDWIDTH: Readonly<Record<string, number>> = Object.fromEntries([
  ...Object.entries(SIZE).map(([unit, factor]) => [`${unit}/s`, factor]),
  ...Object.entries(BITS).map(([unit, factor]) => [`${unit}/s`, factor]),
  ...["k", "M", "G", "T"].map((prefix) => [`${prefix}bps`, BITS[`${prefix}bit`]]),
]);

const RATE: Readonly<Record<string, number>> = Object.fromEntries(
  ["", "req", "request", "requests"].flatMap((noun) =>
    [["s", 1], ["min", 1 / 60], ["h", 1 / 3600], ["d", 1 / 86400]].map((
      [per, factor],
    ) => [`${noun}/${per}`, factor])
  ).concat([["rps", 1], ["qps", 1]]),
);

/** Factors from each unit to the dimension's base unit, and the units that messages and docs name. */
const DIMENSIONS: Readonly<
  Record<Dimension, { readonly factors: Readonly<Record<string, number>>; readonly shown: string }>
> = {
  "seconds": { factors: TIME, shown: "ns, us, ms, s, min (m), h, d" },
  "bytes": { factors: SIZE, shown: "B, KB, MB, GB, TB, KiB, MiB, GiB, TiB" },
  "gigabytes": {
    factors: Object.fromEntries(Object.entries(SIZE).map(([unit, bytes]) => [unit, bytes / 1e9])),
    shown: "B, KB, MB, GB, TB, KiB, MiB, GiB, TiB",
  },
  "bytes per second": { factors: BANDWIDTH, shown: "B/s ... TB/s, KiB/s ... TiB/s, Mbps, Gbps" },
  "requests per second": { factors: RATE, shown: "req/s, req/min, req/h, req/d, rps" },
  "tokens": { factors: { token: 1, tokens: 1 }, shown: "tokens" },
  "fraction": { factors: { "%": 0.01 }, shown: "%" },
  "dollars per GPU-hour": {
    factors: { "USD/h": 1, "USD/s": 3600, "$/h": 1, "$/s": 3600 },
    shown: "USD/h, USD/s",
  },
  "watts": { factors: { W: 1, kW: 1e3 }, shown: "W, kW" },
  "count": { factors: {}, shown: "" },
  "number": { factors: {}, shown: "" },
};

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\D.*)?$/;

/** Units that strings of a dimension may carry, for people; "" for none. */
export function unitsOf(dimension: Dimension): string {
  return DIMENSIONS[dimension].shown;
}

/**
 * Reads a number, or a string of a number and a unit, in the base unit of `dimension`. A string
 * without a unit is in the base unit. 1 GB is 10^9 bytes, 1 GiB is 2^30. Returns NaN for anything
 * else: another type, an unknown unit, a unit of another dimension, an infinite number.
 *
 * @example
 * ```ts
 * import { parseQuantity } from "./units.ts";
 * import { equal } from "#assert";
 * equal(parseQuantity("50ms", "seconds"), 0.05);
 * equal(parseQuantity("2 GiB", "bytes"), 2147483648);
 * equal(parseQuantity(3, "seconds"), 3);
 * ```
 */
export function parseQuantity(value: unknown, dimension: Dimension): number {
  if (typeof value === "number") return Number.isFinite(value) ? value : NaN;
  if (typeof value !== "string") return NaN;
  const match = QUANTITY.exec(value.trim());
  if (match === null) return NaN;
  const amount = Number(match[1]);
  const unit = match[2];
  if (!Number.isFinite(amount)) return NaN;
  if (unit === undefined) return amount;
  return withUnit(amount, unit, dimension);
}

/** amount * factor; dividing by the inverse where that is a whole number keeps "50ms" equal to 0.05. */
function scale(amount: number, factor: number): number {
  const inverse = Math.round(1 / factor);
  return factor < 1 && Math.abs(inverse * factor - 1) < 1e-12 ? amount / inverse : amount * factor;
}

/** A number of a unit in the base unit of `dimension`; NaN for a unit of another dimension. */
export function withUnit(amount: number, unit: string, dimension: Dimension): number {
  const { factors } = DIMENSIONS[dimension];
  return Object.hasOwn(factors, unit) ? scale(amount, factors[unit]) : NaN;
}
