import type { KvTierParts, TierUser } from "../cluster/kv_tiers/kv_tier_parts.ts";
import type { Topology } from "../network/mod.ts";
import type { RankPlace } from "../serverless/cold_start/mod.ts";
import { type LinkedKind, ownMachineLinks } from "./start_links.ts";
import type { Deployment } from "./deployment.ts";

/** What a function says of the machine that an instance has for itself. */
export interface OwnMachineKind extends Omit<LinkedKind, "deployment"> {
  readonly deployment: Pick<Deployment, "gpu" | "gpus" | "node">;
}

/**
 * The GPUs of instances as the links have them: those that they are placed on or, where machines are
 * not told apart, those of a machine of their own. That of an instance which is gone serves another of
 * its function, so that the network does not grow with instances.
 */
export function ownGpus(
  topology: Topology,
  kinds: readonly OwnMachineKind[],
): Pick<KvTierParts, "gpusOf" | "forget"> {
  const taken = new Map<number, { readonly node: number; readonly functionId: number }>();
  const free = kinds.map((): number[] => []);
  return {
    gpusOf({ id, functionId, ranks }: TierUser): readonly RankPlace[] {
      if (ranks.length > 0) return ranks;
      const { deployment, plans } = kinds[functionId];
      const links = plans?.all.links ?? {};
      const node = taken.get(id)?.node ?? free[functionId].pop() ??
        topology.addNode(ownMachineLinks(deployment, deployment.gpus, { links }));
      taken.set(id, { node, functionId });
      return Array.from({ length: deployment.gpus }, (_, gpu) => ({ node, gpu }));
    },
    forget(instanceId: number): void {
      const found = taken.get(instanceId);
      if (found === undefined) return;
      taken.delete(instanceId);
      free[found.functionId].push(found.node);
    },
  };
}
