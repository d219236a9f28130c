import type { OrderEntry } from "./order.ts";

/** By the length of the prompt. */
export const shortestPrompt: OrderEntry<"shortest-prompt"> = {
  name: "shortest-prompt",
  describe: "By the length of the prompt.",
  settings: {},
  create: (_options, { promptTokens }) => promptTokens,
};
