/**
 * Execution times from measured operators: importers -> OperatorProfile -> lookup arrays -> model.
 * Read `operator_table.ts` for the data and `profiled.ts` for how a step is composed.
 */
export * from "./catalogue.ts";
export * from "./import_aiconfigurator.ts";
export * from "./import_layers.ts";
export * from "./import_llmservingsim.ts";
export * from "./import_vidur.ts";
export { isPlain } from "./plain_view.ts";
export * from "./operator_profile.ts";
export * from "./operator_table.ts";
export * from "./profile_coverage.ts";
export * from "./profile_text.ts";
export * from "./profiled.ts";
export { unmeasuredMixers } from "./profiled_kinds.ts";
export * from "./profiled_options.ts";
export * from "./synthesize_profile.ts";
export * from "./unequal_share.ts";
export { type ExpertRouting } from "./expert_times.ts";
export type { ReferenceTime } from "./reference_time.ts";
