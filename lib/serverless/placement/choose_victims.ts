import type { NodesView, PlacementRequest } from "./policy.ts";

/** What an idle instance holds of a node. */
export interface IdlePart {
  /** Number of the instance. */
  readonly instanceId: number;
  /** Its function. */
  readonly functionId: number;
  /** Its GPUs there. */
  readonly gpus: number;
  /** Its host memory there, bytes. */
  readonly dramBytes: number;
  /** Instant since which it has been idle, seconds. */
  readonly idleSinceSeconds: number;
}

/** Idle instances. One on several nodes has a part on each. */
export interface IdleInstances {
  /** What they hold of a node: the longest idle first, of equals the lowest number. */
  on(node: number): readonly IdlePart[];
  /** Whether a function may lose an instance, or is at its fewest. */
  mayGo(functionId: number): boolean;
}

/** Instances to stop, and the node that then has room. */
export interface Eviction {
  /** Node that then has room. */
  readonly node: number;
  /** Instances to stop. */
  readonly instanceIds: readonly number[];
}

/**
 * Idle instances of other functions to stop for a new instance when no node has room. Of all open
 * nodes of the GPU type, the one that needs the fewest stops; of equals, the one whose most recently
 * used victim has been idle longest; then the lowest id. On a node the longest idle go first.
 *
 * @returns The eviction, or undefined when even stopping them all makes no room.
 */
export function chooseVictims(
  request: PlacementRequest,
  gpuType: number,
  nodes: NodesView,
  idle: IdleInstances,
): Eviction | undefined {
  let best: Eviction | undefined;
  let bestYoungest = Infinity;
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.isOpen[node] === 0 || nodes.gpuType[node] !== gpuType) continue;
    let gpus = nodes.freeGpus[node];
    let dramBytes = nodes.freeDramBytes[node];
    let youngest = -Infinity;
    const instanceIds: number[] = [];
    for (const part of idle.on(node)) {
      if (gpus >= request.gpus && dramBytes >= request.dramBytes) break;
      if (part.functionId === request.functionId || !idle.mayGo(part.functionId)) continue;
      gpus += part.gpus;
      dramBytes += part.dramBytes;
      youngest = part.idleSinceSeconds;
      instanceIds.push(part.instanceId);
    }
    if (gpus < request.gpus || dramBytes < request.dramBytes) continue;
    const stops = instanceIds.length;
    const fewest = best?.instanceIds.length ?? Infinity;
    if (stops > fewest || (stops === fewest && youngest >= bestYoungest)) continue;
    best = { node, instanceIds };
    bestYoungest = youngest;
  }
  return best;
}
