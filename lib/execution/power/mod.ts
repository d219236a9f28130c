/**
 * Power: what the GPUs of an instance draw in a step, by its time, arithmetic and bytes.
 * Read gpu_power.ts first, then step_energy.ts.
 * @module
 */
export * from "./expert_share.ts";
export * from "./gpu_power.ts";
export * from "./instance_power.ts";
export * from "./limited_time.ts";
export * from "./step_energy.ts";
