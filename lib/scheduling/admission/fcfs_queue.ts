import { fairQueue } from "./fair_queue.ts";
import type { GatewayOrderEntry, GatewayQueue } from "./gateway_queue.ts";

/** `fcfs` as files name it. */
export const fcfsOrder: GatewayOrderEntry<"fcfs"> = {
  name: "fcfs",
  describe: "By arrival.",
  settings: {},
  create: fcfsQueue,
};

/** First come, first served: a fair queue with one flow. */
export function fcfsQueue(): GatewayQueue {
  return fairQueue({ flowOf: () => 0, promptTokensOf: () => 0 });
}
