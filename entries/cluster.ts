/**
 * The simulator without configuration files: simulateCluster() takes the parts themselves (requests,
 * engines, policies, starts) and returns what happened. For policies that have no name yet, and for
 * tests of one part alone.
 *
 * @module
 */
export type {
  ClusterParts,
  DrainParts,
  FaultParts,
  FaultSource,
  FunctionParts,
  GatewayOrder,
  NoCapacityRule,
  NodeParts,
  PlacementParts,
  PoolParts,
  ReportProgress,
  RunHoldings,
  ScalingParts,
  SleepParts,
  SpotParts,
  ZoneParts,
} from "../lib/cluster/cluster_parts.ts";
export type {
  HandoffParts,
  KvHolder,
  KvTransferParts,
} from "../lib/cluster/handoff/kv_transfer_parts.ts";
export type { MigrationMethod, MigrationParts } from "../lib/cluster/handoff/migration_parts.ts";
export type { MigrationRecord } from "../lib/metrics/migration_record.ts";
export type { MovableLoad, ReschedulingPolicy } from "../lib/scheduling/rescheduling/policy.ts";
export { simulateCluster, simulateInterruptibly } from "../lib/cluster/simulate.ts";
export type { StepPower } from "../lib/execution/power/step_energy.ts";
export type { EngineParts, Stepping, SwapSpace } from "../lib/engine/engine_parts.ts";
export type { SpeculationParts } from "../lib/engine/speculation.ts";
export type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
  StepWork,
} from "../lib/execution/execution_time_model.ts";
export type { LatencyParts } from "../lib/metrics/latency_parts.ts";
export type { KvTokens } from "../lib/metrics/kv_tokens.ts";
export type { MeterTotals, TotalsColumns } from "../lib/metrics/meter_totals.ts";
export type {
  FaultRecord,
  PoolRecord,
  RunRecord,
  SleepRecord,
  SpeculationRecord,
} from "../lib/metrics/run_record.ts";
export type {
  KvTransferColumns,
  RequestColumns,
  TimeSeriesColumns,
} from "../lib/metrics/run_tables.ts";
export type { AdmissionRules } from "../lib/scheduling/admission/admission.ts";
export type { GatewayQueue } from "../lib/scheduling/admission/gateway_queue.ts";
export type { RateLimit } from "../lib/scheduling/admission/token_bucket.ts";
export type { BatchingStrategy, StepBuilder } from "../lib/scheduling/batching/strategy.ts";
export type { PrefixIdentity } from "../lib/scheduling/kv_cache/prefix_identity.ts";
export type { PrefixRuns } from "../lib/scheduling/kv_cache/prefix_runs.ts";
export type {
  RoutableRequests,
  RoutingPolicy,
  RoutingSignals,
} from "../lib/scheduling/routing/policy.ts";
export { POOLED_THINGS, type PooledThing } from "../lib/serverless/cold_start/partial_plan.ts";
export type { StageSpanColumns } from "../lib/serverless/cold_start/stage_spans.ts";
export type { RankPlace } from "../lib/serverless/cold_start/start_request.ts";
export {
  sequentialStarts,
  type StageSeconds,
  type StageSpan,
  type StartService,
  type StartStages,
} from "../lib/serverless/cold_start/start_service.ts";
export type { StatePower } from "../lib/serverless/energy/state_power.ts";
export type { KeepAliveDecision, KeepAlivePolicy } from "../lib/serverless/keep_alive/policy.ts";
export type { PoolSizePolicy } from "../lib/serverless/keep_alive/prewarmed_pool.ts";
export type { InstanceLife, PoolMemberLife } from "../lib/serverless/lifecycle.ts";
export type {
  NodesView,
  PlacementPolicy,
  PlacementRequest,
} from "../lib/serverless/placement/policy.ts";
export type {
  InstanceFacts,
  InstanceLoad,
  MeasuredStep,
  ScalingSignals,
} from "../lib/serverless/scaling/policy.ts";
export { ScalingDecider } from "../lib/serverless/scaling/scaling_decider.ts";
export { Interrupted } from "../lib/sim/interrupted.ts";
export { type RandomStream, type RandomStreams, randomStreams } from "../lib/sim/random_streams.ts";
export { type GapRun, GapSketch } from "../lib/stats/gap_sketch.ts";
export type { ClosedLoop, PrefixBlocks, RequestTable } from "../lib/workload/request_table.ts";
export type { SpotMix, ZoneFacts } from "../lib/serverless/scaling/spot_mix.ts";
export type { TierKind, TierRecord } from "../lib/metrics/kv_tier_record.ts";
export type {
  FunctionTiers,
  KvTierParts,
  TierParts,
} from "../lib/cluster/kv_tiers/kv_tier_parts.ts";
