import { showValue } from "../../std/show_value.ts";
import type { Json } from "./values.ts";

/** Words of which keys that give a model its size or its cost are made. */
const MEANS_SIZE =
  /(^|_)(heads?|layers?|experts?|dims?|size|sizes|rank|lora|hidden|intermediate|ffn|ffw|mlp|moe|window|attn|attention|kv|latent|mamba|ssm|conv|state|recurrent|rnn|linear|sparse|index|block|blocks|compress|ratio|shared|altup|laurel|width|chunk|memory|adapter|cross|hash)(_|$)/i;

/** Keys that are read, or that say nothing about size and cost, though their words might. */
const UNDERSTOOD: ReadonlySet<string> = new Set(
  `attn_type_list ep_size tp_size use_mamba_kernels max_batch_size
  activation_situ_beta activation_situ_linear_beta add_bias_linear add_cross_attention
  add_full_attention_sink_bias add_qkv_bias add_swa_attention_sink_bias alibi
  apply_query_key_layer_scaling apply_residual_connection_post_layernorm attention_bias
  attention_chunk_size attention_dropout attention_head_dim attention_k_eq_v attention_layers
  attention_multiplier attention_out_bias attention_output_gate attention_probs_dropout_prob
  attention_softmax_in_fp32 attention_types attention_value_scale attn_config attn_dropout
  attn_head_dim attn_implementation attn_layer_indices attn_layer_offset attn_layer_period
  attn_logit_softcapping attn_output_gate attn_pdrop attn_scale attn_temperature_tuning
  block_auto_adjust_ff_dim block_configs block_dim block_ff_dim block_ffn_dim_multiplier
  block_mlp_init_scale block_multiple_of block_norm_eps block_out_init_scale block_size
  block_use_swiglu block_use_xavier_init cache_implementation chunk_size chunk_size_feed_forward
  classifier_dropout conv_bias conv_kernel conv_L_cache conv_dim conv_dim_out
  conv_use_xavier_init cross_attention_hidden_size d_model decoder_sparse_step
  dense_intermediate_size do_layer_norm_before embedding_multiplier embedding_size
  embd_pdrop enable_moe_block expert_layer_offset expert_layer_period experts_per_token ffn_config
  ffn_dim ffn_hidden_size final_logit_softcapping first_k_dense_replace floor_scale
  full_attention_interval full_attn_idxs full_attn_layers gate_lower_bound global_head_dim
  hash_layers head_dim hidden_act hidden_activation hidden_dim hidden_dropout
  hidden_dropout_prob hidden_size hidden_size_per_layer_input hidden_states_shrink
  hybrid_layer_pattern hybrid_override_pattern id2label index_head_dim index_n_heads
  index_share_for_mtp_iteration index_skip_topk_offset index_topk index_topk_freq indexer_rope_interleave
  indexer_types initial_context_length interleave_moe_layer_step intermediate_size
  intermediate_size_mlp is_llama_config kv_channels kv_lora_rank kv_n_heads label2id
  latent_moe_use_norm layer_norm_eps layer_norm_epsilon layer_norm_rms_eps layer_norm_bias layer_types
  layers_block_type linear_attn_config linear_conv_kernel_dim linear_key_head_dim
  linear_num_key_heads linear_num_value_heads linear_value_head_dim lm_head_bias logit_scale
  logits_scaling mamba_chunk_size mamba_conv_bias mamba_d_conv mamba_d_head mamba_d_state
  mamba_dt_rank mamba_expand mamba_head_dim mamba_hidden_act mamba_n_groups mamba_n_heads
  mamba_num_heads mamba_proj_bias mamba_ssm_cache_dtype mamba_ssm_dtype max_window_layers
  mask_shared_kv mla_use_nope mla_use_output_gate mlp_bias mlp_hidden_act mlp_layer_types
  mlp_only_layers moe_aux_loss_coef moe_capacity moe_dropout_prob moe_eval_capacity_token_fraction
  moe_gate_activation moe_group_size moe_intermediate_size moe_jitter_eps moe_k moe_latent_size
  moe_layer_end_index moe_layer_freq moe_layer_interval moe_layer_start_index moe_layers
  moe_num_experts moe_num_shared_experts moe_renormalize moe_router_activation_func
  moe_router_dtype moe_router_scaling_factor moe_router_topk_scaling_factor moe_router_use_sigmoid
  moe_shared_expert_intermediate_size moe_shared_expert_overlap moe_top_k moe_topk
  moe_use_aux_free moe_norm_topk_prob mtp_hybrid_override_pattern mtp_layers_block_type
  mtp_num_hidden_layers mtp_num_layers mtp_transformer_layers multi_query multi_query_attention
  multi_query_group_num n_embd n_embed n_group n_groups n_head n_head_kv n_heads n_inner n_layer
  n_layers n_routed_experts n_shared_experts new_decoder_architecture no_rope_layer_interval
  no_rope_layers norm_after_attn num_attention_heads num_beam_groups num_expert_group num_experts
  num_experts_per_tok num_experts_per_token num_global_key_value_heads num_heads
  num_hidden_layers num_key_value_heads num_kv_heads num_kv_shared_layers num_layers
  num_ln_in_parallel_attn num_local_experts num_nextn_predict_layers num_shared_experts
  original_max_position_embeddings output_attentions output_hidden_states padded_vocab_size
  parallel_attn partial_rotary_factor per_layer_input pooler_hidden_size projector_hidden_act
  q_lora_rank qk_head_dim qk_layernorm qk_nope_head_dim qk_rope_head_dim query_pre_attn_scalar
  rescale_every residual_dropout residual_in_fp32 residual_multiplier resid_pdrop rope_head_dim
  rotary_dim rope_ratio rms_norm_before_head routed_expert_hidden_size router_aux_loss_coef
  scale_attention_softmax_in_fp32 scale_attn_by_inverse_layer_idx scale_attn_weights seq_length
  share_expert_dim shared_expert_intermediate_size shared_intermediate_size short_conv_kernel_size
  shared_head_dim sliding_window sliding_window_pattern sliding_window_size _sliding_window_pattern
  softmax_scale sparse_attention_config sparse_index_dim sparse_layers sparse_topk_blocks
  sparse_block_size ssm_state_size state_size summary_activation summary_first_dropout
  summary_proj_to_labels summary_type summary_use_proj swa_head_dim swa_num_attention_heads
  swa_num_key_value_heads swa_v_head_dim time_step_rank tie_encoder_decoder top_k_experts
  triton_attention type_vocab_size use_attention_sinks use_attn_output_gate use_bidirectional_attention
  use_conv_bias use_full_rank_gate use_grouped_topk use_moe_router_bias use_parallel_residual
  use_qkv_bias use_sliding_window v_head_dim vision_soft_tokens_per_image vocab_size
  vocab_size_per_layer_input window_size word_embed_proj_dim z_loss_coefficient moe_z_loss
  attention_activation flash_attention use_flash_attn use_flash_attention softmax_in_fp32
  fused_attention attn_use_flash linear_num_heads attention_softmax mm_tokens_per_image
  rope_local_base_freq head_dtype fp32_residual_connection pad_token_id_block block_type dim_model_base
  scale_depth aux_free_moe moe_layer_start residual_scale expansion_ratio
  prefix_attention_mask mamba_d_ssm moe_expert_capacity_factor zero_expert_type`.split(/\s+/),
);

/** Parts of a file that are no part of the text model. */
const OTHER_PARTS =
  /^(vision|audio|speech|talker|code2wav|token2wav|img|image|video|projector|mm_|quantization|compression|rope|task|auto_map|generation|enable_|id2|label2|text_config|llm_config|language_config|thinker_config|visual)/;

/** Values with which a key changes nothing. */
function isOff(value: unknown): boolean {
  return value === null || value === undefined || value === false || value === 0 ||
    typeof value === "string" || (Array.isArray(value) && value.length === 0) ||
    (typeof value === "object" && Object.keys(value).length === 0) ||
    (typeof value === "number" && !Number.isInteger(value));
}

/** The first key that might change a model's size or cost and that no rule reads; undefined if none. */
export function keyNotUnderstood(json: Json): string | undefined {
  return Object.keys(json).find((key) =>
    MEANS_SIZE.test(key) && !UNDERSTOOD.has(key) && !OTHER_PARTS.test(key) && !isOff(json[key])
  );
}

/** What a key holds, for a message. */
export function shownKey(json: Json, key: string): string {
  return `"${key}" (${showValue(json[key])})`;
}
