import type { ClusterLinks, NodeLinks } from "../network/mod.ts";
import type { PlanLinks, StartPlan } from "../serverless/cold_start/mod.ts";
import type { Configuration } from "../config/configuration.ts";
import type { Deployment } from "./deployment.ts";
import type { BuiltNode } from "./nodes.ts";
import type { StartPlans } from "./start_plans.ts";

/** What a function says about the links that its starts use. */
export interface LinkedKind {
  readonly config: Pick<Configuration, "cold_start">;
  readonly deployment: Pick<Deployment, "gpu">;
  readonly plans?: StartPlans;
}

/**
 * Links that the cluster shares: a registry and a store, each as slow as the slowest that a function
 * says, by its setting or else by its preset.
 */
export function clusterLinks(kinds: readonly LinkedKind[]): ClusterLinks {
  let [registry, storage] = [Infinity, Infinity];
  for (const { config: { cold_start: set }, plans } of kinds) {
    const links = plans?.all.links;
    registry = Math.min(registry, set.registry ?? links?.registryBytesPerSecond ?? Infinity);
    storage = Math.min(storage, set.store ?? links?.storageBytesPerSecond ?? Infinity);
  }
  return { registryBytesPerSecond: registry, storageBytesPerSecond: storage };
}

/**
 * Links of a machine that nothing names, as instances on `gpus` of its GPUs see them: those of the
 * preset, the rest as the default machine has it.
 */
export function ownMachineLinks(
  { node }: Pick<Deployment, "node">,
  gpus: number,
  { links }: Pick<StartPlan, "links">,
): NodeLinks {
  return { ...node, ...links, gpus };
}

/**
 * Links of a machine of the cluster. What is set closest to it wins: the machine that is named for it
 * has the links that its type states, another those of the preset; what neither says never binds.
 */
export function machineLinks(
  { node, gpus, gpu, isNamed }: BuiltNode,
  kinds: readonly LinkedKind[],
): NodeLinks {
  const preset = presetLinks(kinds, gpu.name);
  return isNamed ? { ...preset, ...node, gpus } : { ...node, ...preset, gpus };
}

/**
 * Links that presets give a machine on which several functions may start: the slowest of each among
 * the presets of functions that run on its GPU.
 */
export function presetLinks(kinds: readonly LinkedKind[], gpu: string): PlanLinks {
  const links: Record<string, number> = {};
  for (const { deployment, plans } of kinds) {
    if (deployment.gpu.name !== gpu || plans === undefined) continue;
    for (const [link, value] of Object.entries(plans.all.links)) {
      links[link] = Math.min(links[link] ?? Infinity, value);
    }
  }
  return links;
}
