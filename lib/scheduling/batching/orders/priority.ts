import type { OrderEntry } from "./order.ts";

/** By the priority of the class. */
export const priorityOrder: OrderEntry<"priority"> = {
  name: "priority",
  describe: "By the priority of the class.",
  settings: {},
  readsPriority: true,
  create: (_options, { count, priorityOf }) =>
    Int32Array.from({ length: count }, (_, request) => priorityOf(request)),
};
