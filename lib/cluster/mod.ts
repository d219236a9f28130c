/**
 * Cluster: the simulator, and the only folder that schedules events. Read cluster_parts.ts (what a run
 * is made of) first, then events.ts (what happens in which order) and simulation.ts (the loop).
 * @module
 */
export * from "./cluster_parts.ts";
export { simulateCluster, simulateInterruptibly, simulateObserved } from "./simulate.ts";
