import { flag, type Json, list, optional } from "./hf_values.ts";
import type { TransformerShape } from "./transformer.ts";

/** Names in `layer_types` of layers that see a window or a chunk of the sequence. */
const WINDOWED_TYPES = new Set<unknown>(["sliding_attention", "chunked_attention"]);
/** One layer in so many has full attention, in families that need not say so. */
const PATTERNS: Readonly<Record<string, number>> = {
  gemma2: 2,
  gemma3: 6,
  gemma3_text: 6,
  cohere2: 4,
  gpt_oss: 2,
  llama4: 4,
  llama4_text: 4,
};

/**
 * Window and number of layers without it, from a Hugging Face `config.json`:
 *
 * - the window is `sliding_window` (unless `use_sliding_window` is false) or `attention_chunk_size`;
 *   attention within chunks reads at most as much as a window of that size, half on average;
 * - layers without it are those of `layer_types` "full_attention", or 0 in `no_rope_layers` (Llama 4), or
 *   the last one of each `sliding_window_pattern` or `no_rope_layer_interval`, or the first
 *   `max_window_layers` (Qwen 2); else as the family has it, else none.
 *
 * @source https://github.com/huggingface/transformers src/transformers/models/{gemma2,gemma3,cohere2,
 * gpt_oss,llama4,qwen2}/configuration_*.py
 */
export function attentionWindow(
  json: Json,
  type: string,
  layers: number,
): Pick<TransformerShape, "slidingWindowTokens" | "fullAttentionLayers"> {
  const sliding = flag(json, "use_sliding_window") === false
    ? 0
    : optional(json, "sliding_window") ?? 0;
  const slidingWindowTokens = sliding > 0 ? sliding : optional(json, "attention_chunk_size") ?? 0;
  const full = fullLayers(json, type, layers);
  if (slidingWindowTokens === 0 || full >= layers) return { slidingWindowTokens: 0 };
  return { slidingWindowTokens, ...(full > 0 && { fullAttentionLayers: full }) };
}

function fullLayers(json: Json, type: string, layers: number): number {
  const types = list(json, "layer_types");
  const rope = list(json, "no_rope_layers");
  if (types !== undefined && types.length > 0) {
    return types.filter((name) => !WINDOWED_TYPES.has(name)).length;
  }
  if (rope !== undefined && rope.length > 0) return rope.filter((has) => has === 0).length;
  const everyNth = optional(
    json,
    "sliding_window_pattern",
    "_sliding_window_pattern",
    "no_rope_layer_interval",
  ) ?? PATTERNS[type];
  if (everyNth !== undefined && everyNth > 0) return Math.floor(layers / everyNth);
  if (flag(json, "use_sliding_window") === true) {
    return Math.min(layers, optional(json, "max_window_layers") ?? 0);
  }
  return 0;
}
