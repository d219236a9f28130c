import type { ReschedulingEntry } from "./policy.ts";

/** `none` as files name it. */
export const noRescheduling: ReschedulingEntry<"none", Record<never, never>> = {
  name: "none",
  describe: "Requests stay where they began.",
  settings: {},
  create: () => ({ name: "none", decide: () => {} }),
};
