import { showValue } from "../../std/show_value.ts";
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

/** Rotary scalings that multiply it. */
const MULTIPLIED = new Set([
  "linear",
  "dynamic",
  "yarn",
  "deepseek_yarn",
  "ntk",
  "deepseek_llama_scaling",
]);

/** Longest sequence that can be meant, tokens. */
const MOST_TOKENS = 2 ** 30;

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
  const isUnnamed = type === undefined && typeof scaling.factor === "number" &&
    scaling.factor !== 1;
  if (COUNTED.has(type as string) && !isUnnamed) return own;
  if (!MULTIPLIED.has(type as string)) {
    return refuse(
      "rope_type",
      `one of ${[...MULTIPLIED, ...COUNTED].filter(Boolean).join(", ")}`,
      type,
    );
  }
  const { factor } = scaling;
  // Files write 1 and less where the scaling stretches nothing.
  if (typeof factor !== "number" || !(factor > 0)) return refuse("factor", "a number > 0", factor);
  const original = type === "yarn" || type === "deepseek_yarn"
    ? optional(scaling, "original_max_position_embeddings") ?? own
    : own;
  if (original < 1) {
    return refuse("original_max_position_embeddings", "tokens, >= 1", original);
  }
  const longest = Math.max(Math.floor(original * factor), factor < 1 ? own : 1);
  if (longest > MOST_TOKENS) {
    return refuse("factor", `one that leaves at most ${MOST_TOKENS} tokens`, factor);
  }
  return longest;
}

function refuse(key: string, wanted: string, value: unknown): never {
  throw new RangeError(
    `Cannot read "rope_scaling.${key}" of a model's config.json as ${wanted}: current value is ` +
      `${showValue(value ?? null)}`,
  );
}
