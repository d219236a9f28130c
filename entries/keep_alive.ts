/**
 * Keep-alive and pools: how long an idle instance is kept, and how much is started ahead.
 *
 * @module
 */
export { alwaysKeepAlive } from "../lib/serverless/keep_alive/always.ts";
export type {
  DemandPoolOptions,
  DemandPoolSettings,
} from "../lib/serverless/keep_alive/demand_pool.ts";
export { fixedKeepAlive, type FixedKeepAliveSettings } from "../lib/serverless/keep_alive/fixed.ts";
export { fixedPool } from "../lib/serverless/keep_alive/fixed_pool.ts";
export {
  type HybridHistogram,
  hybridHistogram,
  type HybridHistogramOptions,
  type HybridHistogramSettings,
  type IdlePattern,
} from "../lib/serverless/keep_alive/hybrid_histogram.ts";
export {
  littlesLawPool,
  type LittlesLawPoolSettings,
} from "../lib/serverless/keep_alive/littles_law_pool.ts";
export {
  newsvendorPool,
  type NewsvendorPoolSettings,
} from "../lib/serverless/keep_alive/newsvendor_pool.ts";
export { noKeepAlive } from "../lib/serverless/keep_alive/none.ts";
export { KEEP_ALIVE_POLICIES } from "../lib/serverless/keep_alive/policies.ts";
export type { KeepAliveDecision, KeepAlivePolicy } from "../lib/serverless/keep_alive/policy.ts";
export { POOL_POLICIES } from "../lib/serverless/keep_alive/pool_policies.ts";
export type { PoolSettings, PoolSizePolicy } from "../lib/serverless/keep_alive/prewarmed_pool.ts";
