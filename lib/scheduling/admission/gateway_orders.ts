import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { weightedOrder } from "./fair_queue.ts";
import { fcfsOrder } from "./fcfs_queue.ts";
import type { GatewayOrderEntry } from "./gateway_queue.ts";

/** The orders of the gateway's queue. A new one is one file and one line here. */
export const GATEWAY_ORDERS = {
  wanted: "an order of the gateway's queue",
  entries: [
    fcfsOrder,
    weightedOrder,
  ],
} as const satisfies PolicyTable;

/** Names of the orders of the gateway's queue. */
export type GatewayOrderName = NameOf<typeof GATEWAY_ORDERS>;

/** Names of the orders that tell classes and tenants apart. */
export const FAIR_ORDERS: readonly string[] =
  (GATEWAY_ORDERS.entries as readonly GatewayOrderEntry<string, unknown>[])
    .filter(({ readsFlows }) => readsFlows).map(({ name }) => name);
