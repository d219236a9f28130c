import type { NameOf, PolicyTable } from "../../../settings/policy.ts";
import { earliestDeadline } from "./edf.ts";
import { fcfs } from "./fcfs.ts";
import { priorityOrder } from "./priority.ts";
import { shortestPrompt } from "./shortest_prompt.ts";

/** The orders of waiting requests. A new one is one file and one line here. */
export const QUEUE_ORDERS = {
  wanted: "a queue order",
  entries: [
    fcfs,
    priorityOrder,
    shortestPrompt,
    earliestDeadline,
  ],
} as const satisfies PolicyTable;

/** Order in which waiting requests are considered. */
export type QueueOrder = NameOf<typeof QUEUE_ORDERS>;
