import { lognormalFactor, startFeatures, workSeconds } from "./duration.ts";
import type { StageTransfer, TransferRoute, WeightTier } from "./stages.ts";
import type { StartRequest, StartStage } from "./start_request.ts";
import type { CachedTier } from "./weight_cache.ts";
import { weightsPartKey } from "./weights_part_key.ts";

/** Ranks of one instance on one node. */
export interface NodeShare {
  readonly node: number;
  readonly gpus: number[];
  /** Name of this node's part of the weights. */
  readonly key: string;
  readonly weightBytes: number;
  /** Nearest copy that this start itself has brought here. */
  staged: WeightTier;
}

/** A stage that waits for a transfer. */
export interface Waiter {
  readonly start: Start;
  readonly stage: number;
}

/** Bytes on their way to one node; several starts may wait for it. */
export interface Transfer {
  /** Its number among the network's transfers; -1 while nothing moves. */
  moveId: number;
  readonly sharedKey: string;
  readonly share: NodeShare;
  readonly spec: StageTransfer;
  readonly route: TransferRoute;
  /** Where the bytes are when the stage begins. */
  readonly tier: WeightTier;
  readonly bytes: number;
  readonly chunkBytes: number;
  readonly waiters: Waiter[];
  /** Tiers with room set aside for what arrives. */
  readonly reserved: CachedTier[];
  /** Tier that is read and pinned meanwhile, or null. */
  readonly reading: CachedTier | null;
  begun: boolean;
  /** Instant at which it began, seconds; NaN before. */
  beganAtSeconds: number;
}

/** A start under way. */
export interface Start {
  readonly id: number;
  readonly request: StartRequest;
  readonly beginAtSeconds: number;
  readonly features: Map<string, number>;
  readonly shares: NodeShare[];
  // Plain arrays: typed ones of this size lie outside the heap, and starts are many and short-lived.
  readonly noise: number[];
  /** Predecessors that have not ended, per stage. */
  readonly pending: number[];
  /** What the stage waits for: its own time and transfers that have not ended. */
  readonly awaited: number[];
  readonly startAt: number[];
  readonly endAt: number[];
  /** 1 where less was left to do than a first start has, else 0. */
  readonly cached: number[];
  readonly bytes: number[];
  /** Transfers on the busiest link of the bytes that each stage waited for; NaN for none. */
  readonly sharers: number[];
  /** Whether each artifact was there when the first stage that asks for it began. */
  readonly found: Map<string, boolean[]>;
  /** Transfers that a stage begins at the end of its delay. */
  readonly led: (readonly Transfer[])[];
  /** Transfers the start waits for. */
  readonly waitsFor: Set<Transfer>;
  stagesLeft: number;
  looked: boolean;
}

/** A start that begins now. */
export function newStart(id: number, request: StartRequest, now: number): Start {
  const { stages } = request.plan;
  const count = stages.length;
  const start: Start = {
    id,
    request,
    beginAtSeconds: now,
    features: startFeatures(request),
    shares: nodeShares(request),
    noise: new Array(count).fill(1),
    pending: new Array(count).fill(0),
    awaited: new Array(count).fill(0),
    startAt: new Array(count).fill(NaN),
    endAt: new Array(count).fill(NaN),
    cached: new Array(count).fill(0),
    bytes: new Array(count).fill(0),
    sharers: new Array(count).fill(NaN),
    found: new Map(),
    led: [],
    waitsFor: new Set(),
    stagesLeft: count,
    looked: false,
  };
  // All noise is drawn here, so that a draw never depends on how starts interleave.
  for (let i = 0; i < count; i++) {
    const { noiseSigma, noiseUniform, work, artifact } = stages[i];
    if (request.noise) {
      if (noiseSigma > 0) start.noise[i] = lognormalFactor(noiseSigma, request.noise);
      if (noiseUniform > 0) start.noise[i] *= 1 + noiseUniform * (2 * request.noise.next() - 1);
    }
    workSeconds(work, start.features);
    if (artifact !== null) workSeconds(artifact.hit, start.features);
    start.pending[i] = stages[i].after.length;
  }
  return start;
}

/** The nodes of an instance in rank order, with their part of the weights. */
export function nodeShares(request: StartRequest): NodeShare[] {
  const gpusOfNode = new Map<number, number[]>();
  for (const { node, gpu } of request.ranks) {
    const gpus = gpusOfNode.get(node);
    if (gpus === undefined) gpusOfNode.set(node, [gpu]);
    else gpus.push(gpu);
  }
  const total = request.ranks.length;
  return [...gpusOfNode].map(([node, gpus], i) => ({
    node,
    gpus,
    key: weightsPartKey(request.weightsKey, i, gpusOfNode.size),
    weightBytes: (request.weightBytes * gpus.length) / total,
    staged: request.weightsIn ?? "remote",
  }));
}

/** Bytes of a whole transfer to one node. */
export function bytesOf(request: StartRequest, spec: StageTransfer, share: NodeShare): number {
  switch (spec.what) {
    case "weights":
      return share.weightBytes;
    case "image":
      return request.imageBytes ?? 0;
    case "snapshot":
      return ((request.snapshotBytes ?? 0) * share.gpus.length) / request.ranks.length;
    case "fixed":
      return spec.fixedBytes;
  }
}

/**
 * Transfers of the same thing to the same place on one node have the same key: the same part of it,
 * too, where a plan moves it in parts (each by a stage of its own, in the order of the stages).
 *
 * @param index The stage.
 */
export function sharedKeyOf(
  request: StartRequest,
  index: number,
  spec: StageTransfer,
  share: NodeShare,
): string {
  const what = spec.what === "image" ? request.identities?.image ?? "" : share.key;
  const part = request.plan.stages.slice(0, index)
    .filter(({ work }) => work.transfer?.oncePerNode && work.transfer.what === spec.what).length;
  return `${spec.what}|${spec.keepIn.join("+")}|${share.node}|${what}|${part}|${spec.fraction}`;
}

/** Key of a start's artifact. */
export function artifactKey(request: StartRequest, names: readonly string[]): string {
  return names.map((name) => {
    if (name === "model") return request.weightsKey;
    if (name === "ranks") return String(request.ranks.length);
    return request.identities?.[name] ?? String(request.features?.[name] ?? "");
  }).join("|");
}

/** Whether a route belongs to a GPU, so that each rank has its own flow. */
export function crossesGpu(route: TransferRoute): boolean {
  return route.links.includes("pcie") || route.links.includes("nvlink");
}

/** The nearer of two places. */
export function nearer(a: WeightTier, b: WeightTier): WeightTier {
  if (a === "dram" || b === "dram") return "dram";
  return a === "ssd" || b === "ssd" ? "ssd" : "remote";
}

/** A stage as it happened. */
export function stageOf(start: Start, index: number, critical: boolean): StartStage {
  const { name, billed } = start.request.plan.stages[index];
  return {
    instanceId: start.request.instance,
    stage: name,
    startAtSeconds: start.startAt[index],
    endAtSeconds: start.endAt[index],
    cached: start.cached[index] === 1,
    billed,
    critical,
    bytes: start.bytes[index],
    sharers: start.sharers[index],
  };
}
