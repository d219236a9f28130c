/**
 * Execution times: how long a step of an engine takes, what work it does and how much KV cache fits.
 * Read `execution_time_model.ts` first, then `analytical/analytical.ts`.
 */
export * from "./analytical/mod.ts";
export * from "./busiest_rank_load.ts";
export * from "./calibrated/mod.ts";
export * from "./collectives.ts";
export * from "./constant_time.ts";
export * from "./engine_reserve_bytes.ts";
export * from "./execution_time_model.ts";
export * from "./kv_capacity.ts";
export * from "./linear_time.ts";
export * from "./power/mod.ts";
export * from "./profiled/mod.ts";
export * from "./simfaasinfer_time.ts";
export * from "./soft_maximum.ts";
export * from "./stage_copies.ts";
export * from "./speculation/mod.ts";
export * from "./step_work.ts";
