import { type Json, optional, part } from "./values.ts";

/** Rotary scalings that the file's own length already counts. */
const COUNTED = new Set([
  "su",
  "longrope",
  "llama3",
  "default",
  "mrope",
  "proportional",
  undefined,
]);

/**
 * Longest sequence, tokens, as vLLM derives it: the model's own, times the factor of its rotary scaling;
 * under yarn times the original length.
 *
 * @source https://github.com/vllm-project/vllm vllm/config/model.py, _get_and_verify_max_len
 */
export function longestSequence(json: Json): number {
  const own = optional(
    json,
    "max_position_embeddings",
    "n_positions",
    "n_ctx",
    "seq_length",
    "max_seq_len",
    "max_sequence_length",
    "model_max_length",
  ) ?? 2048;
  const scaling = part(json, "rope_scaling") ?? part(json, "rope_parameters");
  // Gemma 3 counts its scaling in its own length.
  if (scaling === undefined || String(json.model_type ?? "").includes("gemma3")) return own;
  const type = scaling.rope_type ?? scaling.type;
  const { factor } = scaling;
  if (COUNTED.has(type as string) || typeof factor !== "number" || !(factor >= 1)) return own;
  const original = type === "yarn"
    ? optional(scaling, "original_max_position_embeddings") ?? own
    : own;
  return Math.floor(original * factor);
}
