/**
 * (query token, KV entry) pairs of a causal chunk of `tokens` tokens after `past` ones: each token
 * attends to all before it and itself, at most the last `window` of them.
 *
 * @param window Attention window, tokens; 0 for none.
 */
export function attentionPairs(tokens: number, past: number, window: number): number {
  if (window === 0 || past + tokens <= window) return tokens * (past + (tokens + 1) / 2);
  // The first tokens still see everything.
  const whole = Math.max(0, window - past);
  return whole * (past + (whole + 1) / 2) + (tokens - whole) * window;
}

/** KV entries that such a chunk reads. */
export function attentionEntries(tokens: number, past: number, window: number): number {
  return window === 0 ? past + tokens : tokens + Math.min(past, window);
}
