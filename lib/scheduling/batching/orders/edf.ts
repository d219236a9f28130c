import type { OrderEntry } from "./order.ts";

/** By the deadline of the first token. */
export const earliestDeadline: OrderEntry<"edf"> = {
  name: "edf",
  describe: "By the deadline of the first token.",
  settings: {},
  create: (_options, { arrivalAtSeconds, count, ttftLimitSeconds }) =>
    // The deadline is the first token's, since that is what waiting puts at risk.
    Float64Array.from(
      { length: count },
      (_, request) => arrivalAtSeconds[request] + ttftLimitSeconds(request),
    ),
};
