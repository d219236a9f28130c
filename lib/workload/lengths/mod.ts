/**
 * Prompt and output lengths of generated requests. Read length_model.ts first, then independent.ts;
 * joint_quantiles.ts keeps how outputs depend on prompts.
 * @module
 */
export * from "./from_table.ts";
export * from "./independent.ts";
export * from "./joint_quantiles.ts";
export * from "./laws/mod.ts";
export * from "./length_model.ts";
