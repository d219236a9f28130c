import { alwaysKeepAlive, fixedKeepAlive, noKeepAlive } from "./fixed.ts";
import { hybridHistogram, type HybridHistogramOptions } from "./hybrid_histogram.ts";
import type { KeepAlivePolicy } from "./policy.ts";

/** The keep-alive policies by name. A new one is one file and one line here. */
export const KEEP_ALIVE_POLICIES = {
  fixed: (options: { readonly seconds?: number }) => fixedKeepAlive(options),
  none: (_options: Record<never, never>) => noKeepAlive(),
  always: (_options: Record<never, never>) => alwaysKeepAlive(),
  "hybrid-histogram": (options: HybridHistogramOptions) => hybridHistogram(options),
} as const satisfies Record<string, (options: never) => KeepAlivePolicy>;

/** Names that `createKeepAlive` knows. */
export type KeepAliveName = keyof typeof KEEP_ALIVE_POLICIES;

/** A keep-alive policy as plain data: its name and that policy's options. */
export type KeepAliveSpec = {
  [Name in KeepAliveName]:
    & { readonly policy: Name }
    & Parameters<(typeof KEEP_ALIVE_POLICIES)[Name]>[0];
}[KeepAliveName];

/**
 * A new keep-alive policy by name, for one function and run.
 *
 * @throws {RangeError} If the name is unknown or an option out of range.
 *
 * @example
 * ```ts
 * import { createKeepAlive } from "./mod.ts";
 * const policy = createKeepAlive({ policy: "fixed", seconds: 300 });
 * console.log(policy.decide().keepAliveSeconds); // 300
 * ```
 */
export function createKeepAlive(spec: KeepAliveSpec): KeepAlivePolicy {
  if (!Object.hasOwn(KEEP_ALIVE_POLICIES, spec.policy)) {
    throw new RangeError(
      `Cannot use keep-alive as one of ${
        Object.keys(KEEP_ALIVE_POLICIES).join(", ")
      }: current value is "${spec.policy}"`,
    );
  }
  // The name selects the options' type, which the compiler cannot follow through a table.
  const create = KEEP_ALIVE_POLICIES[spec.policy] as (options: KeepAliveSpec) => KeepAlivePolicy;
  return create(spec);
}
