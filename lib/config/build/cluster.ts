import type { ClusterParts, FunctionParts } from "../../cluster/cluster_parts.ts";
import type { EngineParts } from "../../cluster/engine_parts.ts";
import type { ClassFacts, FunctionFacts } from "../../metrics/summary.ts";
import { prefixIdentity } from "../../scheduling/kv_cache/prefix_identity.ts";
import { createRouting } from "../../scheduling/routing/mod.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import type { Configuration } from "../configuration.ts";
import { buildBatching, queueKeys } from "./batching.ts";
import { buildClasses, type BuiltClasses } from "./classes.ts";
import { buildDeployment, type Deployment } from "./deployment.ts";
import { estimatedHoldSeconds, estimatedStartSeconds } from "./estimates.ts";
import { buildGateway } from "./gateway.ts";
import { buildBilling } from "./prices.ts";
import { buildRequests } from "./requests.ts";
import { buildScaling } from "./scaling.ts";
import { buildStarts, startPlan } from "./starts.ts";

/** Texts of the files that a configuration names. */
export interface ConfiguredTexts {
  /** `workload.trace.path` */
  readonly traceText?: string;
  /** `model.hf_config` */
  readonly modelConfigText?: string;
  /** `cold_start.preset`, when it is a file */
  readonly presetText?: string;
  /** `execution.profile`, when it is a file */
  readonly profileText?: string;
}

/** A run, ready to go: the cluster's parts and what the summary needs. */
export interface BuiltCluster {
  readonly parts: ClusterParts;
  readonly facts: readonly FunctionFacts[];
  /** Service classes by id: one without a name when there are none. */
  readonly classes: readonly ClassFacts[];
  /** Whether the configuration or the trace names classes. */
  readonly hasClasses: boolean;
  /** What a user should know before reading the results. */
  readonly notices: readonly string[];
}

/**
 * Turns a configuration into the parts of a run. Policies and streams are new, so each run needs its
 * own.
 *
 * @throws {RangeError} If something in the configuration cannot be built.
 */
export async function buildCluster(
  config: Configuration,
  texts: ConfiguredTexts = {},
): Promise<BuiltCluster> {
  const { simulation, metrics, workload } = config;
  const streams = randomStreams(simulation.random_seed, simulation.replication);
  const deployment = await buildDeployment(config, texts);
  const requests = buildRequests(config, streams, texts.traceText);
  const built = buildClasses(config, requests, streams);
  const { table } = built;
  const engine = engineParts(config, deployment, built);
  const gateway = buildGateway(config, built);
  const scaling = buildScaling(config, {
    arrivalAtSeconds: () => table.arrivalAtSeconds,
    holdSeconds: (concurrency) => estimatedHoldSeconds(deployment, table, concurrency),
    startSeconds: () =>
      config.cold_start.enabled
        ? estimatedStartSeconds(startPlan(config, texts.presetText), deployment)
        : 0,
  });
  const name = deployment.shape.name;
  const billing = buildBilling(config, deployment.gpu.name);
  const fn: FunctionParts = {
    name,
    engine,
    routing: createRouting(config.cluster.routing.policy, {
      stream: streams.take("routing"),
      prefixAffinity: {
        minimumMatch: config.cluster.routing.prefix_affinity.minimum_match,
        loadDifference: config.cluster.routing.prefix_affinity.load_difference,
        loadRatio: config.cluster.routing.prefix_affinity.load_ratio,
      },
    }),
    scaling,
    ...gateway.perFunction,
  };
  const deadlines = config.scheduler.scheduling_policy === "edf"
    ? engine.queueKeys as Float64Array
    : undefined;
  // A workload cut by its number of requests ends with its last completion, not with the duration.
  const byCount = workload.num_requests !== null || workload.type === "trace" ||
    workload.closed_loop.concurrency !== null;
  return {
    parts: {
      requests: table,
      functions: [fn],
      ...(gateway.admission && { admission: gateway.admission }),
      ...(deadlines && { deadlineAtSeconds: deadlines }),
      starts: buildStarts(config, deployment, streams, texts.presetText),
      horizonSeconds: byCount ? 0 : simulation.duration,
      stopAtSeconds: simulation.drain ? Infinity : simulation.duration,
      sampleSeconds: metrics.collect_interval,
    },
    facts: [{
      gpus: deployment.gpus,
      peakFlops: deployment.peakFlops,
      peakBytesPerSecond: deployment.peakBytesPerSecond,
      kvBlocks: engine.kvBlocks,
      fixedMemoryShare: deployment.kv.fixedMemoryShare,
      kvMemoryShare: deployment.kv.kvMemoryShare,
      billing: billing.plan,
      ...(engine.prefix && { prefixBlockTokens: engine.blockTokens }),
    }],
    classes: built.classes,
    hasClasses: built.areNamed,
    notices: [
      ...requests.notices,
      ...gateway.notices,
      ...(billing.notice === undefined ? [] : [billing.notice]),
    ],
  };
}

function engineParts(
  config: Configuration,
  deployment: Deployment,
  { table, classes }: BuiltClasses,
): EngineParts {
  const { scheduler, memory, simulation } = config;
  const { kv } = deployment;
  let longestOutput = 1;
  for (let i = 0; i < table.count; i++) {
    if (table.outputTokens[i] > longestOutput) longestOutput = table.outputTokens[i];
  }
  const keys = queueKeys(scheduler.scheduling_policy, table, classes);
  return {
    execution: deployment.execution,
    work: deployment.work,
    strategy: buildBatching(scheduler, kv.blocks),
    stepping: simulation.stepping,
    maxSequences: scheduler.max_num_seqs,
    maxTokensPerStep: scheduler.max_num_batched_tokens,
    kvBlocks: kv.blocks,
    blockTokens: memory.block_size,
    windowTokens: deployment.windowTokens,
    // What a client states as its limit: one for all, so that no policy learns a request's length.
    maxOutputTokens: longestOutput,
    queueOrder: scheduler.scheduling_policy,
    asyncScheduling: scheduler.async_scheduling,
    ...(keys && { queueKeys: keys }),
    ...(scheduler.prefix_caching && table.prefix && {
      prefix: prefixIdentity(table.prefix, memory.block_size),
    }),
    ...(scheduler.preemption_mode === "swap" && {
      swap: { blocks: deployment.swapBlocks, secondsPerBlock: deployment.swapSecondsPerBlock },
    }),
    gpus: deployment.gpus,
    peakFlops: deployment.peakFlops,
    peakBytesPerSecond: deployment.peakBytesPerSecond,
  };
}
