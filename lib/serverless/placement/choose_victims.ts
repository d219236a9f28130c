import type { NodesView, PlacementRequest } from "./policy.ts";

/**
 * Idle instances, in columns; the row order does not matter. An instance on several nodes has a row
 * for each, with what it holds there.
 */
export interface IdleInstances {
  /** Rows. */
  readonly count: number;
  /** Number of each instance. */
  readonly instanceId: Int32Array;
  /** Function of each instance. */
  readonly functionId: Int32Array;
  /** Node of each instance. */
  readonly node: Int32Array;
  /** GPUs of each instance. */
  readonly gpus: Int32Array;
  /** Host memory that the instance holds, bytes. */
  readonly dramBytes: Float64Array;
  /** Instant since which it has been idle, seconds. */
  readonly idleSinceSeconds: Float64Array;
  /** Whether its function may lose it (1) or is at its fewest instances (0). */
  readonly mayGo: Uint8Array;
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
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < idle.count; row++) {
    if (idle.mayGo[row] === 0 || idle.functionId[row] === request.functionId) continue;
    const rows = rowsOf.get(idle.node[row]);
    if (rows) rows.push(row);
    else rowsOf.set(idle.node[row], [row]);
  }
  let best: Eviction | undefined;
  let bestYoungest = Infinity;
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.isOpen[node] === 0 || nodes.gpuType[node] !== gpuType) continue;
    const rows = (rowsOf.get(node) ?? []).sort((a, b) =>
      idle.idleSinceSeconds[a] - idle.idleSinceSeconds[b] || idle.instanceId[a] - idle.instanceId[b]
    );
    let gpus = nodes.freeGpus[node];
    let dramBytes = nodes.freeDramBytes[node];
    let stops = 0;
    while ((gpus < request.gpus || dramBytes < request.dramBytes) && stops < rows.length) {
      gpus += idle.gpus[rows[stops]];
      dramBytes += idle.dramBytes[rows[stops++]];
    }
    if (gpus < request.gpus || dramBytes < request.dramBytes) continue;
    const youngest = stops > 0 ? idle.idleSinceSeconds[rows[stops - 1]] : -Infinity;
    const fewest = best?.instanceIds.length ?? Infinity;
    if (stops > fewest || (stops === fewest && youngest >= bestYoungest)) continue;
    best = { node, instanceIds: rows.slice(0, stops).map((row) => idle.instanceId[row]) };
    bestYoungest = youngest;
  }
  return best;
}
