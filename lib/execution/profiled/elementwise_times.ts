import { type KnotPlace, placeAmong } from "./interpolate.ts";
import { makeNonDecreasing } from "./non_decreasing.ts";
import { findTables, type OperatorProfile } from "./operator_profile.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";

/** Share of memory bandwidth that element-wise kernels reach where none was measured, and the least time. */
const UNMEASURED = { efficiency: 0.8, leastSeconds: 3e-6 };

/** Seconds of kernels that touch each element once, by the tokens `m` of a step. */
export interface ElementwiseTimes {
  /** Sum with the residual and norm of rows of `width` numbers. */
  norm(width: number, m: number): number;
  /** Rotary embedding of queries and keys, and the write of keys and values: `columns` of all three. */
  rotary(columns: number, m: number): number;
  /** Activation of `gates` matrices of `width` columns, multiplied with each other. */
  activation(width: number, gates: number, m: number): number;
  /** Rows of the embedding. */
  embedding(width: number, m: number): number;
}

/**
 * Times of element-wise kernels: as the profile's tables have them (operator "elementwise"), else
 * bytes / (0.8 bandwidth) + 3 us per kernel.
 */
export function elementwiseTimes(profile: OperatorProfile): ElementwiseTimes {
  const rate = UNMEASURED.efficiency * profile.peaks.memoryBytesPerSecond;
  const law = (bytes: number) => bytes / rate + UNMEASURED.leastSeconds;
  const measured = (name: string) => {
    const [table] = findTables(profile, "elementwise", { name });
    return table === undefined ? undefined : byWidth(table);
  };
  const [norm, rotary, gated, embedding] = ["add_norm", "rotary", "gated_activation", "embedding"]
    .map(measured);
  return {
    norm: norm ?? ((width, m) => law(4 * (2 * m * width))),
    rotary: rotary ?? ((columns, m) => law(4 * m * columns)),
    // The measured kernel reads two numbers and writes one.
    activation: gated === undefined
      ? (width, gates, m) => law(2 * m * width * (gates + 1))
      : (width, gates, m) => gated(width * (gates + 1) / 3, m),
    embedding: embedding ?? ((width, m) => law(2 * (2 * m * width))),
  };
}

/**
 * Seconds by width and tokens: linear between the measured ones and in proportion beyond the largest of
 * either. More of either never takes less.
 */
function byWidth(table: OperatorTable): (width: number, m: number) => number {
  const [widths, tokens] = [axisValues(table, 0), axisValues(table, 1)];
  const rows = widths.map((_, row) => rowOf(table, row, tokens)).filter(({ knots }) =>
    knots.length > 0
  );
  const known = widths.filter((_, row) => rowOf(table, row, tokens).knots.length > 0);
  const outer: KnotPlace = { index: 0, weight: 0 };
  const inner: KnotPlace = { index: 0, weight: 0 };
  const along = ({ knots, seconds }: MeasuredRow, m: number) => {
    placeAmong(knots, m, inner);
    const next = Math.min(inner.index + 1, knots.length - 1);
    const rise = seconds[next] - seconds[inner.index];
    return (seconds[inner.index] + inner.weight * rise) * Math.max(1, m / knots[knots.length - 1]);
  };
  return (width, m) => {
    placeAmong(known, width, outer);
    const low = along(rows[outer.index], m);
    const high = along(rows[Math.min(outer.index + 1, rows.length - 1)], m);
    const beyond = Math.max(1, width / known[known.length - 1]);
    return beyond * (low + outer.weight * (high - low));
  };
}

interface MeasuredRow {
  readonly knots: readonly number[];
  readonly seconds: Float64Array;
}

function rowOf(table: OperatorTable, row: number, tokens: readonly number[]): MeasuredRow {
  const cells = table.seconds.subarray(row * tokens.length, (row + 1) * tokens.length);
  const knots = tokens.filter((_, i) => !Number.isNaN(cells[i]));
  const seconds = cells.filter((value) => !Number.isNaN(value));
  makeNonDecreasing(seconds);
  return { knots, seconds };
}
