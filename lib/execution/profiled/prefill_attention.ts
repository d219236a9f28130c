import { attentionPairs } from "../attention_pairs.ts";
import { chunkRatioOf } from "./chunk_ratio.ts";
import type { AttentionShape } from "./decode_attention.ts";
import type { GpuPeaks } from "./operator_profile.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";
import { promptSecondsOf } from "./prompt_times.ts";
import { dtypeBytes } from "./reference_times.ts";

/** Seconds of one of `chunks` prompt chunks in one layer: its tokens, and the KV entries before it. */
export type PrefillChunkSeconds = (
  chunks: number,
  chunkTokens: number,
  pastTokens: number,
) => number;

/**
 * Prefill attention of one layer from a table of operator "context_attention".
 *
 * - Whole prompts: see {@link promptSecondsOf}. One of k chunks in a step takes 1/k of k equal ones.
 * - A chunk with KV entries before it takes the time of the prompt up to its end times the share of
 *   (query, key) pairs it computes; at least one read of those entries; and at least what one block
 *   of queries takes to walk through all its keys, however few queries there are: in
 *   proportion to the keys, see {@link walkSecondsPerEntry}.
 * - A window limits the pairs of each query; layers with and without one are averaged.
 *
 * @param chunkTable Chunks with KV entries before them as they were measured, which this is held to.
 */
export function prefillAttentionOf(
  table: OperatorTable,
  shape: AttentionShape,
  peaks: GpuPeaks,
  maxTokens: number,
  chunkTable?: OperatorTable,
): PrefillChunkSeconds {
  const law = chunkLaw(table, shape, peaks, maxTokens);
  if (chunkTable === undefined) return law;
  const ratio = chunkRatioOf(chunkTable, shape, (heads, kvHeads) => {
    const one = { heads, kvHeads, headSize: shape.headSize, windowTokens: 0 };
    const measured = chunkLaw(table, one, peaks, maxTokens);
    return (chunkTokens, pastTokens) => measured(1, chunkTokens, pastTokens);
  });
  return (chunks, chunkTokens, pastTokens) =>
    law(chunks, chunkTokens, pastTokens) * ratio(chunkTokens, pastTokens);
}

function chunkLaw(
  table: OperatorTable,
  shape: AttentionShape,
  peaks: GpuPeaks,
  maxTokens: number,
): PrefillChunkSeconds {
  const { kvHeads, headSize, windowTokens, fullShare = 0 } = shape;
  const whole = promptSecondsOf(table, shape, peaks, maxTokens);
  const walkSeconds = walkSecondsPerEntry(table, shape, peaks);
  const kvBytesPerToken = 2 * kvHeads * headSize * dtypeBytes(table.attributes.kvDtype);
  // The smallest time of the operator does not shrink with the pairs.
  const constantSeconds = table.reference!.constantSeconds;
  const inWindow = (
    chunks: number,
    chunkTokens: number,
    pastTokens: number,
    windowTokens: number,
  ) => {
    const end = chunkTokens + pastTokens;
    const seconds = whole(chunks, end);
    if (pastTokens === 0 && (windowTokens === 0 || end <= windowTokens)) return seconds;
    const share = attentionPairs(chunkTokens, pastTokens, windowTokens) / (0.5 * end * (end + 1));
    const read = windowTokens > 0 ? Math.min(end, windowTokens + chunkTokens) : end;
    const readSeconds = read * kvBytesPerToken / peaks.memoryBytesPerSecond;
    const constant = constantSeconds / chunks;
    return Math.max(
      constant + Math.max((seconds - constant) * share, readSeconds),
      walkSeconds * read / chunks,
    );
  };
  return (chunks, chunkTokens, pastTokens) => {
    const windowed = inWindow(chunks, chunkTokens, pastTokens, windowTokens);
    if (windowTokens === 0 || fullShare === 0) return windowed;
    return windowed + fullShare * (inWindow(chunks, chunkTokens, pastTokens, 0) - windowed);
  };
}

/**
 * Seconds per KV entry in which one block of queries walks through its keys, one layer.
 *
 * The last block of a prompt of a single head walks through all keys, and as long as the GPU runs all
 * blocks at once, no other counts. At the longest measured length (16,384 tokens: 128 blocks of 128
 * queries) it is just full. Longer prompts take several rounds, so they say nothing about one block.
 */
function walkSecondsPerEntry(table: OperatorTable, shape: AttentionShape, peaks: GpuPeaks): number {
  const lengths = axisValues(table, 2);
  const longest = lengths[lengths.length - 1];
  const single = promptSecondsOf(table, { ...shape, heads: 1, kvHeads: 1 }, peaks, longest, 1);
  return single(1, longest) / longest;
}
