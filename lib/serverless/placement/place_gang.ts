import { fits, type NodesView, type PlacementPolicy, type PlacementRequest } from "./policy.ts";

/** GPUs that one instance takes on one node. */
export interface PlacedGpus {
  /** Number of the node. */
  readonly node: number;
  /** How many GPUs of it, >= 1. */
  readonly gpus: number;
}

/** Whether an instance goes to several nodes of a GPU type: none has as many GPUs as it needs. */
export function spansNodes(
  { gpus, stageGpus }: PlacementRequest,
  gpuType: number,
  nodes: Pick<NodesView, "count" | "gpuType" | "gpus">,
): boolean {
  if (stageGpus === undefined || stageGpus >= gpus) return false;
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.gpuType[node] === gpuType && nodes.gpus[node] >= gpus) return false;
  }
  return true;
}

/** The part of a request that takes `gpus` of its GPUs; whole bytes, so that sums are exact. */
export function partOf(request: PlacementRequest, gpus: number): PlacementRequest {
  return { ...request, gpus, dramBytes: Math.ceil(request.dramBytes * gpus / request.gpus) };
}

/**
 * Places an instance on several nodes at once or not at all: whole pipeline stages, as many on a node
 * as it has room for, so that as few nodes as possible take part. Of nodes with room for equally many
 * the policy chooses.
 *
 * @returns Its GPUs in order of the stages; undefined without room for all of them.
 */
export function placeGang(
  policy: PlacementPolicy,
  request: PlacementRequest,
  gpuType: number,
  nodes: NodesView,
): PlacedGpus[] | undefined {
  const { gpus, stageGpus = gpus } = request;
  const isOpen = nodes.isOpen.slice();
  const left: NodesView = {
    count: nodes.count,
    gpuType: nodes.gpuType,
    gpus: nodes.gpus,
    freeGpus: nodes.freeGpus,
    freeDramBytes: nodes.freeDramBytes,
    freeSsdBytes: nodes.freeSsdBytes,
    isOpen,
    startSeconds: (node, functionId) => nodes.startSeconds(node, functionId),
  };
  const placed: PlacedGpus[] = [];
  let stages = gpus / stageGpus;
  let most = 0;
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.gpuType[node] !== gpuType) continue;
    most = Math.max(most, Math.floor(nodes.freeGpus[node] / stageGpus));
  }
  for (let size = Math.min(stages, most); size >= 1 && stages > 0;) {
    const node = policy.place(partOf(request, size * stageGpus), gpuType, left);
    if (node < 0) {
      size--;
      continue;
    }
    placed.push({ node, gpus: size * stageGpus });
    // It has room for no larger part, and a smaller one would only come for the rest.
    isOpen[node] = 0;
    stages -= size;
    size = Math.min(size, stages);
  }
  return stages === 0 ? placed : undefined;
}

/** Pipeline stages of the request that a node has room for. */
export function stagesOn(request: PlacementRequest, nodes: NodesView, node: number): number {
  const { gpus, stageGpus = gpus } = request;
  const gpuType = nodes.gpuType[node];
  let stages = Math.min(gpus, nodes.freeGpus[node]) / stageGpus | 0;
  while (stages > 0 && !fits(partOf(request, stages * stageGpus), gpuType, nodes, node)) stages--;
  return stages;
}
