/**
 * Flows that share links max-min fairly, and transfers made of them.
 *
 * @module
 */
export { FlowNetwork } from "../lib/network/flow_network.ts";
export { MinimumTree } from "../lib/network/minimum_tree.ts";
export {
  type NodePlace,
  type Place,
  REGISTRY,
  STORE,
  type TargetPlace,
} from "../lib/network/places.ts";
export {
  type ClusterLinks,
  LINK_NAMES,
  type LinkEnds,
  type LinkName,
  type NodeLinks,
  Topology,
  type Way,
} from "../lib/network/topology.ts";
export {
  TRANSFER_USES,
  type TransferOwner,
  Transfers,
  type TransferUse,
} from "../lib/network/transfers.ts";
