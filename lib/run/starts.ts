import type { KvTierParts } from "../cluster/kv_tiers/kv_tier_parts.ts";
import { FlowNetwork, Topology, Transfers } from "../network/mod.ts";
import {
  EVICTION_POLICIES,
  executorStarts,
  type ExecutorStartsOptions,
  type RankPlace,
  sequentialStarts,
  StartExecutor,
  type StartPlan,
  type StartService,
  WeightCache,
  weightsPartKey,
  withTransfers,
} from "../serverless/cold_start/mod.ts";
import type { RunObserver } from "../metrics/run_observer.ts";
import { LoadQueue } from "../serverless/placement/mod.ts";
import type { RandomStreams } from "../sim/random_streams.ts";
import { fromTable } from "../settings/from_table.ts";
import type { Configuration } from "../config/configuration.ts";
import type { Deployment } from "./deployment.ts";
import type { BuiltNode } from "./nodes.ts";
import { functionTiers } from "./kv_tiers.ts";
import { isWeightsPresent, presentOn, presentTier } from "./present.ts";
import { tierLinks } from "./tier_links.ts";
import { clusterLinks, machineLinks, ownMachineLinks } from "./start_links.ts";
import type { StartPlans } from "./start_plans.ts";

const NO_STAGES: StartPlan = { id: "none", platform: "none", stages: [], links: {}, features: {} };

/** What starts of functions that are alike have in common. */
export interface StartKind {
  readonly config: Configuration;
  readonly deployment: Deployment;
  /** Stages of a start and of its parts; absent when starts take no time. */
  readonly plans?: StartPlans;
}

/** How instances start, and what the placement and the summary ask about it. */
export interface BuiltStarts {
  readonly service: StartService;
  /** Links of the cluster, and what moves over them. */
  readonly topology: Topology;
  readonly transfers: Transfers;
  /** What a user should know. */
  readonly notices: readonly string[];
  /** Weights kept on the machines; absent without machines. */
  readonly weights?: WeightCache;
  /** Time until the weights of a function would be loaded on a machine, seconds. */
  readonly loadSeconds?: (node: number, functionId: number, nowSeconds: number) => number;
  /** Cache tiers, whose blocks cross the same links; absent: no function has any. */
  readonly kvTiers?: KvTierParts;
}

/** Name of a function's weights: equal ones are kept once. */
export function weightsKey({ deployment }: StartKind): string {
  return `${deployment.shape.name}/${deployment.weightFormat}`;
}

/**
 * How instances start. Without a list of nodes each instance has a node of its own, so that starts
 * meet only at the shared weight store.
 *
 * @param kinds By function id.
 */
export function buildStarts(
  config: Configuration,
  kinds: readonly StartKind[],
  nodes: readonly BuiltNode[],
  streams: RandomStreams,
  observer?: RunObserver,
): BuiltStarts {
  const topology = new Topology(new FlowNetwork(), clusterLinks(kinds));
  const transfers = new Transfers(topology);
  const tiers = kinds.map(functionTiers);
  const hasTiers = tiers.some((one) => one !== undefined);
  if (!hasTiers && kinds.every(({ plans }) => plans === undefined)) {
    for (const node of nodes) topology.addNode(machineLinks(node, kinds));
    const service = withTransfers(sequentialStarts(() => []), transfers);
    return { service, topology, transfers, notices: [] };
  }
  const noise = streams.take("cold_start");
  const machines = nodes.length > 0 ? keptWeights(config, kinds, nodes) : undefined;
  for (const node of nodes) topology.addNode(machineLinks(node, kinds));
  const executor = new StartExecutor({
    topology,
    transfers,
    weights: machines?.weights ?? null,
    ...(observer && { observed: (transfer) => observer.transferEnds(transfer) }),
  });
  const own = ownNodes(topology, executor, kinds);
  const present = kinds.map((kind) => presentOn(kind, nodes));
  const requestOf: ExecutorStartsOptions["requestOf"] = (
    instance,
    functionId,
    nowSeconds,
    ranks,
    stages,
  ) => {
    const kind = kinds[functionId];
    const { config: { cold_start }, deployment, plans } = kind;
    const { shape, gpus, weightBytes } = deployment;
    const place = ranks === undefined ? own.take(instance, functionId) : -1;
    const loads = stages !== "wake" && stages !== "ahead";
    if (ranks !== undefined && loads) machines!.loads(instance, ranks, functionId, nowSeconds);
    return {
      instance,
      plan: plans?.[stages] ?? NO_STAGES,
      weightsKey: weightsKey(kind),
      weightBytes,
      imageBytes: cold_start.image_size ?? 0,
      // Listed machines hold what is there in their caches.
      weightsIn: stages === "wake"
        ? "dram"
        : place < 0
        ? "remote"
        : presentTier(cold_start.present),
      ...(present[functionId] && { present: present[functionId] }),
      ranks: ranks ?? Array.from({ length: gpus }, (_, gpu) => ({ node: place, gpu })),
      features: { layers: shape.layers.length },
      identities: {
        image: `engine ${cold_start.image_size ?? 0}`,
        gpu: deployment.gpu.name,
        engine: kind.config.scheduler.type,
      },
      noise,
    };
  };
  const service = executorStarts(executor, {
    requestOf,
    ended({ instance }, nowSeconds, isGivenUp) {
      own.giveBack(instance);
      machines?.loadEnds(instance, isGivenUp ? nowSeconds : NaN);
    },
  });
  return {
    service,
    topology,
    transfers,
    notices: machines?.notices ?? [],
    ...(machines && { weights: machines.weights, loadSeconds: machines.loadSeconds }),
    ...(hasTiers && {
      kvTiers: {
        functions: tiers,
        hasMachines: nodes.length > 0,
        ...tierLinks(topology, transfers, kinds),
      },
    }),
  };
}

/**
 * Nodes for starts where machines are not told apart: each start has one of its own, on which nothing
 * has been before. One whose start is over serves another, so that memory does not grow with starts.
 */
function ownNodes(topology: Topology, executor: StartExecutor, kinds: readonly StartKind[]) {
  /** Free nodes by function. */
  const free = kinds.map((): number[] => []);
  const taken = new Map<number, { readonly node: number; readonly functionId: number }>();
  return {
    take(instance: number, functionId: number): number {
      const { deployment, plans } = kinds[functionId];
      const node = free[functionId].pop() ??
        topology.addNode(ownMachineLinks(deployment, deployment.gpus, plans?.all ?? NO_STAGES));
      taken.set(instance, { node, functionId });
      return node;
    },
    giveBack(instance: number): void {
      const found = taken.get(instance);
      if (found === undefined) return;
      taken.delete(instance);
      executor.forgetNode(found.node);
      free[found.functionId].push(found.node);
    },
  };
}

/** The weights on the machines, and the estimated loads that wait for one another there. */
function keptWeights(
  { cluster }: Configuration,
  kinds: readonly StartKind[],
  nodes: readonly BuiltNode[],
) {
  const { eviction, warm } = cluster.weight_cache;
  const weights = new WeightCache(() => fromTable(EVICTION_POLICIES, eviction, {}, {}));
  const { storageBytesPerSecond: store = Infinity } = clusterLinks(kinds);
  const queues = nodes.map((node) => {
    const links = machineLinks(node, kinds);
    return new LoadQueue({
      dramBytesPerSecond: links.pcieBytesPerSecond ?? Infinity,
      ssdBytesPerSecond: links.ssdReadBytesPerSecond ?? Infinity,
      remoteBytesPerSecond: Math.min(store, links.nicBytesPerSecond ?? Infinity),
    });
  });
  const pieces = kinds.map((kind) => weightPieces(kind, nodes));
  /** Machines without room for weights that they are said to have. */
  const lacking = new Set<number>();
  /** Loads that others queue behind, by instance: whose queue, how long, until when. */
  const loading = new Map<number, { queue: LoadQueue; seconds: number; endAtSeconds: number }[]>();
  nodes.forEach(({ weightRoom, present }, id) => {
    weights.addNode(weightRoom);
    for (const tier of ["ssd", "dram"] as const) {
      let free = weightRoom[`${tier}Bytes`];
      const held = new Set<string>();
      kinds.forEach(({ config: { cold_start } }, functionId) => {
        const isSaid = isWeightsPresent(present, tier) ||
          isWeightsPresent(cold_start.present, tier);
        for (const { key, bytes } of isSaid || warm === tier ? pieces[functionId] : []) {
          if (held.has(key)) continue;
          if (bytes > free) {
            if (isSaid) lacking.add(id);
            continue;
          }
          weights.hold(id, tier, key, bytes, 0);
          held.add(key);
          free -= bytes;
        }
      });
    }
  });
  /** The piece of a function's weights that is nearest to a machine's GPUs. */
  const nearestPiece = (node: number, functionId: number) => {
    const found = pieces[functionId].map(({ key, bytes }) => ({
      bytes,
      tier: weights.tier(node, key),
    }));
    return found.find(({ tier }) => tier === "dram") ??
      found.find(({ tier }) => tier === "ssd") ?? found[0];
  };
  return {
    weights,
    notices: lacking.size === 0 ? [] : [
      `weights that are said to be there when the run begins do not fit on ${lacking.size} of ` +
      `${nodes.length} machines (cluster.weight_cache): those that do not are fetched`,
    ],
    loadSeconds(node: number, functionId: number, nowSeconds: number) {
      const { tier, bytes } = nearestPiece(node, functionId);
      return queues[node].estimateSeconds(tier, bytes, nowSeconds);
    },
    loads(
      instance: number,
      ranks: readonly RankPlace[],
      functionId: number,
      nowSeconds: number,
    ): void {
      const { weightBytes } = kinds[functionId].deployment;
      const loads = [];
      for (const [node, part] of Map.groupBy(ranks, (rank) => rank.node)) {
        const { tier } = nearestPiece(node, functionId);
        const bytes = weightBytes * (part.length / ranks.length);
        const queue = queues[node];
        const before = queue.estimateSeconds(tier, 0, nowSeconds);
        const endAtSeconds = queue.add(tier, bytes, nowSeconds);
        if (tier === "dram") continue;
        loads.push({ queue, seconds: endAtSeconds - nowSeconds - before, endAtSeconds });
      }
      if (loads.length > 0) loading.set(instance, loads);
    },
    /** The start of an instance is over, or was given up at an instant (NaN: it was not). */
    loadEnds(instance: number, givenUpAtSeconds: number): void {
      const loads = loading.get(instance);
      if (loads === undefined) return;
      loading.delete(instance);
      if (Number.isNaN(givenUpAtSeconds)) return;
      for (const { queue, seconds, endAtSeconds } of loads) {
        queue.giveUp(endAtSeconds, seconds, givenUpAtSeconds);
      }
    },
  };
}

/**
 * The weights of a function as its machines keep them: as a whole, or the parts of an instance that
 * no machine has enough GPUs for, placed on as few as there may be.
 */
function weightPieces(
  kind: StartKind,
  nodes: readonly BuiltNode[],
): readonly { readonly key: string; readonly bytes: number }[] {
  const { gpu, gpus, stageGpus, weightBytes } = kind.deployment;
  const largest = nodes.reduce(
    (most, node) => node.gpu.name === gpu.name ? Math.max(most, node.gpus) : most,
    0,
  );
  const perMachine = largest - largest % stageGpus;
  const key = weightsKey(kind);
  if (largest >= gpus || perMachine === 0) return [{ key, bytes: weightBytes }];
  const count = Math.ceil(gpus / perMachine);
  return Array.from({ length: count }, (_, part) => ({
    key: weightsPartKey(key, part, count),
    bytes: weightBytes * Math.min(perMachine, gpus - part * perMachine) / gpus,
  }));
}
