/**
 * Models: the shape of a transformer and everything that is computed from it alone.
 * Read `transformer.ts` first, then `parameter_groups.ts`.
 */
export * from "./activated_experts.ts";
export * from "./active_parameters.ts";
export * from "./catalogue.ts";
export * from "./catalogue_entry.ts";
export * from "./flops.ts";
export * from "./full_attention_share.ts";
export * from "./hf_config.ts";
export * from "./kv_bytes_per_token.ts";
export * from "./number_format.ts";
export * from "./parameter_count.ts";
export * from "./parameter_groups.ts";
export * from "./simfaasinfer_model.ts";
export * from "./transformer.ts";
export * from "./weight_bytes.ts";
