import { exp, log } from "../../stats/elementary/mod.ts";
import { nearestPair } from "./attention_pair.ts";
import type { AttentionShape } from "./decode_attention.ts";
import { fillMissing } from "./fill_missing.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import type { GpuPeaks } from "./operator_profile.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";
import { contextAttentionWork, referenceSeconds } from "./reference_times.ts";

/** Prompt lengths are tabulated one by one up to this one, then at a distance of STRIDE tokens. */
const DENSE = 64;
const STRIDE = 32;

/** Position of a prompt length among the tabulated ones. */
function positionOf(tokens: number): number {
  return tokens <= DENSE ? tokens : DENSE + (tokens - DENSE) / STRIDE;
}

/** Seconds of one of `chunks` whole prompts of `tokens` tokens that run together. */
export type PromptSeconds = (chunks: number, tokens: number) => number;

/**
 * Attention of whole prompts in one layer: the ratio of measured to reference time is interpolated over
 * log batch and log length, and the time kept above the roofline.
 *
 * @param maxBatch Largest measured batch that is tabulated.
 */
export function promptSecondsOf(
  table: OperatorTable,
  shape: AttentionShape,
  peaks: GpuPeaks,
  maxTokens: number,
  maxBatch = Infinity,
): PromptSeconds {
  const { heads, kvHeads, headSize } = shape;
  const pair = nearestPair(table, heads, kvHeads);
  const measuredBatches = axisValues(table, 1);
  const allBatches = measuredBatches.length;
  // The smallest one at least, whatever is wanted.
  const batches = measuredBatches.filter((batch, i) => i === 0 || batch <= maxBatch);
  const lengths = axisValues(table, 2);
  const { bf16FlopsPerSecond, memoryBytesPerSecond } = peaks;
  const smooth = (batch: number, tokens: number, h: number, g: number) => {
    const { flops, bytes } = contextAttentionWork(batch, tokens, h, g, headSize);
    return referenceSeconds(
      table.reference!,
      flops,
      bytes,
      bf16FlopsPerSecond,
      memoryBytesPerSecond,
    );
  };
  const size = allBatches * lengths.length;
  const measured = table.seconds.slice(
    pair.index * size,
    pair.index * size + batches.length * lengths.length,
  );
  const logLengths = lengths.map(log);
  const ratios = fillMissing(
    measured.map((seconds, cell) => {
      const [batch, tokens] = [
        batches[Math.floor(cell / lengths.length)],
        lengths[cell % lengths.length],
      ];
      return log(seconds / smooth(batch, tokens, pair.heads, pair.kvHeads));
    }),
    batches.map(log),
    logLengths,
  );
  fillEdges(ratios, lengths.length);
  const points = Math.ceil(positionOf(maxTokens)) + 2;
  const longest = DENSE + (points - 1 - DENSE) * STRIDE;
  const place: KnotPlace = { index: 0, weight: 0 };
  // perChunk[i * points + x]: seconds of one of batches[i] whole prompts at position x.
  const perChunk = new Float64Array(batches.length * points);
  for (let i = 0; i < batches.length; i++) {
    for (let x = 0; x < points; x++) {
      const tokens = x <= DENSE ? Math.max(1, x) : DENSE + (x - DENSE) * STRIDE;
      placeAmong(logLengths, log(tokens), place);
      const next = Math.min(place.index + 1, lengths.length - 1);
      const low = ratios[i * lengths.length + place.index];
      const ratio = low + place.weight * (ratios[i * lengths.length + next] - low);
      const batch = batches[i] / pair.batchFactor;
      const { flops, bytes } = contextAttentionWork(batch, tokens, heads, kvHeads, headSize);
      const roofline = Math.max(flops / bf16FlopsPerSecond, bytes / memoryBytesPerSecond);
      const seconds = Math.max(roofline, smooth(batch, tokens, heads, kvHeads) * exp(ratio));
      perChunk[i * points + x] = seconds / batch;
    }
  }
  const batchKnots = batches.map((batch) => batch / pair.batchFactor);
  const inner: KnotPlace = { index: 0, weight: 0 };
  const whole = (row: number, tokens: number) => {
    const x = Math.min(positionOf(tokens), points - 1);
    const below = Math.min(Math.floor(x), points - 2);
    const first = perChunk[row * points + below];
    const seconds = first + (x - below) * (perChunk[row * points + below + 1] - first);
    // Beyond the tabulated lengths, time grows with the pairs.
    return tokens > longest ? seconds * (tokens / longest) ** 2 : seconds;
  };
  return (chunks, tokens) => {
    placeAmong(batchKnots, chunks, inner);
    const low = whole(inner.index, tokens);
    if (inner.weight === 0) return low;
    const next = Math.min(inner.index + 1, batchKnots.length - 1);
    return low + inner.weight * (whole(next, tokens) - low);
  };
}

/**
 * Fills ratios beyond the measured ones with those of the next smaller batch, else the next shorter
 * prompt, else the next longer one.
 */
function fillEdges(ratios: Float64Array, width: number): void {
  for (let cell = 0; cell < ratios.length; cell++) {
    if (!Number.isNaN(ratios[cell])) continue;
    const smallerBatch = cell >= width ? ratios[cell - width] : NaN;
    const shorter = cell % width > 0 ? ratios[cell - 1] : NaN;
    ratios[cell] = Number.isNaN(smallerBatch) ? shorter : smallerBatch;
  }
  for (let cell = ratios.length - 2; cell >= 0; cell--) {
    if (Number.isNaN(ratios[cell])) ratios[cell] = ratios[cell + 1];
  }
  if (ratios.some(Number.isNaN)) {
    throw new RangeError("Cannot compose prefill attention from a table without times");
  }
}
