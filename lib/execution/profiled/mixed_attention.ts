import { type DecodeAttention, rowsPerSequence } from "./decode_attention.ts";
import { fillGrid } from "./fill_grid.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import { makeNonDecreasing } from "./non_decreasing.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";

/** Decode-only rows of a mixed attention table. */
export function decodeRows(table: OperatorTable, maxSequences: number): DecodeAttention {
  const [decodes, contexts] = [axisValues(table, 2), axisValues(table, 3)];
  const cell = (n: number, c: number) => n * contexts.length + c;
  const measured = contexts.map((_, c) => c).filter((c) => contexts[c] > 0);
  const rows: Float64Array[] = [];
  const batches: number[] = [];
  for (let n = 0; n < decodes.length && beginsWithoutChunk(table); n++) {
    if (decodes[n] === 0) continue;
    const row = new Float64Array(measured.length);
    measured.forEach((c, j) => {
      row[j] = table.seconds[cell(n, c)];
      if (Number.isNaN(row[j])) row[j] = row[j - 1] * contexts[c] / contexts[measured[j - 1]];
    });
    const first = row.findIndex((seconds) => !Number.isNaN(seconds));
    if (first < 0) continue;
    row.fill(row[first], 0, first);
    makeNonDecreasing(row);
    rows.push(row);
    batches.push(decodes[n]);
  }
  if (rows.length === 0) {
    throw new RangeError("Cannot compose decode attention from a table without decodes alone");
  }
  return rowsPerSequence(rows, batches, measured.map((c) => contexts[c]), 0, maxSequences);
}

/** Whether the first rows of a table are those of decodes alone. */
function beginsWithoutChunk(table: OperatorTable): boolean {
  return axisValues(table, 0)[0] === 0 && axisValues(table, 1)[0] === 0;
}

/**
 * Attention of a batch with prefill: linear over the four axes. Where more decodes were not measured
 * with a chunk, they add what they add without one.
 */
export function mixedAttention(
  table: OperatorTable,
): (chunk: number, past: number, decodes: number, context: number) => number {
  const axes = [0, 1, 2, 3].map((axis) => axisValues(table, axis));
  const strides = [0, 0, 0, 1];
  for (let axis = 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * axes[axis + 1].length;
  const seconds = beginsWithoutChunk(table) ? withManyDecodes(table.seconds, axes) : table.seconds;
  // Where no corner of a cell was measured, what the points around say. Looked for only where it is needed.
  let filled: Float64Array | undefined;
  const place: KnotPlace = { index: 0, weight: 0 };
  const low = [0, 0, 0, 0];
  const weights = [0, 0, 0, 0];
  const [longest, longestPast] = axes.map((knots) => knots[knots.length - 1]);
  if (longest === 0 || longestPast === 0) {
    throw new RangeError(
      `Cannot compose prompts from a table of attention without ${
        longest === 0 ? "any" : "chunks after KV entries"
      }`,
    );
  }
  const within = (chunk: number, past: number, decodes: number, context: number) => {
    let beyond = 1;
    for (let axis = 0; axis < 4; axis++) {
      const value = axis === 0 ? chunk : axis === 1 ? past : axis === 2 ? decodes : context;
      const knots = axes[axis];
      beyond *= Math.max(1, value / knots[knots.length - 1]);
      placeAmong(knots, value, place);
      low[axis] = place.index;
      weights[axis] = place.weight;
    }
    const measured = corners(seconds);
    if (!Number.isNaN(measured)) return beyond * measured;
    filled ??= fillGrid(seconds, axes);
    return beyond * corners(filled);
  };
  /** Weighted mean of the corners of the cell at `low` that have a time; NaN where none has. */
  const corners = (times: Float64Array) => {
    let sum = 0;
    let weightSum = 0;
    for (let corner = 0; corner < 16; corner++) {
      let weight = 1;
      let cell = 0;
      for (let axis = 0; axis < 4; axis++) {
        const upper = (corner >> axis) & 1;
        weight *= upper ? weights[axis] : 1 - weights[axis];
        cell += (low[axis] + upper) * strides[axis];
      }
      if (weight === 0 || Number.isNaN(times[cell])) continue;
      sum += weight * times[cell];
      weightSum += weight;
    }
    return sum / weightSum;
  };
  return (chunk, past, decodes, context) => {
    if (chunk <= longest) return within(chunk, past, decodes, context);
    // A longer chunk counts as several of the longest one, with as many (query, key) pairs in all.
    const meanPast = past + 0.5 * (chunk - longest);
    const more = chunk / longest - 1;
    return within(longest, meanPast, decodes, context) + more * within(longest, meanPast, 0, 0);
  };
}

/** Continues each chunk's row over the decodes by the differences of the row without a chunk. */
function withManyDecodes(measured: Float64Array, axes: readonly number[][]): Float64Array {
  const seconds = measured.slice();
  const [chunks, pasts, decodes, contexts] = axes.map((axis) => axis.length);
  for (let head = 1; head < chunks * pasts; head++) {
    for (let n = 2; n < decodes; n++) {
      for (let c = 0; c < contexts; c++) {
        const cell = (head * decodes + n) * contexts + c;
        const fewer = seconds[cell - contexts];
        if (!Number.isNaN(seconds[cell]) || Number.isNaN(fewer)) continue;
        const added = measured[n * contexts + c] - measured[(n - 1) * contexts + c];
        seconds[cell] = Number.isNaN(added)
          ? fewer * axes[2][n] / axes[2][n - 1]
          : fewer + Math.max(0, added);
      }
    }
  }
  return seconds;
}
