import { type Family, inner } from "./family.ts";

const ATTENTION_BIAS = [["attention_bias", "all"]] as const;

const GPT2: Family = {
  defaults: { n_embd: 768, n_head: 12, n_layer: 12, n_positions: 1024, vocab_size: 50257 },
  isUngated: true,
  norm: "offset",
  bias: "all",
  mlpBias: true,
  isTied: true,
  learnedPositions: 0,
};

/** Dense families of the kind of GPT: layer norms with offsets, biases, feed-forward without a gate. */
export const GPT_FAMILIES = {
  gpt2: GPT2,
  gpt_bigcode: {
    ...GPT2,
    adapt: (json) => json.multi_query === false ? {} : { num_key_value_heads: 1 },
  },
  gpt_neo: {
    ...GPT2,
    defaults: {
      hidden_size: 2048,
      num_layers: 24,
      num_heads: 16,
      vocab_size: 50257,
      max_position_embeddings: 2048,
      window_size: 256,
    },
    bias: "none",
    adapt: (json) => ({
      sliding_window: json.window_size,
      ...(Array.isArray(json.attention_layers) && {
        layer_types: json.attention_layers.map((kind) =>
          kind === "local" ? "sliding_attention" : "full_attention"
        ),
      }),
    }),
  },
  gpt_neox: {
    defaults: {
      hidden_size: 6144,
      num_hidden_layers: 44,
      num_attention_heads: 64,
      intermediate_size: 24576,
      vocab_size: 50432,
      max_position_embeddings: 2048,
      attention_bias: true,
    },
    isUngated: true,
    norm: "offset",
    bias: ATTENTION_BIAS,
    mlpBias: true,
  },
  gptj: {
    defaults: { n_embd: 4096, n_layer: 28, n_head: 16, n_positions: 2048, vocab_size: 50400 },
    isUngated: true,
    norm: "offset",
    norms: 1,
    mlpBias: true,
    headBias: true,
  },
  opt: {
    defaults: {
      hidden_size: 768,
      ffn_dim: 3072,
      num_hidden_layers: 12,
      num_attention_heads: 12,
      vocab_size: 50272,
      max_position_embeddings: 2048,
    },
    isUngated: true,
    norm: "offset",
    bias: "all",
    mlpBias: true,
    isTied: true,
    learnedPositions: 2,
  },
  bloom: {
    defaults: { hidden_size: 64, n_layer: 2, n_head: 8, vocab_size: 250880 },
    isUngated: true,
    norm: "offset",
    bias: "all",
    mlpBias: true,
    isTied: true,
    otherNorms: 2,
  },
  mpt: {
    defaults: {
      d_model: 2048,
      n_heads: 16,
      n_layers: 24,
      expansion_ratio: 4,
      max_seq_len: 2048,
      vocab_size: 50368,
    },
    isUngated: true,
    isTied: true,
    adapt: (json) => ({
      intermediate_size: Number(json.expansion_ratio) * Number(json.d_model),
      ...inner(json, "attn_config", { num_key_value_heads: "kv_n_heads" }),
    }),
  },
  falcon: {
    defaults: {
      hidden_size: 4544,
      num_hidden_layers: 32,
      num_attention_heads: 71,
      vocab_size: 65024,
      multi_query: true,
      parallel_attn: true,
      max_position_embeddings: 2048,
      new_decoder_architecture: false,
      bias: false,
    },
    isUngated: true,
    norm: "offset",
    bias: [["bias", "all"]],
    mlpBias: "bias",
    isTied: true,
    adapt: (json) => {
      const isNew = json.new_decoder_architecture === true;
      const isParallel = isNew ? json.num_ln_in_parallel_attn === 1 : json.parallel_attn !== false;
      const kvHeads = json.multi_query === false ? json.num_attention_heads : 1;
      return {
        norms_per_layer: isParallel ? 1 : 2,
        ...(!isNew && { num_key_value_heads: kvHeads, num_kv_heads: undefined }),
      };
    },
  },
  phi: {
    defaults: {
      hidden_size: 2048,
      intermediate_size: 8192,
      num_hidden_layers: 24,
      num_attention_heads: 32,
      vocab_size: 51200,
      max_position_embeddings: 2048,
    },
    isUngated: true,
    norm: "offset",
    norms: 1,
    bias: "all",
    mlpBias: true,
    headBias: true,
  },
  stablelm: {
    defaults: {
      hidden_size: 2560,
      intermediate_size: 6912,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      vocab_size: 50304,
      max_position_embeddings: 4096,
    },
    norm: "offset",
    bias: [["use_qkv_bias", "qkv"]],
    queryKeyNorm: { key: "qk_layernorm", as: "eachHead" },
  },
  starcoder2: {
    defaults: {
      hidden_size: 3072,
      intermediate_size: 12288,
      num_hidden_layers: 30,
      num_attention_heads: 24,
      num_key_value_heads: 2,
      vocab_size: 49152,
      max_position_embeddings: 4096,
      use_bias: true,
      sliding_window: null,
    },
    isUngated: true,
    norm: "offset",
    bias: [["use_bias", "all"]],
    mlpBias: "use_bias",
    isTied: true,
  },
  nemotron: {
    defaults: {
      hidden_size: 6144,
      intermediate_size: 24576,
      num_hidden_layers: 32,
      num_attention_heads: 48,
      vocab_size: 256000,
      max_position_embeddings: 4096,
    },
    isUngated: true,
    norm: "offset",
    bias: ATTENTION_BIAS,
    mlpBias: "mlp_bias",
  },
} as const satisfies Readonly<Record<string, Family>>;
