import assert from "#assert";
import { parse } from "../../std/yaml.ts";
import { parameterCount } from "../parameter_count.ts";
import { modelFromHfConfig } from "./config.ts";

/**
 * Keys of public models that fix their shape, and parameters as the metadata of their safetensors or
 * their model cards have them.
 */
const MODELS = `
- { name: bloom-7b1, parameters: 7.069e9, config: { model_type: bloom, hidden_size: 4096, n_layer: 30, num_attention_heads: 32, vocab_size: 250880, seq_length: 2048} }
- { name: mpt-7b, parameters: 6.649e9, config: { model_type: mpt, d_model: 4096, n_heads: 32, n_layers: 32, expansion_ratio: 4, max_seq_len: 2048, vocab_size: 50432, attn_config: { alibi: true, attn_impl: torch, qk_ln: false}} }
- { name: gptj-6b, parameters: 6.05e9, config: { model_type: gptj, n_embd: 4096, n_layer: 28, n_head: 16, n_positions: 2048, vocab_size: 50400, rotary_dim: 64, tie_word_embeddings: false} }
- { name: neox-20b, parameters: 20.55e9, config: { model_type: gpt_neox, hidden_size: 6144, num_hidden_layers: 44, num_attention_heads: 64, intermediate_size: 24576, vocab_size: 50432, max_position_embeddings: 2048, tie_word_embeddings: false, use_parallel_residual: true} }
- { name: pythia-6.9b, parameters: 6.857e9, config: { model_type: gpt_neox, hidden_size: 4096, num_hidden_layers: 32, num_attention_heads: 32, intermediate_size: 16384, vocab_size: 50432, tie_word_embeddings: false} }
- { name: gpt-neo-2.7b, parameters: 2.651e9, config: { model_type: gpt_neo, hidden_size: 2560, num_layers: 32, num_heads: 20, vocab_size: 50257, max_position_embeddings: 2048, window_size: 256, intermediate_size: null} }
- { name: phi-2, parameters: 2.78e9, config: { model_type: phi, hidden_size: 2560, intermediate_size: 10240, num_hidden_layers: 32, num_attention_heads: 32, vocab_size: 51200, max_position_embeddings: 2048, tie_word_embeddings: false} }
- { name: phi-3-mini, parameters: 3.821e9, config: { model_type: phi3, hidden_size: 3072, intermediate_size: 8192, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 32, vocab_size: 32064, sliding_window: 2047} }
- { name: gemma-2b, parameters: 2.506e9, config: { model_type: gemma, hidden_size: 2048, intermediate_size: 16384, num_hidden_layers: 18, num_attention_heads: 8, num_key_value_heads: 1, head_dim: 256, vocab_size: 256000} }
- { name: gemma-2-9b, parameters: 9.242e9, config: { model_type: gemma2, hidden_size: 3584, intermediate_size: 14336, num_hidden_layers: 42, num_attention_heads: 16, num_key_value_heads: 8, head_dim: 256, vocab_size: 256000, query_pre_attn_scalar: 256, sliding_window: 4096, sliding_window_size: 4096} }
- { name: gemma-2-27b, parameters: 27.227e9, config: { model_type: gemma2, hidden_size: 4608, intermediate_size: 36864, num_hidden_layers: 46, num_attention_heads: 32, num_key_value_heads: 16, head_dim: 128, vocab_size: 256000} }
- { name: command-r, parameters: 34.98e9, config: { model_type: cohere, hidden_size: 8192, intermediate_size: 22528, num_hidden_layers: 40, num_attention_heads: 64, num_key_value_heads: 64, vocab_size: 256000, use_qk_norm: false} }
- { name: command-r7b, parameters: 8.028e9, config: { model_type: cohere2, hidden_size: 4096, intermediate_size: 14336, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, head_dim: 128, vocab_size: 256000, sliding_window: 4096, sliding_window_pattern: 4} }
- { name: olmo-7b, parameters: 6.888e9, config: { model_type: olmo, hidden_size: 4096, intermediate_size: 11008, num_hidden_layers: 32, num_attention_heads: 32, vocab_size: 50304} }
- { name: olmo-2-7b, parameters: 7.299e9, config: { model_type: olmo2, hidden_size: 4096, intermediate_size: 11008, num_hidden_layers: 32, num_attention_heads: 32, vocab_size: 100352} }
- { name: Ling-mini-2.0, parameters: 16.256e9, config: { model_type: bailing_moe_v2, hidden_size: 2048, intermediate_size: 5120, moe_intermediate_size: 512, num_hidden_layers: 20, num_attention_heads: 16, num_key_value_heads: 4, head_dim: 128, num_experts: 256, num_experts_per_tok: 8, num_shared_experts: 1, first_k_dense_replace: 1, vocab_size: 157184, use_qk_norm: true, tie_word_embeddings: false } }
- { name: olmoe, parameters: 6.919e9, config: { model_type: olmoe, hidden_size: 2048, intermediate_size: 1024, num_hidden_layers: 16, num_attention_heads: 16, num_experts: 64, num_experts_per_tok: 8, vocab_size: 50304} }
- { name: stablelm-2-1.6b, parameters: 1.6445e9, config: { model_type: stablelm, hidden_size: 2048, intermediate_size: 5632, num_hidden_layers: 24, num_attention_heads: 32, num_key_value_heads: 32, vocab_size: 100352, use_qkv_bias: true, partial_rotary_factor: 0.25} }
- { name: starcoder2-3b, parameters: 3.03e9, config: { model_type: starcoder2, hidden_size: 3072, intermediate_size: 12288, num_hidden_layers: 30, num_attention_heads: 24, num_key_value_heads: 2, vocab_size: 49152, use_bias: true} }
- { name: starcoder2-15b, parameters: 15.958e9, config: { model_type: starcoder2, hidden_size: 6144, intermediate_size: 24576, num_hidden_layers: 40, num_attention_heads: 48, num_key_value_heads: 4, vocab_size: 49152, use_bias: true, tie_word_embeddings: false} }
- { name: internlm2-7b, parameters: 7.738e9, config: { model_type: internlm2, hidden_size: 4096, intermediate_size: 14336, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, vocab_size: 92544, bias: false} }
- { name: baichuan2-7b, parameters: 7.506e9, config: { model_type: baichuan, hidden_size: 4096, intermediate_size: 11008, num_hidden_layers: 32, num_attention_heads: 32, vocab_size: 125696} }
- { name: glm-4-9b-hf, parameters: 9.4e9, config: { model_type: glm, hidden_size: 4096, intermediate_size: 13696, num_hidden_layers: 40, num_attention_heads: 32, num_key_value_heads: 2, head_dim: 128, vocab_size: 151552, attention_bias: true} }
- { name: glm-4-32b, parameters: 32.57e9, config: { model_type: glm4, hidden_size: 6144, intermediate_size: 23040, num_hidden_layers: 61, num_attention_heads: 48, num_key_value_heads: 2, head_dim: 128, vocab_size: 151552, attention_bias: false} }
- { name: exaone-3.5-7.8b, parameters: 7.818e9, config: { model_type: exaone, hidden_size: 4096, intermediate_size: 14336, num_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, vocab_size: 102400, tie_word_embeddings: false} }
- { name: smollm3, parameters: 3.075e9, config: { model_type: smollm3, hidden_size: 2048, intermediate_size: 11008, num_hidden_layers: 36, num_attention_heads: 16, num_key_value_heads: 4, vocab_size: 128256} }
- { name: seed-oss-36b, parameters: 36.15e9, config: { model_type: seed_oss, hidden_size: 5120, intermediate_size: 27648, num_hidden_layers: 64, num_attention_heads: 80, num_key_value_heads: 8, head_dim: 128, vocab_size: 155136} }
- { name: ernie-21b-a3b, parameters: 21.83e9, config: { model_type: ernie4_5_moe, hidden_size: 2560, intermediate_size: 12288, num_hidden_layers: 28, num_attention_heads: 20, num_key_value_heads: 4, vocab_size: 103424, moe_num_experts: 64, moe_k: 6, moe_intermediate_size: 1536, moe_num_shared_experts: 2, moe_layer_start_index: 1, moe_layer_end_index: 27, moe_layer_interval: 1} }
- { name: qwen2-57b-a14b, parameters: 57.41e9, config: { model_type: qwen2_moe, hidden_size: 3584, intermediate_size: 18944, moe_intermediate_size: 2560, shared_expert_intermediate_size: 20480, num_experts: 64, num_experts_per_tok: 8, num_hidden_layers: 28, num_attention_heads: 28, num_key_value_heads: 4, vocab_size: 151936} }
- { name: qwen1.5-moe-a2.7b, parameters: 14.316e9, config: { model_type: qwen2_moe} }
- { name: deepseek-v2, parameters: 235.74e9, config: { model_type: deepseek_v2, hidden_size: 5120, intermediate_size: 12288, moe_intermediate_size: 1536, num_hidden_layers: 60, num_attention_heads: 128, n_routed_experts: 160, n_shared_experts: 2, num_experts_per_tok: 6, first_k_dense_replace: 1, vocab_size: 102400, q_lora_rank: 1536} }
- { name: deepseek-v2-lite, parameters: 15.706e9, config: { model_type: deepseek_v2, hidden_size: 2048, intermediate_size: 10944, moe_intermediate_size: 1408, num_hidden_layers: 27, num_attention_heads: 16, n_routed_experts: 64, n_shared_experts: 2, num_experts_per_tok: 6, first_k_dense_replace: 1, vocab_size: 102400, q_lora_rank: null} }
- { name: deepseek-moe-16b, parameters: 16.376e9, config: { model_type: deepseek, hidden_size: 2048, intermediate_size: 10944, moe_intermediate_size: 1408, num_hidden_layers: 28, num_attention_heads: 16, num_key_value_heads: 16, n_routed_experts: 64, n_shared_experts: 2, num_experts_per_tok: 6, first_k_dense_replace: 1, vocab_size: 102400} }
- { name: phi-3.5-moe, parameters: 41.87e9, config: { model_type: phimoe, hidden_size: 4096, intermediate_size: 6400, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, vocab_size: 32064, attention_bias: true, lm_head_bias: true, num_local_experts: 16, num_experts_per_tok: 2, sliding_window: 131072} }
- { name: granite-3.1-3b-a800m, parameters: 3.3e9, config: { model_type: granitemoe, hidden_size: 1536, intermediate_size: 512, num_hidden_layers: 32, num_attention_heads: 24, num_key_value_heads: 8, num_local_experts: 40, num_experts_per_tok: 8, vocab_size: 49155, tie_word_embeddings: true} }
- { name: falcon-mamba-7b, parameters: 7.27e9, config: { model_type: falcon_mamba, hidden_size: 4096, num_hidden_layers: 64, vocab_size: 65024, state_size: 16, intermediate_size: 8192, tie_word_embeddings: false} }
- { name: codestral-mamba, parameters: 7.285e9, config: { model_type: mamba2, hidden_size: 4096, num_hidden_layers: 64, state_size: 128, num_heads: 128, head_dim: 64, n_groups: 8, vocab_size: 32768, intermediate_size: 8192, time_step_limit: [0,.inf], rms_norm: true} }
- { name: bamba-9b, parameters: 9.78e9, config: { model_type: bamba, hidden_size: 4096, intermediate_size: 14336, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 8, attn_layer_indices: [9,18,27], mamba_d_state: 128, mamba_n_heads: 128, mamba_d_head: 64, mamba_n_groups: 1, vocab_size: 128256} }
- { name: kimi-linear-48b, parameters: 49.12e9, config: { model_type: kimi_linear, hidden_size: 2304, intermediate_size: 9216, moe_intermediate_size: 1024, num_hidden_layers: 27, num_attention_heads: 32, num_key_value_heads: 32, q_lora_rank: null, num_experts: 256, num_experts_per_token: 8, num_shared_experts: 1, head_dim: 72, linear_attn_config: { full_attn_layers: [4,8,12,16,20,24,27], kda_layers: [1], head_dim: 128, num_heads: 32, short_conv_kernel_size: 4}, vocab_size: 163840, tie_word_embeddings: false} }
- { name: minitron-8b, parameters: 8.27e9, config: { model_type: nemotron, hidden_size: 4096, intermediate_size: 16384, num_hidden_layers: 32, num_attention_heads: 48, num_key_value_heads: 8, head_dim: 128, vocab_size: 256000, tie_word_embeddings: false} }
- { name: glm-4.5-air, parameters: 106.85e9, config: { model_type: glm4_moe, hidden_size: 4096, intermediate_size: 10944, moe_intermediate_size: 1408, num_hidden_layers: 46, num_attention_heads: 96, num_key_value_heads: 8, head_dim: 128, n_routed_experts: 128, n_shared_experts: 1, attention_bias: true, vocab_size: 151552, tie_word_embeddings: false} }
- { name: olmo-3-7b, parameters: 7.298e9, config: { model_type: olmo3, hidden_size: 4096, intermediate_size: 11008, num_hidden_layers: 32, num_attention_heads: 32, num_key_value_heads: 32, vocab_size: 100278, sliding_window: 4096} }
`;

interface PublishedModel {
  readonly name: string;
  readonly parameters: number;
  readonly config: Readonly<Record<string, unknown>>;
}

for (const { name, parameters, config } of parse(MODELS) as readonly PublishedModel[]) {
  Deno.test(`${name}, a model of the family ${config.model_type}, has its published parameters`, () => {
    const ratio = parameterCount(modelFromHfConfig(config).shape) / parameters;
    assert.ok(Math.abs(ratio - 1) <= 0.002, `${ratio} times ${parameters}`);
  });
}

Deno.test("a token cannot pass more experts than there are", () => {
  const mixtral = {
    model_type: "mixtral",
    hidden_size: 4096,
    intermediate_size: 14336,
    num_hidden_layers: 2,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    vocab_size: 32000,
    num_local_experts: 8,
  };
  modelFromHfConfig({ ...mixtral, num_experts_per_tok: 8 });
  assert.throws(
    () => modelFromHfConfig({ ...mixtral, num_experts_per_tok: 9 }),
    /experts of a token .* at most its 8 experts: current value is 9/,
  );
});
