import { nearestPair } from "./attention_pair.ts";
import { fillMissing } from "./fill_missing.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import { makeNonDecreasing } from "./non_decreasing.ts";
import type { GpuPeaks } from "./operator_profile.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";
import { dtypeBytes, generationAttentionWork, referenceSeconds } from "./reference_times.ts";

/**
 * Attention of decoding sequences in one layer: for each number of sequences, seconds as a
 * piecewise-linear, non-decreasing function of the context per sequence.
 */
export interface DecodeAttention {
  /** Contexts per sequence at which lines meet, tokens, ascending, first 0. */
  readonly contextKnots: Float64Array;
  /** Row `b` holds the seconds of `b` sequences at each knot; row 0 is zero. */
  readonly seconds: Float64Array;
  /** Largest number of sequences with a row. */
  readonly maxSequences: number;
}

/** Heads on one GPU and the attention window. */
export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** Attention window, tokens; 0 for none. */
  readonly windowTokens: number;
  /** Share of the layers that have no window although others have one, 0..1; default 0. */
  readonly fullShare?: number;
}

/**
 * Decode attention of one layer, on average over layers with and without a window, from a table of operator "generation_attention": linear between the
 * measured contexts and batches (the error of leaving points out is least this way), continued beyond
 * the last context along its last slope, and never below the roofline.
 */
export function decodeAttentionOf(
  table: OperatorTable,
  shape: AttentionShape,
  peaks: GpuPeaks,
  maxSequences: number,
): DecodeAttention {
  const pair = nearestPair(table, shape.heads, shape.kvHeads);
  const batches = axisValues(table, 1);
  const contexts = axisValues(table, 2);
  const rooflineSlope = 2 * shape.kvHeads * shape.headSize * dtypeBytes(table.attributes.kvDtype) /
    peaks.memoryBytesPerSecond;
  const smooth = (batch: number, context: number, heads: number, kvHeads: number) => {
    const { flops, bytes } = generationAttentionWork(
      batch,
      context,
      heads,
      kvHeads,
      shape.headSize,
      table.attributes.kvDtype,
    );
    const { bf16FlopsPerSecond, memoryBytesPerSecond } = peaks;
    return referenceSeconds(
      table.reference!,
      flops,
      bytes,
      bf16FlopsPerSecond,
      memoryBytesPerSecond,
    );
  };
  const size = batches.length * contexts.length;
  const measured = fillMissing(
    table.seconds.subarray(pair.index * size, (pair.index + 1) * size),
    batches,
    contexts,
  );
  const rows: Float64Array[] = [];
  const knownBatches: number[] = [];
  for (let i = 0; i < batches.length; i++) {
    const sequences = batches[i] / pair.batchFactor;
    const row = new Float64Array(contexts.length);
    for (let j = 0; j < contexts.length; j++) {
      const scale = smooth(sequences, contexts[j], shape.heads, shape.kvHeads) /
        smooth(batches[i], contexts[j], pair.heads, pair.kvHeads);
      row[j] = measured[i * contexts.length + j] * scale;
    }
    const first = row.findIndex((value) => !Number.isNaN(value));
    if (first < 0 || Number.isNaN(row[first + 1])) continue;
    row.fill(row[first], 0, first);
    for (let j = 0; j < contexts.length; j++) {
      if (Number.isNaN(row[j])) row[j] = continued(row, contexts, j, sequences * rooflineSlope);
    }
    makeNonDecreasing(row);
    for (let j = 0; j < contexts.length; j++) {
      row[j] = Math.max(row[j], sequences * contexts[j] * rooflineSlope);
    }
    rows.push(row);
    knownBatches.push(sequences);
  }
  if (rows.length === 0) {
    throw new RangeError(
      `Cannot compose decode attention of ${pair.heads}/${pair.kvHeads} heads from a table without two ` +
        "contexts of one batch",
    );
  }
  const { windowTokens, fullShare = 0 } = shape;
  const windowed = rowsPerSequence(rows, knownBatches, contexts, windowTokens, maxSequences);
  if (windowTokens === 0 || fullShare === 0) return windowed;
  const whole = rowsPerSequence(rows, knownBatches, contexts, 0, maxSequences);
  return mixedLayers(windowed, whole, fullShare);
}

/** Continues the last slope of a row, at least the slope that memory bandwidth sets. */
function continued(
  row: Float64Array,
  contexts: readonly number[],
  j: number,
  leastSlope: number,
): number {
  const slope = (row[j - 1] - row[j - 2]) / (contexts[j - 1] - contexts[j - 2]);
  return row[j - 1] + Math.max(slope, leastSlope) * (contexts[j] - contexts[j - 1]);
}

/** The mean of two kinds of layers, on the knots of the windowed ones, which have one more. */
function mixedLayers(
  windowed: DecodeAttention,
  whole: DecodeAttention,
  fullShare: number,
): DecodeAttention {
  const knots = windowed.contextKnots;
  const seconds = windowed.seconds.slice();
  const place: KnotPlace = { index: 0, weight: 0 };
  const wholeKnots = [...whole.contextKnots];
  const last = wholeKnots.length - 1;
  for (let b = 1; b <= windowed.maxSequences; b++) {
    const row = whole.seconds.subarray(b * wholeKnots.length, (b + 1) * wholeKnots.length);
    for (let j = 0; j < knots.length; j++) {
      const cell = b * knots.length + j;
      placeAmong(wholeKnots, knots[j], place);
      const from = Math.min(place.index, last - 1);
      const slope = (row[from + 1] - row[from]) / (wholeKnots[from + 1] - wholeKnots[from]);
      const full = row[from] + slope * (knots[j] - wholeKnots[from]);
      seconds[cell] += fullShare * (full - seconds[cell]);
    }
  }
  return { ...windowed, seconds };
}

/** Interpolates rows at measured batches to one row per number of sequences. */
export function rowsPerSequence(
  rows: readonly Float64Array[],
  batches: readonly number[],
  contexts: readonly number[],
  windowTokens: number,
  maxSequences: number,
): DecodeAttention {
  const knots = [0, ...contexts.filter((context) => context > 0)];
  if (windowTokens > 0 && !knots.includes(windowTokens)) {
    knots.push(windowTokens);
    knots.sort((a, b) => a - b);
  }
  const seconds = new Float64Array((maxSequences + 1) * knots.length);
  const place: KnotPlace = { index: 0, weight: 0 };
  const inner: KnotPlace = { index: 0, weight: 0 };
  for (let b = 1; b <= maxSequences; b++) {
    placeAmong(batches, b, place);
    const low = rows[place.index];
    const high = rows[Math.min(place.index + 1, rows.length - 1)];
    // Beyond the largest measured batch, time grows with the sequences: memory-bound.
    const beyond = Math.max(1, b / batches[batches.length - 1]);
    for (let j = 0; j < knots.length; j++) {
      const context = windowTokens > 0 ? Math.min(knots[j], windowTokens) : knots[j];
      placeAmong(contexts, context, inner);
      const next = Math.min(inner.index + 1, contexts.length - 1);
      const atLow = low[inner.index] + inner.weight * (low[next] - low[inner.index]);
      const atHigh = high[inner.index] + inner.weight * (high[next] - high[inner.index]);
      seconds[b * knots.length + j] = beyond * (atLow + place.weight * (atHigh - atLow));
    }
  }
  return { contextKnots: Float64Array.from(knots), seconds, maxSequences };
}
