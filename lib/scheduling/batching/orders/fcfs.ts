import type { OrderEntry } from "./order.ts";

/** By arrival. */
export const fcfs: OrderEntry<"fcfs"> = {
  name: "fcfs",
  describe: "By arrival.",
  settings: {},
  create: () => undefined,
};
