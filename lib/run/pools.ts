import type { PoolParts } from "../cluster/cluster_parts.ts";
import { POOL_POLICIES, type PoolSizePolicy } from "../serverless/keep_alive/mod.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import { estimatedStartSeconds } from "./estimates.ts";
import type { StartKind } from "./starts.ts";

/** Least lead time of a pool whose members take no time to make, seconds. */
const LEAST_LEAD_SECONDS = 1e-3;

/**
 * The pools that the functions' starts take from: one for all whose settings and GPUs are equal and
 * whose starts begin with the same stages.
 *
 * @param kinds By function id.
 */
export function buildPools(kinds: readonly StartKind[]): PoolParts[] {
  const functionsOf = new Map<string, number[]>();
  kinds.forEach((kind, id) => {
    const { prewarmed_pool: pool, enabled } = kind.config.scaling;
    const ahead = kind.plans?.ahead;
    if (pool.of === null || ahead === undefined || !enabled) return;
    const { gpu, gpus } = kind.deployment;
    const key = JSON.stringify([pool, ahead, gpu.name, gpus]);
    const functions = functionsOf.get(key);
    if (functions) functions.push(id);
    else functionsOf.set(key, [id]);
  });
  return [...functionsOf.values()].map((functions): PoolParts => {
    const { of } = kinds[functions[0]].config.scaling.prewarmed_pool;
    return {
      of: of!,
      functions,
      size: poolSize(kinds[functions[0]]),
      holdsGpus: of !== "container",
    };
  });
}

/** The size policy of a function's pool. */
function poolSize(kind: StartKind): PoolSizePolicy {
  const pool = kind.config.scaling.prewarmed_pool;
  return fromConfiguration(POOL_POLICIES, pool.policy, pool, {
    makeSeconds: () => Math.max(LEAST_LEAD_SECONDS, estimatedStartSeconds(kind, "ahead")),
  });
}
