import type { Family } from "./family.ts";
import { HYBRID_FAMILIES } from "./families_hybrid.ts";
import { EXPERT_FAMILIES } from "./families_expert.ts";
import { GPT_FAMILIES } from "./families_gpt.ts";

const ATTENTION_BIAS = [["attention_bias", "all"]] as const;
const QKV_BIAS = [["attention_bias", "qkv"]] as const;

const LLAMA: Family = {
  defaults: {
    hidden_size: 4096,
    intermediate_size: 11008,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    vocab_size: 32000,
    max_position_embeddings: 2048,
  },
  bias: ATTENTION_BIAS,
  mlpBias: "mlp_bias",
};

const QWEN2: Family = {
  defaults: {
    ...LLAMA.defaults,
    intermediate_size: 22016,
    vocab_size: 151936,
    max_position_embeddings: 32768,
    use_sliding_window: false,
    sliding_window: 4096,
    max_window_layers: 28,
  },
  bias: "qkv",
};

const QWEN3: Family = {
  ...QWEN2,
  defaults: { ...QWEN2.defaults, head_dim: 128 },
  bias: ATTENTION_BIAS,
  queryKeyNorm: "head",
};

const GEMMA2: Family = {
  defaults: {
    hidden_size: 2304,
    intermediate_size: 9216,
    num_hidden_layers: 26,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    vocab_size: 256000,
    max_position_embeddings: 8192,
    sliding_window: 4096,
  },
  bias: ATTENTION_BIAS,
  isTied: true,
  norms: 4,
  windowPattern: 2,
};

const GEMMA3: Family = {
  ...GEMMA2,
  defaults: { ...GEMMA2.defaults, vocab_size: 262208, max_position_embeddings: 131072 },
  queryKeyNorm: "head",
  windowPattern: 6,
};

const COHERE: Family = {
  defaults: {
    hidden_size: 8192,
    intermediate_size: 22528,
    num_hidden_layers: 40,
    num_attention_heads: 64,
    vocab_size: 256000,
    max_position_embeddings: 8192,
  },
  norms: 1,
  isTied: true,
  bias: ATTENTION_BIAS,
  queryKeyNorm: { key: "use_qk_norm", as: "eachHead" },
};

const GLM: Family = {
  defaults: {
    hidden_size: 4096,
    intermediate_size: 13696,
    num_hidden_layers: 40,
    num_attention_heads: 32,
    num_key_value_heads: 2,
    head_dim: 128,
    vocab_size: 151552,
    max_position_embeddings: 131072,
    attention_bias: true,
  },
  bias: QKV_BIAS,
};

const OLMO2: Family = {
  defaults: { ...LLAMA.defaults, vocab_size: 50304 },
  bias: ATTENTION_BIAS,
  queryKeyNorm: "width",
};

const MISTRAL: Family = {
  defaults: {
    hidden_size: 4096,
    intermediate_size: 14336,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    vocab_size: 32000,
    max_position_embeddings: 131072,
    sliding_window: 4096,
  },
};

/** Dense families of the kind of Llama. */
const DENSE_FAMILIES = {
  llama: LLAMA,
  mistral: MISTRAL,
  ministral: MISTRAL,
  ministral3: { ...MISTRAL, defaults: { ...MISTRAL.defaults, sliding_window: null } },
  qwen2: QWEN2,
  qwen2_vl: QWEN2,
  qwen2_vl_text: QWEN2,
  qwen2_5_vl: QWEN2,
  qwen2_5_vl_text: QWEN2,
  qwen2_5_omni_text: QWEN2,
  qwen3: QWEN3,
  qwen3_vl: QWEN3,
  qwen3_vl_text: QWEN3,
  mimo: QWEN2,
  phi3: {
    defaults: {
      hidden_size: 3072,
      intermediate_size: 8192,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      vocab_size: 32064,
      max_position_embeddings: 4096,
    },
  },
  gemma: {
    defaults: {
      hidden_size: 3072,
      intermediate_size: 24576,
      num_hidden_layers: 28,
      num_attention_heads: 16,
      num_key_value_heads: 16,
      head_dim: 256,
      vocab_size: 256000,
      max_position_embeddings: 8192,
    },
    bias: ATTENTION_BIAS,
    isTied: true,
  },
  gemma2: GEMMA2,
  gemma3: GEMMA3,
  gemma3_text: GEMMA3,
  cohere: COHERE,
  cohere2: {
    ...COHERE,
    defaults: { ...COHERE.defaults, sliding_window: 4096 },
    windowPattern: 4,
  },
  granite: LLAMA,
  olmo: { defaults: { ...LLAMA.defaults, vocab_size: 50304 }, norm: "none", bias: ATTENTION_BIAS },
  olmo2: OLMO2,
  olmo3: {
    ...OLMO2,
    defaults: { ...OLMO2.defaults, max_position_embeddings: 2048, sliding_window: 4096 },
    windowPattern: 4,
  },
  baichuan: { defaults: { ...LLAMA.defaults, vocab_size: 64000, max_position_embeddings: 4096 } },
  internlm: { defaults: { ...LLAMA.defaults, bias: true }, bias: [["bias", "all"]] },
  internlm2: {
    defaults: { ...LLAMA.defaults, vocab_size: 103168, bias: false },
    bias: [["bias", "all"]],
  },
  internlm3: {
    defaults: { ...LLAMA.defaults, vocab_size: 128512, max_position_embeddings: 32768 },
    bias: [["bias", "all"], ["qkv_bias", "qkv"]],
    mlpBias: "bias",
  },
  chatglm: {
    defaults: {
      num_layers: 28,
      padded_vocab_size: 65024,
      hidden_size: 4096,
      ffn_hidden_size: 13696,
      kv_channels: 128,
      num_attention_heads: 32,
      seq_length: 2048,
      add_qkv_bias: true,
      multi_query_attention: false,
    },
    bias: [["add_bias_linear", "all"], ["add_qkv_bias", "qkv"]],
    mlpBias: "add_bias_linear",
    adapt: (json) =>
      json.multi_query_attention === true
        ? { num_key_value_heads: json.multi_query_group_num ?? 1 }
        : {},
  },
  glm: GLM,
  glm4: { ...GLM, norms: 4, defaults: { ...GLM.defaults, attention_bias: false } },
  glm4v_text: { ...GLM, norms: 4 },
  exaone: {
    defaults: {
      hidden_size: 2048,
      num_layers: 32,
      num_attention_heads: 32,
      vocab_size: 102400,
      max_position_embeddings: 2048,
    },
  },
  exaone4: {
    defaults: {
      hidden_size: 4096,
      intermediate_size: 16384,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      vocab_size: 102400,
      max_position_embeddings: 2048,
      sliding_window: 4096,
    },
    queryKeyNorm: "head",
    windowPattern: 4,
  },
  smollm3: {
    defaults: {
      hidden_size: 2048,
      intermediate_size: 11008,
      num_hidden_layers: 36,
      num_attention_heads: 16,
      num_key_value_heads: 4,
      vocab_size: 128256,
      max_position_embeddings: 32768,
    },
    bias: ATTENTION_BIAS,
    mlpBias: "mlp_bias",
    isTied: true,
  },
  seed_oss: {
    defaults: {
      hidden_size: 4096,
      intermediate_size: 27648,
      num_hidden_layers: 64,
      num_attention_heads: 80,
      num_key_value_heads: 8,
      head_dim: 128,
      vocab_size: 155136,
      max_position_embeddings: 524288,
      attention_bias: true,
      attention_out_bias: false,
    },
    bias: [["attention_out_bias", "all"], ["attention_bias", "qkv"]],
    mlpBias: "mlp_bias",
  },
  ernie4_5: {
    defaults: {
      hidden_size: 1024,
      intermediate_size: 3072,
      num_hidden_layers: 18,
      num_attention_heads: 16,
      num_key_value_heads: 2,
      head_dim: 128,
      vocab_size: 103424,
      max_position_embeddings: 131072,
      use_bias: false,
    },
    bias: [["use_bias", "all"]],
    mlpBias: "use_bias",
    isTied: true,
  },
  "nemotron-nas": LLAMA,
  deci: LLAMA,
} as const satisfies Readonly<Record<string, Family>>;

/**
 * Decoder-only families by `model_type`: the rules and defaults of their classes.
 *
 * @source https://github.com/huggingface/transformers src/transformers/models/<type>/configuration_*.py
 *   and modeling_*.py; for others the code that stands beside their checkpoints
 */
export const FAMILIES: Readonly<Record<string, Family>> = {
  ...DENSE_FAMILIES,
  ...GPT_FAMILIES,
  ...EXPERT_FAMILIES,
  ...HYBRID_FAMILIES,
};

/** The family that a file is read as under `model.assume: llama`. */
export const ASSUMED_FAMILY: Family = LLAMA;
