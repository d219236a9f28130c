import assert from "#assert";
import { activeParameters, parameterCount } from "../parameter_count.ts";
import {
  fullAttentionLayers,
  kvBytesPerToken,
  stateBytesPerSequence,
} from "../kv_bytes_per_token.ts";
import { modelFromHfConfig } from "./config.ts";

// The keys of public config.json files that fix a model's shape; what follows from them is counted here
// by hand, matrix by matrix, from the models' papers and classes.

const DEEPSEEK_V3 = {
  model_type: "deepseek_v3",
  hidden_size: 7168,
  num_hidden_layers: 61,
  num_attention_heads: 128,
  num_key_value_heads: 128,
  q_lora_rank: 1536,
  kv_lora_rank: 512,
  qk_nope_head_dim: 128,
  qk_rope_head_dim: 64,
  v_head_dim: 128,
  intermediate_size: 18432,
  moe_intermediate_size: 2048,
  n_routed_experts: 256,
  n_shared_experts: 1,
  num_experts_per_tok: 8,
  first_k_dense_replace: 3,
  moe_layer_freq: 1,
  vocab_size: 129280,
  max_position_embeddings: 163840,
  tie_word_embeddings: false,
};

Deno.test("DeepSeek-V3: 671 B parameters of which 37 B are active, one latent per layer and token", () => {
  const { shape } = modelFromHfConfig(DEEPSEEK_V3);
  const h = 7168, heads = 128;
  const attention = h * 1536 + 1536 * heads * 192 + h * (512 + 64) + 512 * heads * 256 +
    heads * 128 * h + 1536 + 512;
  const expert = 3 * h * 2048;
  const sparse = 257 * expert + h * 256 + 256;
  const wanted = 61 * (attention + 2 * h) + 3 * 3 * h * 18432 + 58 * sparse + 2 * 129280 * h + h;
  assert.equal(parameterCount(shape), wanted);
  assert.ok(Math.abs(parameterCount(shape) / 671.03e9 - 1) < 1e-4);
  assert.equal(activeParameters(shape), wanted - 58 * 248 * expert);
  assert.equal(kvBytesPerToken(shape, 2), 61 * (512 + 64) * 2);
});

Deno.test("sparse attention keeps one fp8 key with its scale per token beside the latent", () => {
  const sparse = {
    ...DEEPSEEK_V3,
    model_type: "deepseek_v32",
    index_topk: 2048,
    index_n_heads: 64,
    index_head_dim: 128,
  };
  const { shape } = modelFromHfConfig(sparse);
  assert.equal(kvBytesPerToken(shape, 2), 61 * (576 * 2 + 128 + 4));
  const indexer = 1536 * 64 * 128 + 7168 * (128 + 64) + 2 * 128;
  const dense = parameterCount(modelFromHfConfig(DEEPSEEK_V3).shape);
  assert.equal(Math.round(parameterCount(shape)), dense + 61 * indexer);
});

Deno.test("Qwen3-Next: one layer in four keeps KV, the others a state that does not grow", () => {
  const { shape } = modelFromHfConfig({ model_type: "qwen3_next", num_hidden_layers: 48 });
  assert.equal(fullAttentionLayers(shape), 12);
  assert.equal(kvBytesPerToken(shape, 2), 12 * 2 * 2 * 256 * 2);
  const channels = 2 * 16 * 128 + 32 * 128;
  assert.equal(stateBytesPerSequence(shape), 36 * 2 * (32 * 128 * 128 + 3 * channels));
  assert.ok(Math.abs(parameterCount(shape) / 80e9 - 1) < 0.01);
});

Deno.test("Nemotron-3-Nano: 23 Mamba, 23 expert and 6 attention layers by its pattern", () => {
  const pattern = "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME";
  const h = 2688;
  const config = {
    model_type: "nemotron_h",
    hybrid_override_pattern: pattern,
    hidden_size: h,
    intermediate_size: 1856,
    moe_intermediate_size: 1856,
    moe_shared_expert_intermediate_size: 3712,
    n_routed_experts: 128,
    n_shared_experts: 1,
    num_experts_per_tok: 6,
    num_hidden_layers: 52,
    num_attention_heads: 32,
    num_key_value_heads: 2,
    head_dim: 128,
    mamba_num_heads: 64,
    mamba_head_dim: 64,
    ssm_state_size: 128,
    conv_kernel: 4,
    n_groups: 8,
    vocab_size: 131072,
    tie_word_embeddings: false,
  };
  const { shape } = modelFromHfConfig(config);
  const inner = 64 * 64, channels = inner + 2 * 8 * 128;
  const mamba = h * (inner + channels + 64) + inner * h + 5 * channels + 3 * 64 + inner + h;
  const attention = h * 128 * (2 * 32 + 2 * 2) + h;
  const experts = 2 * h * (128 * 1856 + 3712) + 128 * (h + 1) + h;
  assert.equal(
    parameterCount(shape),
    23 * mamba + 6 * attention + 23 * experts + 2 * 131072 * h + h,
  );
  assert.ok(Math.abs(parameterCount(shape) / 31.58e9 - 1) < 1e-3);
  assert.equal(kvBytesPerToken(shape, 2), 6 * 2 * 2 * 128 * 2);
  const states = stateBytesPerSequence(
    modelFromHfConfig({ ...config, mamba_ssm_cache_dtype: "float32" }).shape,
  );
  assert.equal(states, 23 * (inner * 128 * 4 + 3 * channels * 2));
});

Deno.test("Granite 4: 4 attention layers of 40, experts and a shared expert in each", () => {
  const layers = Array.from({ length: 40 }, (_, i) => i % 10 === 5 ? "attention" : "mamba");
  const { shape } = modelFromHfConfig({
    model_type: "granitemoehybrid",
    hidden_size: 4096,
    intermediate_size: 768,
    shared_intermediate_size: 1536,
    num_local_experts: 72,
    num_experts_per_tok: 10,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    num_hidden_layers: 40,
    layer_types: layers,
    mamba_d_state: 128,
    mamba_n_heads: 128,
    mamba_d_head: 64,
    mamba_expand: 2,
    max_position_embeddings: 131072,
    vocab_size: 100352,
    tie_word_embeddings: true,
  });
  assert.equal(kvBytesPerToken(shape, 2), 4 * 2 * 8 * 128 * 2);
  assert.ok(Math.abs(parameterCount(shape) / 32e9 - 1) < 0.01);
});

Deno.test("StarCoder: one KV head, two matrices of feed-forward, learned positions, a tied table", () => {
  const { shape } = modelFromHfConfig({
    model_type: "gpt_bigcode",
    n_embd: 6144,
    n_head: 48,
    n_inner: 24576,
    n_layer: 40,
    n_positions: 8192,
    multi_query: true,
    vocab_size: 49152,
  });
  const h = 6144;
  const layer = h * (2 * h + 2 * 128) + (2 * h + 2 * 128) + 2 * h * 24576 + 24576 + h + 4 * h;
  assert.equal(parameterCount(shape), 40 * layer + (49152 + 8192) * h + 2 * h);
  assert.equal(kvBytesPerToken(shape, 2), 40 * 2 * 1 * 128 * 2);
});

Deno.test("GLM-4.5: three dense layers before the experts, no layer of multi-token prediction", () => {
  const { shape } = modelFromHfConfig({
    model_type: "glm4_moe",
    attention_bias: true,
    head_dim: 128,
    hidden_size: 5120,
    intermediate_size: 12288,
    max_position_embeddings: 131072,
    moe_intermediate_size: 1536,
    n_routed_experts: 160,
    n_shared_experts: 1,
    first_k_dense_replace: 3,
    num_attention_heads: 96,
    num_experts_per_tok: 8,
    num_hidden_layers: 92,
    num_key_value_heads: 8,
    num_nextn_predict_layers: 1,
    tie_word_embeddings: false,
    use_qk_norm: true,
    vocab_size: 151552,
  });
  assert.ok(Math.abs(parameterCount(shape) / 352.80e9 - 1) < 1e-4);
  assert.equal(shape.layers.filter(({ feedForward }) => feedForward?.kind === "dense").length, 3);
});

Deno.test("Gemma 3: what its file leaves out is as its class has it", () => {
  const { shape, notices } = modelFromHfConfig({
    model_type: "gemma3",
    vision_config: { hidden_size: 1152 },
    text_config: {
      hidden_size: 2560,
      intermediate_size: 10240,
      model_type: "gemma3_text",
      num_hidden_layers: 34,
      rope_scaling: { factor: 8, rope_type: "linear" },
      sliding_window: 1024,
    },
  });
  assert.equal(kvBytesPerToken(shape, 2), 34 * 2 * 4 * 256 * 2);
  assert.equal(shape.vocabSize, 262208);
  assert.equal(fullAttentionLayers(shape), 5);
  // Its own length counts the scaling.
  assert.equal(shape.maxPositions, 131072);
  assert.ok(Math.abs(parameterCount(shape) / 3.88e9 - 1) < 1e-3);
  assert.match(notices.join(), /vision_config are left out/);
});

Deno.test("the longest sequence is the one that vLLM derives from the rotary scaling", () => {
  const longest = (rope_scaling: object, more: object = {}) =>
    modelFromHfConfig({
      model_type: "qwen2",
      max_position_embeddings: 32768,
      rope_scaling,
      ...more,
    })
      .shape.maxPositions;
  const yarn = { type: "yarn", factor: 4, original_max_position_embeddings: 32768 };
  assert.equal(longest(yarn), 131072);
  assert.equal(longest({ ...yarn, original_max_position_embeddings: 4096 }), 16384);
  assert.equal(longest({ rope_type: "llama3", factor: 8 }), 32768);
  assert.equal(longest({ rope_type: "longrope", factor: 8 }), 32768);
  assert.equal(longest({ type: "linear", factor: 2 }), 65536);
  assert.equal(longest({ type: "dynamic", factor: 2 }), 65536);
  assert.equal(longest({ type: "mrope", mrope_section: [16, 24, 24] }), 32768);
});

Deno.test("other spellings of the same keys: DBRX, ChatGLM and Mamba", () => {
  const dbrx = modelFromHfConfig({
    model_type: "dbrx",
    d_model: 6144,
    n_heads: 48,
    n_layers: 40,
    max_seq_len: 32768,
    vocab_size: 100352,
    attn_config: { kv_n_heads: 8 },
    ffn_config: { ffn_hidden_size: 10752, moe_num_experts: 16, moe_top_k: 4 },
  }).shape;
  assert.ok(Math.abs(parameterCount(dbrx) / 132e9 - 1) < 0.01);
  assert.ok(Math.abs(activeParameters(dbrx) / 36e9 - 1) < 0.02);
  const glm = modelFromHfConfig({
    model_type: "chatglm",
    hidden_size: 4096,
    ffn_hidden_size: 13696,
    kv_channels: 128,
    multi_query_attention: true,
    multi_query_group_num: 2,
    num_attention_heads: 32,
    num_layers: 28,
    padded_vocab_size: 65024,
    seq_length: 32768,
  }).shape;
  assert.equal(parameterCount(glm), 6243584000);
  assert.equal(kvBytesPerToken(glm, 2), 28 * 2 * 2 * 128 * 2);
  const mamba = modelFromHfConfig({
    model_type: "mamba",
    hidden_size: 2560,
    d_model: 2560,
    n_layer: 64,
    num_hidden_layers: 64,
    state_size: 16,
    expand: 2,
    intermediate_size: 5120,
    vocab_size: 50280,
  }).shape;
  assert.equal(parameterCount(mamba), 2768345600);
  assert.equal(kvBytesPerToken(mamba, 2), 0);
  assert.equal(stateBytesPerSequence(mamba), 64 * 2 * 5120 * (16 + 3));
});

Deno.test("other hybrids: Jamba, MiniMax-01, LFM2 and Llama-Nemotron by their own lists", () => {
  // Jamba v0.1: 52 B, 12 B active; one attention layer and four of experts in eight.
  const jamba = modelFromHfConfig({ model_type: "jamba" }).shape;
  assert.equal(kvBytesPerToken(jamba, 2), 4 * 2 * 8 * 128 * 2);
  assert.ok(Math.abs(parameterCount(jamba) / 51.6e9 - 1) < 0.01);
  // MiniMax-Text-01: 456 B, 45.9 B active; seven layers of linear attention to one of softmax.
  const kinds = Array.from({ length: 80 }, (_, i) => i % 8 === 7 ? 1 : 0);
  const minimax = modelFromHfConfig({ model_type: "minimax_text_01", attn_type_list: kinds }).shape;
  assert.ok(Math.abs(parameterCount(minimax) / 456e9 - 1) < 0.01);
  // Active without embedding and head.
  const tables = 2 * 200064 * 6144;
  assert.ok(Math.abs((activeParameters(minimax) - tables) / 45.9e9 - 1) < 0.01);
  assert.equal(stateBytesPerSequence(minimax), 70 * 64 * 128 * 128 * 4);
  const lfm = modelFromHfConfig({
    model_type: "lfm2",
    hidden_size: 2048,
    block_ff_dim: 12288,
    num_hidden_layers: 16,
    num_key_value_heads: 8,
    full_attn_idxs: [2, 5, 8, 10, 12, 14],
  }).shape;
  // LFM2-1.2B.
  assert.ok(Math.abs(parameterCount(lfm) / 1.17e9 - 1) < 0.01);
  assert.equal(fullAttentionLayers(lfm), 6);
  const block = (attention: object, ffn: object) => ({ attention, ffn });
  const nas = modelFromHfConfig({
    model_type: "nemotron-nas",
    hidden_size: 512,
    num_attention_heads: 8,
    vocab_size: 100,
    block_configs: [
      block({ n_heads_in_group: 4 }, { ffn_mult: 1 }),
      block({ no_op: true }, { ffn_mult: 3 }),
      block({ replace_with_linear: true }, { no_op: true }),
    ],
  }).shape;
  assert.equal(kvBytesPerToken(nas, 2), 2 * 2 * 64 * 2);
  // Two thirds of the multiple, rounded up to 256: 512 and 1,024.
  const layers = [512 * (512 * 2 + 2 * 128 + 3 * 512 + 2), 512 * (3 * 1024 + 1), 512 * (512 + 1)];
  assert.equal(parameterCount(nas), layers[0] + layers[1] + layers[2] + 2 * 100 * 512 + 512);
});

Deno.test("a family or a key that is not understood is refused by name, or read as a Llama on demand", () => {
  const llama = {
    hidden_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    vocab_size: 100,
    intermediate_size: 128,
  };
  const strange = { ...llama, model_type: "mamba2ish", time_step_limit: [0, Infinity] };
  assert.throws(
    () => modelFromHfConfig(strange),
    /"mamba2ish" \(the nearest known one is mamba2\)/,
  );
  const assumed = modelFromHfConfig(strange, { assumeLlama: true });
  assert.match(assumed.notices.join(), /"mamba2ish" is not known and is read as llama/);
  assert.equal(kvBytesPerToken(assumed.shape, 2), 2 * 2 * 64 * 2);
  const key = { ...llama, model_type: "llama", num_memory_heads: 3 };
  assert.throws(() => modelFromHfConfig(key), /"num_memory_heads" \(3\).*model\.assume: llama/);
  assert.match(modelFromHfConfig(key, { assumeLlama: true }).notices.join(), /num_memory_heads/);
  // Switched off, it says nothing.
  modelFromHfConfig({ ...key, num_memory_heads: 0 });
});

Deno.test("the model is called what its file says, else what the file or its folder is called", () => {
  const config = { model_type: "llama", architectures: ["LlamaForCausalLM"] };
  const name = (more: object, file?: string) =>
    modelFromHfConfig({ ...config, ...more }, file === undefined ? {} : { file }).shape.name;
  assert.equal(name({ _name_or_path: "org/tiny" }, "other.json"), "org/tiny");
  assert.equal(name({ _name_or_path: "/checkpoints/tiny/" }), "tiny");
  assert.equal(name({}, "models/tiny/config.json"), "tiny");
  assert.equal(name({}, "models/tiny.json"), "tiny");
  assert.equal(name({}), "LlamaForCausalLM");
});
