import { mostCapturedTokens } from "../hardware/host_times.ts";

/**
 * Tokens that a step computes for which graphs are captured: the next size that has one. Steps beyond
 * the largest one run as they are.
 *
 * @param most Largest size with a graph, tokens; 0: none has.
 * @source vLLM's sizes: 1, 2, 4, multiples of 8 up to 256 and of 16 beyond (vllm/config/vllm.py)
 */
export function capturedTokens(tokens: number, most: number): number {
  if (tokens > most || tokens <= 2) return tokens;
  const padded = tokens <= 4
    ? 4
    : tokens <= 256
    ? 8 * Math.ceil(tokens / 8)
    : 16 * Math.ceil(tokens / 16);
  return Math.min(padded, most);
}

/**
 * The largest size that vLLM captures graphs for, tokens: twice those of a full batch, at most 512.
 *
 * @param batchTokens Tokens of a decode-only step of as many sequences as may run.
 */
export function largestCaptured(batchTokens: number): number {
  const most = Math.min(mostCapturedTokens(), 2 * batchTokens);
  if (most <= 4) return most;
  return most <= 256 ? Math.max(4, 8 * Math.floor(most / 8)) : 16 * Math.floor(most / 16);
}

/** A table by tokens in which each entry up to `most` is that of the size that is computed for it. */
export function paddedToCaptured(table: Float64Array, most = 0): Float64Array {
  if (most === 0) return table;
  const last = table.length - 1;
  return table.map((_, tokens) => table[Math.min(capturedTokens(tokens, most), last)]);
}
