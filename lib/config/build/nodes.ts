import type { NodeParts, PlacementParts } from "../../cluster/cluster_parts.ts";
import {
  findGpu,
  type Gpu,
  gpuEntries,
  gpuNamed,
  nodeNamed,
  type NodeType,
} from "../../hardware/mod.ts";
import { createPlacement } from "../../serverless/placement/mod.ts";
import { chooseGpu } from "../choose_gpu.ts";
import type { Configuration } from "../configuration.ts";
import type { Deployment } from "./deployment.ts";

/** One machine of the cluster. */
export interface BuiltNode {
  /** What it is; its PCIe rate is the GPU's where it has none of its own. */
  readonly node: NodeType;
  readonly gpus: number;
  readonly gpu: Gpu;
  /** Room for weights, bytes. */
  readonly weightRoom: { readonly dramBytes: number; readonly ssdBytes: number };
}

/** The machines of the configuration; empty when there are as many GPUs as instances need. */
export function buildNodes({ cluster }: Configuration, commonGpu: Gpu): BuiltNode[] {
  const { weight_cache: cache } = cluster;
  return cluster.nodes.flatMap((entry) => {
    const node = nodeNamed(entry.type);
    const gpu = entry.gpu_type !== null
      ? findGpu(entry.gpu_type) ?? chooseGpu(gpuEntries(), entry.gpu_type, null)
      : node.gpu !== undefined
      ? gpuNamed(node.gpu)
      : commonGpu;
    const gpus = entry.gpus ?? node.gpus;
    const built: BuiltNode = {
      node: { pcieBytesPerSecond: gpu.pcieBytesPerSecond, ...node, gpus },
      gpus,
      gpu,
      weightRoom: {
        dramBytes: cache.dram ?? node.dramBytes / 2,
        ssdBytes: cache.ssd ?? node.ssdBytes,
      },
    };
    return Array.from({ length: entry.count }, () => built);
  });
}

/**
 * How instances are placed on the machines.
 *
 * @param deployments By function id.
 */
export function buildPlacement(
  { cluster }: Configuration,
  nodes: readonly BuiltNode[],
  deployments: readonly Deployment[],
  startSeconds: PlacementParts["startSeconds"],
): PlacementParts | undefined {
  if (nodes.length === 0) return undefined;
  const types = [...new Set(nodes.map(({ gpu }) => gpu.name))];
  return {
    nodes: nodes.map(({ gpu, gpus, node, weightRoom }): NodeParts => ({
      gpuType: types.indexOf(gpu.name),
      gpus,
      // What is set aside for kept weights is not there for sleeping instances.
      dramBytes: Math.max(0, node.dramBytes - weightRoom.dramBytes),
      ssdBytes: node.ssdBytes,
    })),
    policy: createPlacement(cluster.placement.policy),
    needs: deployments.map(({ gpu, gpus }, functionId) => ({
      functionId,
      gpus,
      gpuTypes: [types.indexOf(gpu.name)],
      dramBytes: 0,
    })),
    evictsIdle: cluster.placement.evict_idle,
    backfills: cluster.placement.backfill,
    ...(startSeconds && { startSeconds }),
  };
}
