import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import { constantKeepAlive, type KeepAliveEntry, type KeepAlivePolicy } from "./policy.ts";

/** Settings of `fixed`. */
export type FixedKeepAliveSettings = { readonly seconds: number };

/** `fixed` as files name it. */
export const fixedKeepAlivePolicy: KeepAliveEntry<"fixed", FixedKeepAliveSettings> = {
  name: "fixed",
  describe: "An idle instance is kept for a fixed time.",
  section: null,
  isChosenBySettings: true,
  settings: {
    seconds: quantity("seconds", {
      min: 0,
      default: 60,
      describe: "Idle time after which `fixed` stops an instance, seconds.",
    }),
  },
  stops: ({ seconds }) => `once it has been idle for ${seconds} s`,
  create: fixedKeepAlive,
};

/**
 * An idle instance is kept for a fixed time after its last request.
 *
 * @param options.seconds Time, seconds, >= 0; default 60.
 */
export function fixedKeepAlive(options: Partial<FixedKeepAliveSettings> = {}): KeepAlivePolicy {
  const { seconds } = withDefaults(fixedKeepAlivePolicy.settings, options);
  return constantKeepAlive("fixed", seconds);
}
