import type { KvHolder } from "../cluster/handoff/kv_transfer_parts.ts";
import type { KvTierParts } from "../cluster/kv_tiers/kv_tier_parts.ts";
import type { TierKind } from "../metrics/kv_tier_record.ts";
import {
  STORE,
  type TargetPlace,
  type Topology,
  type TransferOwner,
  type Transfers,
  type Way,
} from "../network/mod.ts";
import type { RankPlace } from "../serverless/cold_start/mod.ts";
import { type LinkedKind, ownMachineLinks } from "./start_links.ts";
import type { Deployment } from "./deployment.ts";

/** What a function says of the machine that an instance has for itself. */
export interface OwnMachineKind extends Omit<LinkedKind, "deployment" | "config"> {
  readonly deployment: Pick<Deployment, "gpu" | "gpus" | "node">;
}

/** Moves KV blocks between engines and cache tiers over the links of a cluster. */
export function tierLinks(
  topology: Topology,
  transfers: Transfers,
  kinds: readonly OwnMachineKind[],
): Pick<KvTierParts, "start" | "cancel" | "forget"> {
  const { gpusOf, forget } = ownGpus(topology, kinds);
  const ways = new Map<string, Way>();
  const flowing = new Map<number, (flow: number, nowSeconds: number) => void>();
  const owner: TransferOwner = {
    transferEnds(flow, nowSeconds) {
      const ended = flowing.get(flow)!;
      flowing.delete(flow);
      ended(flow, nowSeconds);
    },
  };
  const placesOf = (instance: KvHolder, kind: TierKind | "gpu"): TargetPlace[] => {
    if (kind === "store") return [STORE];
    const gpus = gpusOf(instance);
    return gpus.map(({ node, gpu }) => kind === "gpu" ? { kind, node, gpu } : { kind, node });
  };
  return {
    forget,
    start(instance, from, to, bytes, bytesPerSecond, ended, nowSeconds) {
      const [sources, targets] = [placesOf(instance, from), placesOf(instance, to)];
      const links = topology.linksBetween(sources[0], targets[0]);
      const key = `${bytesPerSecond} ${links}`;
      let way = ways.get(key);
      if (way === undefined) ways.set(key, way = { links, limitBytesPerSecond: bytesPerSecond });
      const flow = transfers.start(sources, targets, bytes, "kv", owner, nowSeconds, way);
      if (flow >= 0) flowing.set(flow, ended);
      return flow;
    },
    cancel(flow, nowSeconds) {
      flowing.delete(flow);
      transfers.cancel(flow, nowSeconds);
    },
  };
}

/**
 * The GPUs of instances as the links have them: those that they are placed on or, where machines are
 * not told apart, those of a machine of their own. That of an instance which is gone serves another of
 * its function, so that the network does not grow with instances.
 */
function ownGpus(topology: Topology, kinds: readonly OwnMachineKind[]) {
  const taken = new Map<number, { readonly node: number; readonly functionId: number }>();
  const free = kinds.map((): number[] => []);
  return {
    gpusOf({ id, functionId, ranks }: KvHolder): readonly RankPlace[] {
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
