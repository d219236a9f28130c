import type { SplitDecider, SplitEntry } from "./decider.ts";

/** `always` as files name it. */
export const alwaysPolicy: SplitEntry<"always", Record<never, never>> = {
  name: "always",
  describe: "Every request is prefilled by the one group and decoded by the other.",
  settings: {},
  create: always,
};

/** Every request goes both ways. */
export function always(): SplitDecider {
  return { name: "always", goesApart: () => true };
}
