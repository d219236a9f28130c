/**
 * Scaling: how many instances a function should have. Read policy.ts first, then concurrency.ts;
 * every policy passes the laws of tests/conformance/scaling_laws.ts.
 * @module
 */
export * from "./concurrency.ts";

export * from "./fleet_readings.ts";
export * from "./dynamo_planner/dynamo_planner.ts";
export * from "./holt_winters.ts";
export * from "./hpa.ts";
export * from "./hpa_behavior.ts";
export * from "./hpa_behavior_settings.ts";
export * from "./hpa_replicas.ts";
export * from "./keda.ts";
export * from "./keda_activation.ts";
export * from "./knative_kpa.ts";
export * from "./llm_d_wva/llm_d_wva.ts";
export * from "./none.ts";
export * from "./oracle.ts";
export * from "./policies.ts";
export * from "./policy.ts";
export * from "./predictive.ts";
export * from "./queue_delay.ts";
export * from "./reported_mean.ts";
export * from "./request_count.ts";
export * from "./ray_serve.ts";
export * from "./replica_target.ts";
export * from "./scaling_decider.ts";
export * from "./schedule.ts";
export * from "./sky_serve/sky_serve.ts";
export * from "./slo.ts";
export * from "./target_tracking.ts";
export * from "./spot_mix.ts";
export * from "./threshold.ts";
export * from "./window_mean.ts";
