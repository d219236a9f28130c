/**
 * Models: the layers of a transformer as data, and everything that is computed from them alone.
 * Read `transformer.ts` first, then `layer_matrices.ts`; `hf/config.ts` reads a model's config.json.
 */
export * from "./activated_experts.ts";
export * from "./catalogue.ts";
export * from "./catalogue_entry.ts";
export * from "./flops.ts";
export * from "./hf/config.ts";
export * from "./kv_bytes_per_token.ts";
export * from "./kv_wire_bytes.ts";
export * from "./layer_matrices.ts";
export * from "./number_format.ts";
export * from "./parameter_count.ts";
export * from "./parameter_groups.ts";
export * from "./plain_shape.ts";
export * from "./simfaasinfer_model.ts";
export * from "./transformer.ts";
export * from "./weight_format.ts";
