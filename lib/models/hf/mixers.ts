import { showValue } from "../../std/show_value.ts";
import type { Attention, Indexer, LatentAttention } from "../transformer.ts";
import type { AttentionBias, Family } from "./family.ts";
import { flag, type Json, number, optional } from "./values.ts";

function attentionBias(json: Json, { bias = "none" }: Family): AttentionBias {
  if (typeof bias === "string") return bias;
  return bias.find(([key]) => flag(json, key) === true)?.[1] ?? "none";
}

/** Query heads. */
export function queryHeads(json: Json): number {
  return number(json, "num_attention_heads", "n_head", "n_heads", "num_heads");
}

/** Width of the residual stream. */
export function residualWidth(json: Json): number {
  return number(json, "hidden_size", "n_embd", "d_model", "n_embed");
}

/** What differs between layers with a window and those without. */
interface HeadsOfLayer {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly valueSize: number | undefined;
}

function headsOf(json: Json, hasWindow: boolean): HeadsOfLayer {
  const heads = hasWindow
    ? optional(json, "swa_num_attention_heads") ?? queryHeads(json)
    : queryHeads(json);
  const given = hasWindow
    ? optional(json, "swa_num_key_value_heads")
    : optional(json, "num_global_key_value_heads");
  const kvHeads = given ?? optional(json, "num_key_value_heads", "num_kv_heads", "n_head_kv") ??
    heads;
  if (kvHeads < 1 || heads % kvHeads !== 0) {
    throw new RangeError(
      `Cannot read a model's config.json as one with key-value heads that divide ${heads} heads: ` +
        `current value is ${kvHeads}`,
    );
  }
  const own = optional(json, hasWindow ? "swa_head_dim" : "global_head_dim");
  const headSize = own ?? optional(json, "head_dim", "attention_head_dim", "kv_channels") ??
    residualWidth(json) / heads;
  if (!Number.isInteger(headSize) || headSize < 1) {
    throw new RangeError(
      `Cannot read a model's config.json as one with a whole head size ("head_dim", or ` +
        `"hidden_size" over "num_attention_heads"): current value is ${showValue(headSize)}`,
    );
  }
  const valueSize = (hasWindow ? optional(json, "swa_v_head_dim") : undefined) ??
    optional(json, "v_head_dim");
  return { heads, kvHeads, headSize, valueSize };
}

function queryKeyNorms(
  json: Json,
  { queryKeyNorm: rule }: Family,
  { heads, kvHeads, headSize }: HeadsOfLayer,
): number {
  if (rule === undefined) return 0;
  const kind = typeof rule === "string"
    ? rule
    : flag(json, rule.key) === true
    ? rule.as ?? "head"
    : undefined;
  if (kind === undefined) return 0;
  return kind === "head" ? 2 * headSize : (heads + kvHeads) * headSize;
}

function hasSinks(json: Json, family: Family, hasWindow: boolean): boolean {
  const key = hasWindow ? "add_swa_attention_sink_bias" : "add_full_attention_sink_bias";
  return flag(json, key) ?? family.hasSinks === true;
}

/** Attention with keys and values per head. `window`: tokens, 0 for full attention. */
export function attentionOf(
  json: Json,
  family: Family,
  type: "full" | "window" | "chunk",
  layer: number,
): Attention {
  const hasWindow = type !== "full";
  const of = headsOf(json, hasWindow);
  const sinks = hasSinks(json, family, hasWindow) ? of.heads : 0;
  const windowTokens = type === "window"
    ? number(json, "sliding_window")
    : type === "chunk"
    ? number(json, "attention_chunk_size")
    : 0;
  const smallParameters = sinks + queryKeyNorms(json, family, of);
  const indexer = blockIndexer(json, layer);
  return {
    kind: "attention",
    heads: of.heads,
    kvHeads: of.kvHeads,
    headSize: of.headSize,
    ...(of.valueSize !== undefined && of.valueSize !== of.headSize && { valueSize: of.valueSize }),
    windowTokens,
    ...(type === "chunk" && { isChunked: true }),
    bias: attentionBias(json, family),
    ...((flag(json, "attn_output_gate") ?? family.hasOutputGate) && { hasOutputGate: true }),
    ...(!hasWindow && flag(json, "attention_k_eq_v") === true && { valuesAreKeys: true }),
    ...(smallParameters > 0 && { smallParameters }),
    ...(indexer && { indexer }),
  };
}

/** Blocks of keys that are chosen by their scores (MiniMax-M3). */
function blockIndexer(json: Json, layer: number): Indexer | undefined {
  const blocks = optional(json, "sparse_topk_blocks");
  const layers = json.sparse_layers;
  if (blocks === undefined || (Array.isArray(layers) && layers[layer] !== 1)) return undefined;
  const heads = number(json, "index_n_heads"), headSize = number(json, "index_head_dim");
  return {
    heads,
    headSize,
    topTokens: blocks * number(json, "sparse_block_size"),
    // One key per token at 16 bits, whatever the heads of the queries.
    keyBytes: 2 * headSize,
    parameters: residualWidth(json) * (heads + 1) * headSize,
  };
}

/** An indexer's key in the cache: fp8 and a scale of 4 bytes. @source DeepSeek-V3.2, vLLM and SGLang */
const INDEX_SCALE_BYTES = 4;

/** Latent attention by DeepSeek's keys. */
export function latentOf(json: Json, layer: number): LatentAttention {
  const queryRank = optional(json, "q_lora_rank") ?? 0;
  const indexer = tokenIndexer(json, layer, queryRank);
  return {
    kind: "latent",
    heads: queryHeads(json),
    queryRank,
    kvRank: number(json, "kv_lora_rank"),
    nopeSize: number(json, "qk_nope_head_dim"),
    ropeSize: optional(json, "qk_rope_head_dim") ?? 0,
    valueSize: number(json, "v_head_dim"),
    ...(flag(json, "mla_use_output_gate") === true && { hasOutputGate: true }),
    ...(indexer && { indexer }),
  };
}

/** DeepSeek sparse attention: wq_b, wk with its norm, and the weights of the heads. */
function tokenIndexer(json: Json, layer: number, queryRank: number): Indexer | undefined {
  const topTokens = optional(json, "index_topk");
  if (topTokens === undefined) return undefined;
  const heads = number(json, "index_n_heads"), headSize = number(json, "index_head_dim");
  const types = json.indexer_types;
  // Layers that share take the tokens that an earlier one chose (GLM-5.2).
  if (Array.isArray(types) && types[layer] === "shared") {
    return { heads, headSize, topTokens, keyBytes: 0, parameters: 0 };
  }
  const hidden = residualWidth(json);
  return {
    heads,
    headSize,
    topTokens,
    keyBytes: headSize + INDEX_SCALE_BYTES,
    parameters: queryRank * heads * headSize + hidden * (headSize + heads) + 2 * headSize,
  };
}
