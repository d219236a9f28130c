import { exp, log } from "../../stats/elementary/mod.ts";
import { nearestPair } from "./attention_pair.ts";
import type { AttentionShape } from "./decode_attention.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";

/** Pasts are interpolated over log(1 + past / this), tokens: whole prompts are a point of that axis. */
const PAST_SCALE = 256;

/**
 * What a law of prompt chunks has to be multiplied with to give the chunks with KV entries before them
 * that were measured (operator "chunk_attention"): the logarithm of measured over predicted, linear
 * between chunks and pasts, 1 without a past, and beyond the table's edge as it is there.
 *
 * @param law Seconds of one chunk of the table's heads, by tokens and past.
 */
export function chunkRatioOf(
  table: OperatorTable,
  shape: AttentionShape,
  law: (heads: number, kvHeads: number) => (chunkTokens: number, pastTokens: number) => number,
): (chunkTokens: number, pastTokens: number) => number {
  const pair = nearestPair(table, shape.heads, shape.kvHeads);
  const [chunks, pasts] = [axisValues(table, 1), axisValues(table, 2)];
  const predicted = law(pair.heads, pair.kvHeads);
  const size = chunks.length * pasts.length;
  const scaled = (past: number) => log(1 + past / PAST_SCALE);
  // Each chunk has a row of its own: what was measured of it, and 1 without a past.
  const rows = chunks.map((chunk, i) => {
    const knots = [0];
    const ratios = [0];
    pasts.forEach((past, j) => {
      const seconds = table.seconds[pair.index * size + i * pasts.length + j];
      if (past === 0 || Number.isNaN(seconds)) return;
      knots.push(scaled(past));
      ratios.push(log(seconds / predicted(chunk, past)));
    });
    return { chunk, knots, ratios };
  }).filter(({ knots }) => knots.length > 1);
  if (rows.length === 0) return () => 1;
  const logChunks = rows.map(({ chunk }) => log(chunk));
  const outer: KnotPlace = { index: 0, weight: 0 };
  const inner: KnotPlace = { index: 0, weight: 0 };
  const along = (row: number, at: number) => {
    const { knots, ratios } = rows[row];
    placeAmong(knots, at, inner);
    const next = Math.min(inner.index + 1, knots.length - 1);
    return ratios[inner.index] + inner.weight * (ratios[next] - ratios[inner.index]);
  };
  return (chunkTokens, pastTokens) => {
    if (pastTokens === 0) return 1;
    const at = scaled(pastTokens);
    placeAmong(logChunks, log(Math.max(1, chunkTokens)), outer);
    const low = along(outer.index, at);
    const high = along(Math.min(outer.index + 1, rows.length - 1), at);
    return exp(low + outer.weight * (high - low));
  };
}
