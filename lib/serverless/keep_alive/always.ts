import { constantKeepAlive, type KeepAliveEntry, type KeepAlivePolicy } from "./policy.ts";

/** `always` as files name it. */
export const alwaysKeepAlivePolicy: KeepAliveEntry<"always", Record<never, never>> = {
  name: "always",
  describe: "An idle instance is kept until the scaling policy takes it away.",
  settings: {},
  create: alwaysKeepAlive,
};

/** An idle instance is kept until the scaling policy takes it away. */
export function alwaysKeepAlive(): KeepAlivePolicy {
  return constantKeepAlive("always", Infinity);
}
