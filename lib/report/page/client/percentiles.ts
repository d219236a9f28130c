import type { OpenColumn } from "./columns.ts";
import { sortedByKey } from "./order.ts";

/** A point of a latency's distribution. */
export interface PercentilePoint {
  readonly series: string;
  /** How many nines: 0 for 0 %, 1 for 90 %, 2 for 99 %. */
  readonly nines: number;
  readonly seconds: number;
}

/** Points of a curve at most. */
const POINTS = 160;

const LATENCIES = { TTFT: "ttft_s", TPOT: "tpot_s", E2E: "e2e_s" } as const;

/**
 * The latencies of the requests that arrive within a time, by percentile: as far as there are requests
 * beyond it.
 */
export function percentilePoints(
  columns: ReadonlyMap<string, OpenColumn>,
  [from, to]: readonly [from: number, to: number],
): PercentilePoint[] {
  const arrivals = columns.get("arrival_s")!.values;
  return Object.entries(LATENCIES).flatMap(([series, name]) => {
    const { values } = columns.get(name)!;
    const isIn = (row: number) => arrivals[row] >= from && arrivals[row] <= to;
    // A page asks again and again: it sorts once.
    const sorted = values instanceof Float32Array
      ? Float32Array.from(rowsByValue(values).filter(isIn), (row) => values[row])
      : values.filter((value, row) => value > 0 && isIn(row)).sort();
    if (sorted.length === 0) return [];
    const most = Math.log10(sorted.length);
    return Array.from({ length: POINTS + 1 }, (_, i) => {
      const nines = most * i / POINTS;
      const place = Math.min(
        sorted.length - 1,
        Math.floor((1 - 10 ** -nines) * sorted.length),
      );
      return { series, nines, seconds: sorted[place] };
    });
  });
}

/** Rows with a value by that, as they were sorted when they were first asked for. */
const ORDERS = new WeakMap<object, Uint32Array>();

function rowsByValue(values: Float32Array): Uint32Array {
  let rows = ORDERS.get(values);
  if (rows === undefined) {
    const there = Uint32Array.from(values, (_, row) => row).filter((row) => values[row] > 0);
    rows = sortedByKey(there, Float32Array.from(there, (row) => values[row]));
    ORDERS.set(values, rows);
  }
  return rows;
}
