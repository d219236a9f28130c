import type {
  ClusterParts,
  FunctionParts,
  NoCapacityRule,
  StreamParts,
} from "../cluster/cluster_parts.ts";
import type { EngineParts, SpeculationParts } from "../engine/mod.ts";
import type { FunctionFacts } from "../metrics/function_facts.ts";
import type { RunObserver } from "../metrics/run_observer.ts";
import type { ClassFacts } from "../metrics/summary_options.ts";
import { prefixIdentity } from "../scheduling/kv_cache/prefix_identity.ts";
import { ROUTING_POLICIES } from "../scheduling/routing/mod.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import type { WeightCache } from "../serverless/cold_start/mod.ts";
import { type RandomStreams, randomStreams } from "../sim/random_streams.ts";
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
import { buildPower, type BuiltPower } from "./energy.ts";
import { estimatedHoldSeconds, estimatedStartSeconds } from "./estimates.ts";
import { buildFaults } from "./faults.ts";
import { type FunctionKind, functionKinds, functionNames } from "./functions.ts";
import { buildGateway, type BuiltGateway } from "./gateway.ts";
import { engineOf, functionGroups } from "./handoffs.ts";
import { diskTierBytes, enginePrefixes } from "./kv_tiers.ts";
import { buildMoves } from "./migration.ts";
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
  readonly power?: BuiltPower;
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
  const gpu = deploymentGpu(kinds[0].config, texts.files);
  const nodes = buildNodes(config, gpu, diskTierBytes(kinds));
  const deployments = await Promise.all(
    kinds.map((kind) =>
      buildDeployment(kind.config, nodes, texts.files, config.functions.length > 0)
    ),
  );
  const names = functionNames(kinds, deployments.map(({ shape }) => shape.name));
  const groups = functionGroups(kinds);
  const workload = buildWorkload(config, requests, names, streams, to, groups);
  const { built, built: { table, known }, stream, size } = workload;
  if (stream) checkStreamedWays(deployments.map(({ requestSeconds }) => requestSeconds));
  const keys = queueKeysByOrder(built, stream?.window);
  const builtKinds = kinds.map((kind, i) => {
    const speculation = speculationOf(kind, i, deployments[i], streams, stream);
    return buildKind(kind, deployments[i], built, keys, speculation);
  });
  const byFunction = kinds.flatMap(({ count }, i) =>
    new Array<BuiltKind>(count).fill(builtKinds[i])
  );
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
  const arrivals = stream ? refuseArrivals(config) : arrivalsByFunction(table, groups.calledCount);
  const functions = byFunction.map((kind, id): FunctionParts => {
    const { cluster } = kind.config;
    return {
      name: names[id],
      ...engineOf(byFunction, id, groups),
      ...(kind.power && { power: kind.power.state }),
      requestSeconds: kind.deployment.requestSeconds,
      routing: fromConfiguration(ROUTING_POLICIES, cluster.routing.policy, cluster.routing, {
        stream: streams.take(id === 0 ? "routing" : `routing of function ${id}`),
      }),
      scaling: buildScaling(kind.config, {
        arrivalAtSeconds: () => arrivals(groups.calledBy.get(id) ?? id),
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
    ...settingNotices(config, builtKinds.slice(0, groups.called.length), requests),
    ...choiceNotices(builtKinds.map((kind) => kind.config), { table, classes: built.classes }),
    ...[...deployments, requests, workload].flatMap(({ notices }) => notices),
    ...streamedNotices(config, stream),
    ...cutOutputs(built.workload, byFunction.map(({ deployment }) => deployment.maxModelTokens)),
    ...builtKinds.flatMap((kind) => kind.gateway.notices),
    ...startNotices(builtKinds, nodes, starts),
    ...priceNotices(config, builtKinds),
    ...builtKinds.flatMap(noticesOfKind),
  ]);
  return {
    parts: {
      requests: table,
      ...(stream && { stream }),
      functions,
      ...(gateway.admission && { admission: gateway.admission }),
      ...(deadlines && { deadlineAtSeconds: deadlines }),
      patienceSeconds: built.classes.map((_, id) => patienceSeconds(config, id)),
      ...{ ...(placement && { placement }), ...faults, ...(pools.length > 0 && { pools }) },
      starts: starts.service,
      ...buildMoves(config, byFunction, groups, starts, nodes.length > 0, stream !== undefined),
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

function noticesOfKind({ billing, power }: BuiltKind): readonly string[] {
  return [...billing.notices, ...(power?.notices ?? [])];
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

/** How the instances of the `i`-th kind speculate; undefined: they do not. */
function speculationOf(
  { config }: FunctionKind,
  i: number,
  { draft }: Deployment,
  streams: RandomStreams,
  stream: StreamParts | undefined,
): SpeculationParts | undefined {
  const name = i === 0 ? "acceptance" : `acceptance of kind ${i}`;
  const speculation = draft && buildSpeculation(config, draft, streams.take(name));
  return speculationByRows(speculation, stream?.window.ids);
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
  const power = buildPower(config, deployment);
  const engine: EngineParts = {
    ...engineParts(kind, deployment, built, keyColumn),
    ...(speculation && { speculation }),
    ...(power && { power: power.step }),
  };
  const billing = buildBilling(config, deployment.gpu.name);
  return {
    config,
    deployment,
    engine,
    billing,
    ...(power && { power }),
    gateway: buildGateway(config, built),
    facts: {
      gpus: deployment.gpus,
      peakFlops: deployment.peakFlops,
      peakBytesPerSecond: deployment.peakBytesPerSecond,
      kvBlocks: engine.kvBlocks,
      fixedMemoryShare: deployment.kv.fixedMemoryShare,
      kvMemoryShare: deployment.kv.kvMemoryShare,
      billing: billing.plan,
      ...(power && { power: power.state }),
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
  const { scheduler, memory, simulation } = config;
  const settings = engineSettings(config, deployment.gpu);
  const prefix = enginePrefixes(config, table);
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
    ...(keys && { queueKeys: keys }),
    ...(prefix && { prefix: prefixIdentity(prefix, memory.block_size) }),
    ...(scheduler.preemption_mode === "swap" && {
      swap: { blocks: deployment.swapBlocks, secondsPerBlock: deployment.swapSecondsPerBlock },
    }),
    gpus: deployment.gpus,
    peakFlops: deployment.peakFlops,
    peakBytesPerSecond: deployment.peakBytesPerSecond,
  };
}

/** How long clients of a class wait for the whole answer, seconds. */
function patienceSeconds({ workload }: Configuration, classId: number): number {
  const { classes, client_deadline: ofAll } = workload;
  return classes[classId]?.client_deadline ?? ofAll ?? Infinity;
}
