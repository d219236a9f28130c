import { constantKeepAlive, type KeepAliveEntry, type KeepAlivePolicy } from "./policy.ts";

/** `none` as files name it. */
export const noKeepAlivePolicy: KeepAliveEntry<"none", Record<never, never>> = {
  name: "none",
  describe: "An instance stops as soon as it is idle.",
  settings: {},
  stops: () => "as soon as it is idle",
  create: noKeepAlive,
};

/** An instance stops as soon as it is idle. */
export function noKeepAlive(): KeepAlivePolicy {
  return constantKeepAlive("none", 0);
}
