/**
 * Scheduling: which instance gets a request (routing), which requests are in the next step of an engine
 * (batching, orders), and in which order the gateway lets them in.
 *
 * @module
 */
export {
  fairQueue,
  type FairQueueOptions,
  type FairQueueSettings,
} from "../lib/scheduling/admission/fair_queue.ts";
export { fcfsQueue } from "../lib/scheduling/admission/fcfs_queue.ts";
export { GATEWAY_ORDERS } from "../lib/scheduling/admission/gateway_orders.ts";
export type { GatewayQueue } from "../lib/scheduling/admission/gateway_queue.ts";
export { fasterTransformer } from "../lib/scheduling/batching/faster_transformer.ts";
export { orca } from "../lib/scheduling/batching/orca.ts";
export type { OrderableRequests, QueueKeys } from "../lib/scheduling/batching/orders/order.ts";
export { QUEUE_ORDERS } from "../lib/scheduling/batching/orders/orders.ts";
export { sarathi, type SarathiSettings } from "../lib/scheduling/batching/sarathi.ts";
export { BATCHING_STRATEGIES } from "../lib/scheduling/batching/strategies.ts";
export type { BatchingStrategy, StepBuilder } from "../lib/scheduling/batching/strategy.ts";
export { vllm, type VllmOptions } from "../lib/scheduling/batching/vllm.ts";
export { vllmV0, type VllmV0Options } from "../lib/scheduling/batching/vllm_v0.ts";
export { kvAware } from "../lib/scheduling/routing/kv_aware.ts";
export { leastLoaded } from "../lib/scheduling/routing/least_loaded.ts";
export { leastTokens } from "../lib/scheduling/routing/least_tokens.ts";
export { newestIdle } from "../lib/scheduling/routing/newest_idle.ts";
export { ROUTING_POLICIES } from "../lib/scheduling/routing/policies.ts";
export type {
  RoutableRequests,
  RoutingPolicy,
  RoutingSignals,
} from "../lib/scheduling/routing/policy.ts";
export { powerOfTwo } from "../lib/scheduling/routing/power_of_two.ts";
export {
  prefixAffinity,
  type PrefixAffinitySettings,
} from "../lib/scheduling/routing/prefix_affinity.ts";
export { randomRouting } from "../lib/scheduling/routing/random.ts";
export { roundRobin } from "../lib/scheduling/routing/round_robin.ts";
export { sessionRouting } from "../lib/scheduling/routing/session.ts";
export type { RandomStream } from "../lib/sim/random_streams.ts";
