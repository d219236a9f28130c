import { showValue } from "../../std/show_value.ts";
import type { Json } from "./values.ts";

/** Words of which keys that give a model its size or its cost are made. */
const MEANS_SIZE =
  /(^|_)(heads?|layers?|experts?|dims?|size|sizes|rank|lora|hidden|intermediate|ffn|ffw|mlp|moe|window|attn|attention|kv|latent|mamba|ssm|conv|state|recurrent|rnn|linear|sparse|index|block|blocks|compress|ratio|shared|altup|laurel|width|chunk|memory|adapter|cross|hash)(_|$)/i;

/** Keys that some families' rules read. */
const READ_BY_SOME: ReadonlySet<string> = new Set(
  `_sliding_window_pattern add_bias_linear add_full_attention_sink_bias add_qkv_bias
  add_swa_attention_sink_bias attention_bias attention_chunk_size attention_head_dim
  attention_k_eq_v attention_layers attention_out_bias attn_config attn_layer_indices
  attn_layer_offset attn_layer_period attn_output_gate attn_type_list block_auto_adjust_ff_dim
  block_configs block_ff_dim block_ffn_dim_multiplier block_multiple_of conv_L_cache conv_bias
  conv_kernel d_model decoder_sparse_step dense_intermediate_size enable_moe_block
  expansion_ratio expert_layer_offset expert_layer_period experts_per_token ffn_config ffn_dim
  ffn_hidden_size first_k_dense_replace full_attention_interval full_attn_idxs full_attn_layers
  global_head_dim head_dim hidden_size hidden_size_per_layer_input hybrid_layer_pattern
  hybrid_override_pattern index_head_dim index_n_heads index_topk indexer_types
  interleave_moe_layer_step intermediate_size intermediate_size_mlp kv_channels kv_lora_rank
  kv_n_heads layer_switch layer_types layers_block_type linear_attn_config
  linear_conv_kernel_dim linear_key_head_dim linear_num_key_heads linear_num_value_heads
  linear_value_head_dim lm_head_bias mamba_conv_bias mamba_d_conv mamba_d_head mamba_d_state
  mamba_dt_rank mamba_expand mamba_head_dim mamba_n_groups mamba_n_heads mamba_num_heads
  mamba_proj_bias mamba_ssm_cache_dtype mamba_ssm_dtype max_window_layers mla_use_output_gate
  mlp_bias mlp_layer_types mlp_only_layers moe_intermediate_size moe_k moe_latent_size
  moe_layer_end_index moe_layer_freq moe_layer_interval moe_layer_start_index moe_layers
  moe_num_experts moe_num_shared_experts moe_shared_expert_intermediate_size moe_top_k moe_topk
  multi_query multi_query_attention multi_query_group_num n_embd n_embed n_groups n_head
  n_head_kv n_heads n_inner n_layer n_layers n_routed_experts n_shared_experts
  new_decoder_architecture no_rope_layer_interval no_rope_layers num_attention_heads num_experts
  num_experts_per_tok num_experts_per_token num_global_key_value_heads num_heads
  num_hidden_layers num_key_value_heads num_kv_heads num_kv_shared_layers num_layers
  num_ln_in_parallel_attn num_local_experts num_shared_experts original_max_position_embeddings
  padded_vocab_size parallel_attn q_lora_rank qk_layernorm qk_nope_head_dim qk_rope_head_dim
  routed_expert_hidden_size seq_length share_expert_dim shared_expert_intermediate_size
  shared_intermediate_size short_conv_kernel_size sliding_window sliding_window_pattern
  sparse_attention_config sparse_block_size sparse_index_dim sparse_layers sparse_topk_blocks
  ssm_state_size state_size swa_head_dim swa_num_attention_heads swa_num_key_value_heads
  swa_v_head_dim time_step_rank top_k_experts use_conv_bias use_qkv_bias use_sliding_window
  v_head_dim vocab_size window_size word_embed_proj_dim`.split(/\s+/),
);

/** Keys that say nothing about size and cost, though their words might. */
const HARMLESS: ReadonlySet<string> = new Set(
  `activation_situ_beta activation_situ_linear_beta add_cross_attention alibi
  apply_query_key_layer_scaling apply_residual_connection_post_layernorm attention_activation
  attention_dropout attention_multiplier attention_output_gate attention_probs_dropout_prob
  attention_softmax attention_softmax_in_fp32 attention_types attention_value_scale attn_dropout
  attn_head_dim attn_implementation attn_logit_softcapping attn_pdrop attn_rotary_emb attn_scale
  attn_temperature_tuning attn_use_flash aux_free_moe block_dim block_mlp_init_scale
  block_norm_eps block_out_init_scale block_size block_type block_use_swiglu
  block_use_xavier_init cache_implementation chunk_size chunk_size_feed_forward
  classifier_dropout conv_dim conv_dim_out conv_use_xavier_init cross_attention_hidden_size
  dim_model_base do_layer_norm_before embd_pdrop embedding_multiplier embedding_size ep_size
  final_logit_softcapping flash_attention floor_scale fp32_residual_connection
  full_attn_alpha_factor full_attn_beta_factor full_attn_mod fused_attention gate_lower_bound
  hash_layers head_dtype hidden_act hidden_activation hidden_dim hidden_dropout
  hidden_dropout_prob hidden_states_shrink id2label index_share_for_mtp_iteration
  index_skip_topk_offset index_topk_freq indexer_rope_interleave initial_context_length
  is_llama_config label2id latent_moe_use_norm layer_norm_bias layer_norm_elementwise_affine
  layer_norm_eps layer_norm_epsilon layer_norm_rms_eps layernorm_full_attention_alpha
  layernorm_full_attention_beta layernorm_linear_attention_alpha layernorm_linear_attention_beta
  layernorm_mlp_alpha layernorm_mlp_beta linear_attn_alpha_factor linear_attn_beta_factor
  linear_num_heads logit_scale logits_scaling mamba_chunk_size mamba_d_ssm mamba_hidden_act
  mamba_inner_layernorms mask_shared_kv max_batch_size micro_batch_size mla_use_nope
  mlp_alpha_factor mlp_beta_factor mlp_hidden_act mm_tokens_per_image moe_aux_loss_coef
  moe_capacity moe_dropout_prob moe_eval_capacity_token_fraction moe_expert_capacity_factor
  moe_gate_activation moe_group_size moe_jitter_eps moe_layer_start moe_norm_topk_prob
  moe_renormalize moe_router_activation_func moe_router_dtype moe_router_enable_expert_bias
  moe_router_scaling_factor moe_router_score_function moe_router_topk_scaling_factor
  moe_router_use_sigmoid moe_shared_expert_overlap moe_use_aux_free moe_use_hard_gate moe_z_loss
  mtp_hybrid_override_pattern mtp_layers_block_type mtp_num_hidden_layers mtp_num_layers
  mtp_transformer_layers n_group norm_after_attn norm_head num_beam_groups num_expert_group
  num_nextn_predict_layers output_attentions output_hidden_states pad_token_id_block
  pad_vocab_size_multiple partial_rotary_factor per_layer_input pooler_hidden_size
  post_layer_norm pre_allocate_kv_cache pre_layer_norm prefix_attention_mask
  projector_hidden_act qk_head_dim query_pre_attn_scalar remove_final_layer_norm
  reorder_and_upcast_attn rescale_every resid_pdrop residual_dropout residual_in_fp32
  residual_multiplier residual_scale rms_norm_before_head rope_head_dim rope_local_base_freq
  rope_ratio rotary_dim router_aux_loss_coef scale_attention_softmax_in_fp32
  scale_attn_by_inverse_layer_idx scale_attn_weights scale_depth shared_head_dim
  sliding_window_size softmax_in_fp32 softmax_scale summary_activation summary_first_dropout
  summary_proj_to_labels summary_type summary_use_proj tie_encoder_decoder tp_size
  triton_attention type_vocab_size use_attention_sinks use_attn_bias use_attn_output_gate
  use_bidirectional_attention use_flash_attention use_flash_attn use_full_rank_gate
  use_grouped_topk use_mamba_kernels use_moe_router_bias use_parallel_block
  use_parallel_residual vision_soft_tokens_per_image vocab_size_per_layer_input
  z_loss_coefficient zero_expert_type`.split(/\s+/),
);

/** Switches of layers that no rule knows. */
const SWITCHES =
  /^(use_|is_)?(cla|cross_layer|mla|yoco|hybrid|ssm|mamba|linear_attn|rwkv|retention|share_kv|kv_sharing)(_|$)/i;

/** Keys that files have whatever their family makes of them. */
const COMMON: ReadonlySet<string> = new Set(
  `attention_bias head_dim max_window_layers num_hidden_layers num_key_value_heads sliding_window
  original_max_position_embeddings vocab_size`.split(/\s+/),
);

/** Keys that say over again what one of these says, which is read in their place. */
const SAID_BY: Readonly<Record<string, readonly string[]>> = {
  first_k_dense_replace: ["mlp_layer_types", "moe_layer_freq"],
  full_attention_interval: ["layer_types"],
  mamba_expand: ["mamba_n_heads", "mamba_num_heads"],
  moe_layer_freq: ["mlp_layer_types"],
  n_shared_experts: [
    "moe_shared_expert_intermediate_size",
    "share_expert_dim",
    "shared_intermediate_size",
  ],
  time_step_rank: ["mamba_n_heads", "mamba_num_heads"],
};

/** Parts of a file that are no part of the text model. */
const OTHER_PARTS =
  /^(vision|audio|speech|talker|code2wav|token2wav|img|image|video|projector|mm_|quantization|compression|rope|task|auto_map|generation|enable_|fuse_|fused_|use_flash|recompute|id2|label2|text_config|llm_config|language_config|thinker_config|visual)/;

/** Values with which a key changes nothing. */
function isOff(value: unknown): boolean {
  return value === null || value === undefined || value === false || value === 0 ||
    typeof value === "string" || (Array.isArray(value) && value.length === 0) ||
    (typeof value === "object" && Object.keys(value).length === 0) ||
    (typeof value === "number" && !Number.isInteger(value));
}

/** Keys that might change a model's size or cost and that no rule of any family reads. */
export function keysNotUnderstood(json: Json): string[] {
  return Object.keys(json).filter((key) =>
    (MEANS_SIZE.test(key) || SWITCHES.test(key)) && !READ_BY_SOME.has(key) && !HARMLESS.has(key) &&
    !OTHER_PARTS.test(key) && !isOff(json[key])
  );
}

/**
 * Keys that other families' rules read and that of this one did not.
 *
 * @param read Names of the keys that were asked for.
 * @param own Keys that the family has defaults of.
 */
export function keysOfOthers(
  json: Json,
  read: ReadonlySet<string>,
  own: Readonly<Record<string, unknown>>,
): string[] {
  const isSaid = (key: string) =>
    Object.hasOwn(SAID_BY, key) &&
    SAID_BY[key].some((other) => read.has(other) && json[other] !== undefined);
  return Object.keys(json).filter((key) =>
    READ_BY_SOME.has(key) && !read.has(key) && !COMMON.has(key) && !Object.hasOwn(own, key) &&
    !isOff(json[key]) && !isSaid(key)
  );
}

/** What a key holds, for a message. */
export function shownKey(json: Json, key: string): string {
  return `"${key}" (${showValue(json[key])})`;
}
