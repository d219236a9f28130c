import type { ClusterParts, FunctionParts, NoCapacityRule } from "../cluster/cluster_parts.ts";
import type { EngineParts, SpeculationParts } from "../engine/mod.ts";
import type { FunctionFacts } from "../metrics/function_facts.ts";
import type { RunObserver } from "../metrics/run_observer.ts";
import type { ClassFacts } from "../metrics/summary_options.ts";
import { prefixIdentity } from "../scheduling/kv_cache/prefix_identity.ts";
import { ROUTING_POLICIES } from "../scheduling/routing/mod.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import type { WeightCache } from "../serverless/cold_start/mod.ts";
import { randomStreams } from "../sim/random_streams.ts";
import type { RequestTable, Trace } from "../workload/mod.ts";
import { sizeNotices } from "../config/check/mod.ts";
import { deploymentGpu } from "../config/choose_gpu.ts";
import type { Configuration } from "../config/configuration.ts";
import { scalingEntry } from "../config/scaling_policy_name.ts";
import { engineSettings } from "../config/engine_settings.ts";
import { buildBatching } from "./batching.ts";
import { buildWorkload, type BuiltParts } from "./build_workload.ts";
import { limitsByClass } from "./classes.ts";
import { buildDeployment, type Deployment } from "./deployment.ts";
import { instanceFacts } from "./instance_facts.ts";
import { plainBlocks } from "./instance_size.ts";
import { estimatedHoldSeconds, estimatedStartSeconds } from "./estimates.ts";
import { buildFaults } from "./faults.ts";
import { type FunctionKind, functionKinds, functionNames } from "./functions.ts";
import { buildGateway, type BuiltGateway } from "./gateway.ts";
import { buildNodes, buildPlacement, checkSpanning } from "./nodes.ts";
import { measuring } from "./measuring.ts";
import { choiceNotices } from "./choice_notices.ts";
import { cutOutputs, settingNotices } from "./notices.ts";
import type { RentedMachine } from "../metrics/unused_gpus.ts";
import type { LengthLimits } from "./turned_away.ts";
import { buildPools } from "./pools.ts";
import { type KeysByOrder, queueKeysByOrder } from "./queue_keys.ts";
import { buildBilling, type BuiltBilling } from "./billing.ts";
import { priceNotices } from "./prices.ts";
import { buildRequests } from "./requests.ts";
import { runEnd } from "./run_end.ts";
import { buildScaling } from "./scaling.ts";
import { type StartPlans, startPlans } from "./start_plans.ts";
import { buildSpeculation } from "./speculation.ts";
import {
  checkStreamedWays,
  refuseArrivals,
  speculationByRows,
  streamedNotices,
  type StreamTarget,
} from "./stream.ts";
import { startNotices } from "./start_notices.ts";
import { buildStarts, type StartKind } from "./starts.ts";
import { spotPrices } from "./zones.ts";
import { storedWeights, type StoredWeightsAt } from "./stored_weights.ts";
import { meanRequestTokens } from "./workload_facts.ts";

/** Texts of the files that a configuration names. */
export interface ConfiguredTexts {
  /** `workload.trace.path` */
  readonly traceText?: string;
  /**
   * Files that the configuration and its functions name, by name as it stands there:
   * `model.hf_config`, and `cold_start.preset` and `execution.profile` where they are files.
   */
  readonly files?: ReadonlyMap<string, string>;
}

/** What a run is given beside its configuration. */
export interface RunInputs extends ConfiguredTexts {
  /** Where the rows of the requests go, if they are too many for memory. */
  readonly stream?: StreamTarget;
  /** The trace, read already by `readTraceStream` with the configuration's `traceOptions`. */
  readonly trace?: Trace;
  /** Share of the KV blocks that engines have, to see what hangs on them; default 1. */
  readonly kvShare?: number;
  /** Who is told what the run does; its starts are built with it, the loop is given it too. */
  readonly observer?: RunObserver;
}

/** A run, ready to go: the cluster's parts and what the summary needs. */
export interface BuiltCluster {
  readonly parts: ClusterParts;
  readonly facts: readonly FunctionFacts[];
  /** Service classes by id: one without a name when there are none. */
  readonly classes: readonly ClassFacts[];
  /** Whether the configuration or the trace names classes. */
  readonly hasClasses: boolean;
  /** Weights kept on the machines between starts; absent without machines. */
  readonly weights?: WeightCache;
  /** Weights kept in all places until the end of the run. */
  readonly storedAt: StoredWeightsAt;
  /** What the KV cache of an instance holds, a line for each kind of function. */
  readonly kvCache: readonly string[];
  /** What a user should know before reading the results. */
  readonly notices: readonly string[];
  /** Machines that are paid for whole, by node id; absent: each GPU by itself. */
  readonly rentedMachines?: readonly RentedMachine[];
  /** What decides how long a request may be, by function id. */
  readonly lengthLimits: readonly LengthLimits[];
}

/** What functions that are alike have in common. */
interface BuiltKind extends StartKind {
  readonly engine: EngineParts;
  readonly billing: BuiltBilling;
  readonly gateway: BuiltGateway;
  readonly facts: Omit<FunctionFacts, "limits">;
}

/**
 * Turns a configuration into the parts of a run. Policies and streams are new, so each run needs its
 * own.
 *
 * @throws {RangeError} If something in the configuration cannot be built.
 */
export async function buildCluster(
  config: Configuration,
  texts: RunInputs = {},
): Promise<BuiltCluster> {
  const { simulation } = config;
  const newStreams = () => randomStreams(simulation.random_seed, simulation.replication);
  const streams = newStreams();
  const { stream: to } = texts;
  const requests = buildRequests(config, streams, texts, to && { ...to, newStreams });
  const kinds = functionKinds(config, requests.functionNames);
  const nodes = buildNodes(config, deploymentGpu(kinds[0].config));
  const deployments = await Promise.all(
    kinds.map((kind) =>
      buildDeployment(kind.config, nodes, texts.files, config.functions.length > 0)
    ),
  );
  const names = functionNames(kinds, deployments.map(({ shape }) => shape.name));
  const workload = buildWorkload(config, requests, names, streams, to, kinds);
  const { built, built: { table, known }, stream, size } = workload;
  if (stream) checkStreamedWays(deployments.map(({ requestSeconds }) => requestSeconds));
  const keys = queueKeysByOrder(built, stream?.window);
  const builtKinds = kinds.map((kind, i) => {
    const { draft } = deployments[i];
    const name = i === 0 ? "acceptance" : `acceptance of kind ${i}`;
    const speculation = draft && buildSpeculation(kind.config, draft, streams.take(name));
    const byRows = speculationByRows(speculation, stream?.window.ids);
    return buildKind(kind, deployments[i], built, keys, byRows);
  });
  const kindOf = kinds.flatMap(({ count }, i) => new Array<number>(count).fill(i));
  const byFunction = kindOf.map((kind) => builtKinds[kind]);
  for (const kind of builtKinds) {
    if (kind.config.cold_start.enabled) kind.plans = startPlans(kind.config, texts.files);
  }
  checkSpanning(nodes, builtKinds);
  const starts = buildStarts(config, byFunction, nodes, streams, texts.observer);
  const placement = buildPlacement(
    config,
    nodes,
    byFunction.map(({ deployment }) => deployment),
    starts.loadSeconds,
  );
  const faults = buildFaults(config, streams, starts.weights);
  const pools = buildPools(byFunction);
  const arrivals = stream ? refuseArrivals(config) : arrivalsByFunction(table, names.length);
  const functions = byFunction.map((kind, id): FunctionParts => {
    const { cluster } = kind.config;
    return {
      name: names[id],
      engine: kind.engine,
      requestSeconds: kind.deployment.requestSeconds,
      routing: fromConfiguration(ROUTING_POLICIES, cluster.routing.policy, cluster.routing, {
        stream: streams.take(id === 0 ? "routing" : `routing of function ${id}`),
      }),
      scaling: buildScaling(kind.config, {
        arrivalAtSeconds: () => arrivals(id),
        instance: instanceFacts(kind.engine),
        zones: faults.spot?.zones ?? [],
        instanceConcurrency: Math.min(
          kind.gateway.perFunction.concurrencyPerInstance,
          kind.deployment.maxSequences,
        ),
        requestsPerInstance: kind.gateway.perFunction.concurrencyPerInstance,
        holdSeconds: (concurrency) =>
          estimatedHoldSeconds(kind.deployment, known, concurrency, kind.engine.speculation),
        startSeconds: () => estimatedStartSeconds(kind),
        weightBytes: kind.deployment.weightBytes,
      }),
      ...kind.gateway.perFunction,
      noCapacity: withStartSeconds(kind),
    };
  });
  const deadlines = keys.deadlines();
  const gateway = buildGateway(config, built);
  const hasOwnLimits = kinds.some((kind) => limitsDiffer(kind.config.slo, config.slo));
  const notices = new Set([
    ...sizeNotices(size),
    ...settingNotices(config, builtKinds, requests),
    ...choiceNotices(builtKinds.map((kind) => kind.config), { table, classes: built.classes }),
    ...deployments.flatMap((deployment) => deployment.notices),
    ...requests.notices,
    ...workload.notices,
    ...streamedNotices(config, stream),
    ...cutOutputs(built.workload, byFunction.map(({ deployment }) => deployment.maxModelTokens)),
    ...builtKinds.flatMap((kind) => kind.gateway.notices),
    ...startNotices(builtKinds, nodes, starts),
    ...priceNotices(config, builtKinds),
    ...builtKinds.flatMap(({ billing }) => billing.notices),
  ]);
  return {
    parts: {
      requests: table,
      ...(stream && { stream }),
      functions,
      ...(gateway.admission && { admission: gateway.admission }),
      ...(deadlines && { deadlineAtSeconds: deadlines }),
      patienceSeconds: built.classes.map((_, id) => {
        const { classes, client_deadline: ofAll } = config.workload;
        return classes[id]?.client_deadline ?? ofAll ?? Infinity;
      }),
      ...(placement && { placement }),
      ...faults,
      ...(pools.length > 0 && { pools }),
      starts: starts.service,
      ...runEnd(config),
      stopAtSeconds: simulation.drain ? Infinity : simulation.duration,
      ...measuring(config, size.sampleSeconds, table.count),
    },
    facts: byFunction.map(({ facts, config: own }) => ({
      ...facts,
      ...spotPrices(faults.spot),
      ...(hasOwnLimits && { limits: limitsByClass(own.slo, config.workload.classes) }),
    })),
    classes: built.classes,
    hasClasses: built.areNamed,
    ...(starts.weights && { weights: starts.weights }),
    storedAt: storedWeights(config, byFunction, starts.weights),
    kvCache: [
      ...new Set(
        deployments.map(({ shape, kvCacheLine }) =>
          deployments.length === 1 ? kvCacheLine : `${shape.name}: ${kvCacheLine}`
        ),
      ),
    ],
    notices: [...notices],
    ...(config.cost.billing.whole_machines && {
      rentedMachines: nodes.map(({ gpus, gpu }) => ({
        gpus,
        usdPerGpuSecond: builtKinds.find(({ deployment }) => deployment.gpu.name === gpu.name)
          ?.billing.plan.usdPerGpuSecond ?? 0,
      })),
    }),
    lengthLimits: byFunction.map(({ deployment, engine }) => ({
      maxModelTokens: deployment.maxModelTokens,
      ownLimitTokens: deployment.shape.maxPositions,
      kvTokens: engine.kvBlocks * engine.blockTokens,
    })),
  };
}

function limitsDiffer(own: Configuration["slo"], common: Configuration["slo"]): boolean {
  return own.ttft_s !== common.ttft_s || own.tpot_s !== common.tpot_s || own.e2e_s !== common.e2e_s;
}

/** What happens to requests that no instance can take, with what a start takes if that matters. */
function withStartSeconds(kind: BuiltKind): NoCapacityRule {
  const { noCapacity } = kind.gateway.perFunction;
  if (noCapacity.timeoutStarts === undefined) return noCapacity;
  return { ...noCapacity, startSeconds: estimatedStartSeconds(kind) };
}

/** Arrival instants of one function's requests, seconds, ascending. */
function arrivalsByFunction(table: RequestTable, functions: number): (id: number) => Float64Array {
  const { functionId, arrivalAtSeconds } = table;
  if (functions === 1 || functionId === undefined) return () => arrivalAtSeconds;
  return (id) => arrivalAtSeconds.filter((_, request) => functionId[request] === id);
}

function buildKind(
  kind: FunctionKind,
  deployment: Deployment,
  built: BuiltParts,
  keys: KeysByOrder,
  speculation: SpeculationParts | undefined,
): BuiltKind & { plans?: StartPlans } {
  const { config } = kind;
  const keyColumn = keys.of(config.scheduler.scheduling_policy);
  const plain = engineParts(kind, deployment, built, keyColumn);
  const engine = speculation === undefined ? plain : { ...plain, speculation };
  const billing = buildBilling(config, deployment.gpu.name);
  return {
    config,
    deployment,
    engine,
    billing,
    gateway: buildGateway(config, built),
    facts: {
      gpus: deployment.gpus,
      peakFlops: deployment.peakFlops,
      peakBytesPerSecond: deployment.peakBytesPerSecond,
      kvBlocks: engine.kvBlocks,
      fixedMemoryShare: deployment.kv.fixedMemoryShare,
      kvMemoryShare: deployment.kv.kvMemoryShare,
      billing: billing.plan,
      ...(billing.fromLoad && { billsFromLoad: true }),
      ...(billing.lacksPrice && { lacksPrice: true }),
      ...(billing.reserved && { reserved: billing.reserved }),
      ...(billing.usdPerRequest > 0 && { usdPerRequest: billing.usdPerRequest }),
      ...(billing.alwaysOnUsdPerGpuSecond !== undefined && {
        alwaysOnUsdPerGpuSecond: billing.alwaysOnUsdPerGpuSecond,
      }),
      ...(engine.prefix && { prefixBlockTokens: engine.blockTokens }),
    },
  };
}

/**
 * Sequences that run in an engine at once. Where requests may wait inside an instance it is no more than
 * `gateway.concurrency_per_instance`: its proxy lets no more in, first come first served as the engine.
 */
function sequenceLimit({ scaling, gateway }: Configuration, most: number): number {
  const { concurrency_per_instance: limit } = gateway;
  if (!scaling.enabled || limit === null) return most;
  const { entry, options } = scalingEntry(scaling);
  return entry.mayGoDirect?.(options) === true ? Math.min(most, limit) : most;
}

function engineParts(
  kind: FunctionKind,
  deployment: Deployment,
  { table, known }: BuiltParts,
  keys: EngineParts["queueKeys"],
): EngineParts {
  const { config } = kind;
  const { scheduler, memory, simulation, execution: { cold_first_requests: cold } } = config;
  const settings = engineSettings(config);
  const meanTokens = meanRequestTokens(known, kind) ?? deployment.maxModelTokens;
  // vLLM keeps one block of its own, the null block.
  const kvBlocks = plainBlocks(deployment.kv, Math.min(meanTokens, deployment.maxModelTokens)) -
    (scheduler.type === "vllm" ? 1 : 0);
  return {
    execution: deployment.execution,
    work: deployment.work,
    strategy: buildBatching(scheduler, settings, kvBlocks),
    stepping: simulation.stepping,
    maxSequences: sequenceLimit(config, deployment.maxSequences),
    maxTokensPerStep: settings.maxTokensPerStep,
    kvBlocks,
    blockTokens: memory.block_size,
    maxModelTokens: deployment.maxModelTokens,
    // What a client states as its limit: one for all, so that no policy learns a request's length.
    maxOutputTokens: known.longestOutput,
    asyncScheduling: settings.asyncScheduling,
    ...(cold.count > 0 && { coldFirstRequests: cold }),
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
