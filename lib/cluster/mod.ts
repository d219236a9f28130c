/**
 * Cluster: the simulator, and the only folder that schedules events. Read cluster_parts.ts (what a run
 * is made of) first, then event_order.ts and simulate.ts (the loop).
 * @module
 */
export * from "./cluster_parts.ts";
export * from "./event_order.ts";
export { simulateCluster } from "./simulate.ts";
