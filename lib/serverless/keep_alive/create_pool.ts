import {
  fixedPool,
  littlesLawPool,
  type LittlesLawPoolOptions,
  newsvendorPool,
  type NewsvendorPoolOptions,
  type PoolSizePolicy,
} from "./prewarmed_pool.ts";

/** Settings of a pool of constant size. */
export interface FixedPoolOptions {
  /** Units, whole, >= 0. */
  readonly size: number;
  /** Seconds between two looks at whether it is full; default 10. */
  readonly periodSeconds?: number;
}

/** The policies for the size of a pool by name. A new one is one function and one line here. */
export const POOL_POLICIES = {
  fixed: ({ size, periodSeconds }: FixedPoolOptions) => fixedPool(size, periodSeconds),
  "littles-law": (options: LittlesLawPoolOptions) => littlesLawPool(options),
  newsvendor: (options: NewsvendorPoolOptions) => newsvendorPool(options),
} as const satisfies Record<string, (options: never) => PoolSizePolicy>;

/** Names that `createPool` knows. */
export type PoolPolicyName = keyof typeof POOL_POLICIES;

/** A policy for the size of a pool as plain data: its name and that policy's options. */
export type PoolSpec = {
  [Name in PoolPolicyName]:
    & { readonly policy: Name }
    & Parameters<(typeof POOL_POLICIES)[Name]>[0];
}[PoolPolicyName];

/**
 * A new policy for the size of a pool by name, for one run.
 *
 * @throws {RangeError} If the name is unknown or an option out of range.
 *
 * @example
 * ```ts
 * import { createPool } from "./mod.ts";
 * const pool = createPool({ policy: "littles-law", leadSeconds: 30, windowSeconds: 60 });
 * console.log(pool.size(2)); // 6
 * ```
 */
export function createPool(spec: PoolSpec): PoolSizePolicy {
  if (!Object.hasOwn(POOL_POLICIES, spec.policy)) {
    throw new RangeError(
      `Cannot use a pool's policy as one of ${
        Object.keys(POOL_POLICIES).join(", ")
      }: current value is "${spec.policy}"`,
    );
  }
  // The name selects the options' type, which the compiler cannot follow through a table.
  const create = POOL_POLICIES[spec.policy] as (options: PoolSpec) => PoolSizePolicy;
  return create(spec);
}
