/**
 * Cold starts: an instance's start as stages that share links and caches. Read `stages.ts` (what a
 * plan is) first, then `start_executor.ts` (how many starts run at once).
 */
export * from "./adjust_plan.ts";
export * from "./artifact_cache.ts";
export * from "./critical_path.ts";
export * from "./eviction.ts";
export * from "./executor_service.ts";
export * from "./one_start.ts";
export * from "./parse_preset.ts";
export * from "./partial_plan.ts";
export * from "./preset_from_log.ts";
export * from "./presets.ts";
export * from "./stages.ts";
export * from "./start_executor.ts";
export * from "./start_request.ts";
export * from "./stage_spans.ts";
export * from "./start_service.ts";
export * from "./vllm_log.ts";
export * from "./weight_cache.ts";
export * from "./with_transfers.ts";
export * from "./weights_part_key.ts";
