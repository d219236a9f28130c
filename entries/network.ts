/**
 * Flows that share links max-min fairly, and transfers made of them.
 *
 * @module
 */
export { FlowNetwork } from "../lib/network/flow_network.ts";
export { MinimumTree } from "../lib/network/minimum_tree.ts";
export { Transfers } from "../lib/network/transfers.ts";
