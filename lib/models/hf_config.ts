import { showValue } from "../std/show_value.ts";
import { attentionWindow } from "./hf_attention_window.ts";
import { flag, type Json, number, optional, part, text } from "./hf_values.ts";
import type { ExpertShape, TransformerShape } from "./transformer.ts";

/** Model types that come with learned positions and biases on every linear layer. */
const GPT_TYPES = new Set(["gpt2", "opt"]);
/** Model types with biases on query, key and value that no key of their config states. */
const QKV_BIAS_TYPES = new Set(["qwen2", "qwen2_moe"]);
/** Model types whose embedding and head are tied unless the config says otherwise. */
const TIED_TYPES = new Set(["gpt2", "opt", "falcon", "gemma", "gemma2"]);
/** Feed-forward without a gate. */
const UNGATED_TYPES = new Set(["gpt2", "opt", "falcon", "phi", "gpt_neox", "starcoder2"]);

/**
 * Shape of a model from the contents of its Hugging Face `config.json` (already parsed). Knows the
 * families of the catalogue (Llama, Mistral, Mixtral, Qwen, OPT, GPT-2, Falcon, Yi, Llama 4's text
 * part) and the windows of Gemma 2 and 3, Cohere 2 and gpt-oss; other decoder-only models with the usual keys are read as Llama.
 *
 * @param name Name of the shape; by default the config's `_name_or_path` or `model_type`.
 * @throws TypeError if a key is missing or of the wrong type, SyntaxError if it is not an object,
 * RangeError if the heads do not divide.
 *
 * @example
 * ```ts
 * import { transformerFromHfConfig } from "simfaasinfer/models";
 * const config = { model_type: "llama", hidden_size: 64, num_hidden_layers: 2, vocab_size: 100,
 *   num_attention_heads: 4, intermediate_size: 128, max_position_embeddings: 512 };
 * console.log(transformerFromHfConfig(config, "tiny").headSize); // 16
 * ```
 */
export function transformerFromHfConfig(config: unknown, name?: string): TransformerShape {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new SyntaxError(
      `Cannot read a model's config.json as an object: current value is ${
        Array.isArray(config) ? "a list" : config === null ? "null" : `a ${typeof config}`
      }`,
    );
  }
  const whole = config as Json;
  const json = part(whole, "text_config") ?? whole;
  const type = text(json, "model_type") ?? text(whole, "model_type") ?? "llama";
  for (const key of ["torch_dtype", "dtype"]) text(json, key);
  const hiddenSize = number(json, "hidden_size", "n_embd", "d_model");
  const heads = number(json, "num_attention_heads", "n_head");
  const intermediateSize = optional(json, "ffn_dim", "intermediate_size_mlp") ??
    optional(json, "intermediate_size", "n_inner", "ffn_hidden_size") ?? 4 * hiddenSize;
  const layers = number(json, "num_hidden_layers", "n_layer");
  const experts = expertShape(json, type);
  const kvHeads = keyValueHeads(json, type, heads);
  if (kvHeads < 1 || heads % kvHeads !== 0) {
    throw new RangeError(
      `Cannot read a model's config.json as one with key-value heads that divide ${heads} heads: ` +
        `current value is ${kvHeads}`,
    );
  }
  const headSize = optional(json, "head_dim") ?? hiddenSize / heads;
  if (!Number.isInteger(headSize) || headSize < 1) {
    throw new RangeError(
      `Cannot read a model's config.json as one with a whole head size ("head_dim", or ` +
        `"hidden_size" over "num_attention_heads"): current value is ${showValue(headSize)}`,
    );
  }
  return {
    name: name ?? text(whole, "_name_or_path") ?? type,
    layers,
    hiddenSize,
    intermediateSize,
    heads,
    kvHeads,
    headSize,
    vocabSize: number(json, "vocab_size"),
    maxPositions: optional(json, "max_position_embeddings", "n_positions", "n_ctx") ?? 2048,
    gatedFeedForward: !UNGATED_TYPES.has(type),
    tiedEmbeddings: flag(json, "tie_word_embeddings") ?? flag(whole, "tie_word_embeddings") ??
      TIED_TYPES.has(type),
    learnedPositions: GPT_TYPES.has(type),
    bias: GPT_TYPES.has(type)
      ? "all"
      : QKV_BIAS_TYPES.has(type) || flag(json, "attention_bias") === true
      ? "qkv"
      : "none",
    ...attentionWindow(json, type, layers),
    ...(experts === undefined ? {} : { experts }),
  };
}

function keyValueHeads(json: Json, type: string, heads: number): number {
  const given = optional(json, "num_key_value_heads", "num_kv_heads");
  if (type === "falcon" && flag(json, "new_decoder_architecture") !== true) {
    return flag(json, "multi_query") === false ? heads : 1;
  }
  return given ?? heads;
}

function expertShape(json: Json, type: string): ExpertShape | undefined {
  const count = optional(json, "num_local_experts", "num_experts", "n_routed_experts");
  if (count === undefined || count === 0) return undefined;
  const intermediateSize = optional(json, "moe_intermediate_size") ??
    number(json, "intermediate_size");
  const shared = optional(json, "shared_expert_intermediate_size") ??
    (optional(json, "n_shared_experts") ?? (type.startsWith("llama4") ? 1 : 0)) * intermediateSize;
  return {
    count,
    perToken: number(json, "num_experts_per_tok"),
    intermediateSize,
    sharedIntermediateSize: shared,
    everyNthLayer: optional(json, "interleave_moe_layer_step", "decoder_sparse_step") ?? 1,
  };
}
