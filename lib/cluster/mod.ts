/**
 * Cluster: the simulator, and the only folder that schedules events. Read cluster_parts.ts (what a run
 * is made of) first, then event_order.ts, simulate.ts (the loop) and instance.ts (one engine).
 * @module
 */
export * from "./clock.ts";
export * from "./cluster_parts.ts";
export * from "./engine_parts.ts";
export * from "./event_order.ts";
export { simulateCluster } from "./simulate.ts";
