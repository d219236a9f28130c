import type { RandomStream } from "../../sim/random_streams.ts";
import { kvAware } from "./kv_aware.ts";
import { leastLoaded } from "./least_loaded.ts";
import { leastTokens } from "./least_tokens.ts";
import { newestIdle } from "./newest_idle.ts";
import type { RoutingPolicy } from "./policy.ts";
import { powerOfTwo } from "./power_of_two.ts";
import { prefixAffinity, type PrefixAffinityOptions } from "./prefix_affinity.ts";
import { randomRouting } from "./random.ts";
import { roundRobin } from "./round_robin.ts";
import { sessionRouting } from "./session.ts";

/** What routing policies are made from. */
export interface RoutingOptions {
  /** Needed by `random` and `power-of-two`. */
  readonly stream?: RandomStream;
  /** Settings of `prefix-affinity`. */
  readonly prefixAffinity?: PrefixAffinityOptions;
}

function streamOf(options: RoutingOptions, name: string): RandomStream {
  if (options.stream === undefined) {
    throw new TypeError(
      `Cannot create routing "${name}" as a policy that draws: current value is no random stream`,
    );
  }
  return options.stream;
}

/** The routing policies by name. A new one is one file and one line here. */
export const ROUTING_POLICIES = {
  "round-robin": () => roundRobin(),
  "least-loaded": () => leastLoaded(),
  random: (options) => randomRouting(streamOf(options, "random")),
  "power-of-two": (options) => powerOfTwo(streamOf(options, "power-of-two")),
  "least-tokens": () => leastTokens(),
  "kv-aware": () => kvAware(),
  "prefix-affinity": (options) => prefixAffinity(options.prefixAffinity),
  session: () => sessionRouting(),
  "newest-idle": () => newestIdle(),
} as const satisfies Record<string, (options: RoutingOptions) => RoutingPolicy>;

/** Names that `createRouting` knows. */
export type RoutingName = keyof typeof ROUTING_POLICIES;

/**
 * A new routing policy by name, for one function and run.
 *
 * @throws {RangeError} If the name is unknown or an option is out of range.
 * @throws {TypeError} If the policy draws and there is no stream.
 *
 * @example
 * ```ts
 * import { randomStreams } from "../../sim/random_streams.ts";
 * import { createRouting } from "./mod.ts";
 * const stream = randomStreams(42).take("routing");
 * console.log(createRouting("power-of-two", { stream }).name); // power-of-two
 * ```
 */
export function createRouting(name: RoutingName, options: RoutingOptions = {}): RoutingPolicy {
  if (!Object.hasOwn(ROUTING_POLICIES, name)) {
    throw new RangeError(
      `Cannot use routing as one of ${
        Object.keys(ROUTING_POLICIES).join(", ")
      }: current value is "${name}"`,
    );
  }
  return ROUTING_POLICIES[name](options);
}
