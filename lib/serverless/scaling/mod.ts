/**
 * Scaling: how many instances a function should have. Read policy.ts first, then concurrency.ts;
 * every policy passes the laws of tests/conformance/scaling_laws.ts.
 * @module
 */
export * from "./concurrency.ts";

export * from "./dynamo_planner/dynamo_planner.ts";
export * from "./holt_winters.ts";
export * from "./hpa.ts";
export * from "./hpa_behavior.ts";
export * from "./keda.ts";
export * from "./knative_kpa.ts";
export * from "./llm_d_wva/llm_d_wva.ts";
export * from "./none.ts";
export * from "./oracle.ts";
export * from "./policies.ts";
export * from "./policy.ts";
export * from "./predictive.ts";
export * from "./queue_delay.ts";
export * from "./ray_serve.ts";
export * from "./replica_target.ts";
export * from "./scaling_decider.ts";
export * from "./schedule.ts";
export * from "./slo.ts";
export * from "./threshold.ts";
export * from "./window_mean.ts";
