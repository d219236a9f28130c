import type { NodeParts, PlacementParts } from "../cluster/cluster_parts.ts";
import {
  DEFAULT_NODE,
  findGpu,
  type Gpu,
  gpuEntries,
  gpuNamed,
  nodeNamed,
  type NodeType,
  nodeWith,
} from "../hardware/mod.ts";
import { plain } from "../sim/limits.ts";
import { catalogueName } from "../hardware/catalogue_name.ts";
import { PLACEMENT_POLICIES } from "../serverless/placement/mod.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import { chooseGpu } from "../config/choose_gpu.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";

/** One machine of the cluster. */
export interface BuiltNode {
  /** What it is; its PCIe rate is the GPU's where it has none of its own. */
  readonly node: NodeType;
  /** Whether the configuration names what it is; otherwise the preset of a start says its links. */
  readonly isNamed: boolean;
  readonly gpus: number;
  readonly gpu: Gpu;
  /** What it has when the run begins, beside what every machine has. */
  readonly present: readonly string[];
  /** Room for weights, bytes. */
  readonly weightRoom: { readonly dramBytes: number; readonly ssdBytes: number };
}

/**
 * The machines of the configuration; empty when there are as many GPUs as instances need.
 *
 * @param kvDiskBytes Room that KV blocks take on each disk, bytes.
 * @throws {ConfigError} If a disk has no such room beside that of the weights.
 */
export function buildNodes(
  { cluster }: Configuration,
  commonGpu: Gpu,
  kvDiskBytes = 0,
): BuiltNode[] {
  const { weight_cache: cache } = cluster;
  return cluster.nodes.flatMap((entry, i) => {
    const name = entry.type ?? DEFAULT_NODE;
    const node = nodeNamed(name);
    const gpu = entry.gpu_type !== null && isSameName(entry.gpu_type, commonGpu.name)
      ? commonGpu
      : entry.gpu_type !== null
      ? findGpu(entry.gpu_type) ?? chooseGpu(gpuEntries(), entry.gpu_type, null)
      : node.gpu !== undefined
      ? gpuNamed(node.gpu)
      : commonGpu;
    const gpus = entry.gpus ?? node.gpus;
    const left = node.ssdBytes - kvDiskBytes - (cache.ssd ?? 0);
    if (kvDiskBytes > 0 && left < 0) {
      throw noDiskRoom(i, name, node.ssdBytes, kvDiskBytes, cache.ssd);
    }
    const built: BuiltNode = {
      node: { ...nodeWith(gpu, name), gpus },
      isNamed: entry.type !== null,
      present: entry.present,
      gpus,
      gpu,
      weightRoom: {
        dramBytes: cache.dram ?? node.dramBytes / 2,
        ssdBytes: cache.ssd ?? node.ssdBytes - kvDiskBytes,
      },
    };
    return Array.from({ length: entry.count }, () => built);
  });
}

function noDiskRoom(
  entry: number,
  name: string,
  bytes: number,
  kvBytes: number,
  weightBytes: number | null,
): ConfigError {
  const beside = weightBytes === null ? "" : ` beside ${plain(weightBytes)} for weights`;
  return new ConfigError([
    `Cannot use "memory.kv_tiers" with disk tiers of ${
      plain(kvBytes)
    } bytes${beside} on the machines ` +
    `of cluster.nodes[${entry}] (type ${name}): current value of their disks is ${
      plain(bytes)
    } bytes`,
  ]);
}

/** Whether a name is that of a GPU, such as one that only a profile describes. */
function isSameName(name: string, gpu: string): boolean {
  return catalogueName(name) === catalogueName(gpu);
}

/** What the placement needs to know of an instance. */
export interface PlacedDeployment {
  readonly gpu: Gpu;
  readonly gpus: number;
  /** GPUs of a pipeline stage. */
  readonly stageGpus: number;
  /** Host memory, bytes. */
  readonly hostBytes: number;
}

/**
 * Refuses what instances on several machines cannot have: they do not sleep, and no pool keeps them.
 *
 * @param kinds By function id.
 * @throws {ConfigError} If a function has it.
 */
export function checkSpanning(
  nodes: readonly BuiltNode[],
  kinds: readonly { readonly config: Configuration; readonly deployment: PlacedDeployment }[],
): void {
  for (const { config: { scaling, memory }, deployment: { gpu, gpus } } of kinds) {
    const own = nodes.filter((node) => node.gpu.name === gpu.name);
    if (own.length === 0 || own.some((node) => node.gpus >= gpus)) continue;
    const settings = [
      ["scaling.keep_alive.sleep.level", scaling.keep_alive.sleep.level, 0],
      ["scaling.prewarmed_pool.of", scaling.prewarmed_pool.of, null],
      [
        "memory.kv_tiers",
        memory.kv_tiers.some(({ tier }) => tier === "disk") ? "disk" : "none",
        "none",
      ],
    ] as const;
    for (const [path, value, none] of settings) {
      if (value === none) continue;
      throw new ConfigError([
        `Cannot use "${path}" with instances of ${gpus} GPUs, which need several machines: ` +
        `current value is ${value} (allowed: ${none})`,
      ]);
    }
  }
}

/**
 * How instances are placed on the machines.
 *
 * @param deployments By function id.
 */
export function buildPlacement(
  { cluster }: Configuration,
  nodes: readonly BuiltNode[],
  deployments: readonly PlacedDeployment[],
  startSeconds: PlacementParts["startSeconds"],
): PlacementParts | undefined {
  if (nodes.length === 0) return undefined;
  const types = [...new Set(nodes.map(({ gpu }) => gpu.name))];
  return {
    nodes: nodes.map(({ gpu, gpus, node, weightRoom }): NodeParts => ({
      gpuType: types.indexOf(gpu.name),
      gpus,
      // What is set aside for kept weights is not there for instances.
      dramBytes: Math.max(0, node.dramBytes - weightRoom.dramBytes),
      ssdBytes: node.ssdBytes,
    })),
    policy: fromConfiguration(PLACEMENT_POLICIES, cluster.placement.policy, cluster.placement, {}),
    needs: deployments.map(({ gpu, gpus, stageGpus, hostBytes }, functionId) => ({
      functionId,
      gpus,
      stageGpus,
      gpuTypes: [types.indexOf(gpu.name)],
      dramBytes: hostBytes,
    })),
    evictsIdle: cluster.placement.evict_idle,
    backfills: cluster.placement.backfill,
    ...(startSeconds && { startSeconds }),
  };
}
