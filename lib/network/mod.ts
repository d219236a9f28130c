/**
 * Network: bytes on their way over shared links. Read flow_network.ts first (flows that share links
 * max-min fairly, and when the next one ends), then transfers.ts.
 * @module
 */
export * from "./flow_network.ts";
export * from "./minimum_tree.ts";
export * from "./places.ts";
export * from "./topology.ts";
export * from "./transfers.ts";
