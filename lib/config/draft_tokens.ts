import type { Configuration } from "./configuration.ts";

/** Most tokens that are drafted per sequence and step; null: not known. */
export function draftTokensOf(
  { method, num_speculative_tokens: given }: Configuration["speculative"],
): number | null {
  // Models with multi-token prediction publish one layer for it.
  return given ?? (method === "mtp" ? 1 : null);
}

/** Tokens drafted by the number of decoding sequences. */
export function draftTokensByBatch(
  speculative: Configuration["speculative"],
): number | ((sequences: number) => number) {
  const ranges = speculative.num_speculative_tokens_per_batch_size;
  if (ranges === null) return draftTokensOf(speculative)!;
  return (sequences) => {
    // Between two ranges and beyond the last one that before goes on, as in vLLM.
    let drafted = 0;
    for (const [from, , tokens] of ranges) {
      if (sequences < from) break;
      drafted = tokens;
    }
    return drafted;
  };
}
