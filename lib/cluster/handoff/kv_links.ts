import type { NodePlace, Topology, TransferOwner, Transfers } from "../../network/mod.ts";
import type { KvHolder, KvTransferParts } from "./kv_transfer_parts.ts";

/** Where the KV entries of instances are. */
export interface KvPlaces {
  /** One place, or each of the GPUs. */
  of(instance: KvHolder): NodePlace | readonly NodePlace[];
  /** An instance is gone. */
  forget(instanceId: number): void;
}

/** The GPUs of each instance, where machines are told apart. */
export const RANK_PLACES: KvPlaces = {
  of: ({ ranks }) => ranks.map(({ node, gpu }) => ({ kind: "gpu", node, gpu })),
  forget() {},
};

/**
 * Places where machines are not told apart: each instance has one of its own, with a card of its own.
 * That of an instance which is gone serves another one of its function, so that the network does not
 * grow with instances.
 *
 * @param bytesPerSecond Rate of the card of an instance of a function, in each of both directions.
 */
export function ownPlaces(
  topology: Topology,
  bytesPerSecond: (functionId: number) => number,
): KvPlaces {
  const taken = new Map<number, { readonly place: NodePlace; readonly functionId: number }>();
  const free = new Map<number, NodePlace[]>();
  return {
    of({ id, functionId }) {
      const found = taken.get(id);
      if (found !== undefined) return found.place;
      const place = free.get(functionId)?.pop() ?? {
        kind: "host",
        node: topology.addNode({ gpus: 1, nicBytesPerSecond: bytesPerSecond(functionId) }),
      };
      taken.set(id, { place, functionId });
      return place;
    },
    forget(instanceId) {
      const found = taken.get(instanceId);
      if (found === undefined) return;
      taken.delete(instanceId);
      const others = free.get(found.functionId);
      if (others === undefined) free.set(found.functionId, [found.place]);
      else others.push(found.place);
    },
  };
}

/** What moves KV entries. */
export type KvLinks = Pick<KvTransferParts, "start" | "cancel" | "forget">;

/** The links of a cluster, over which images and weights move as well. */
export function kvLinks(transfers: Transfers, places: KvPlaces): KvLinks & TransferOwner {
  const ends = new Map<number, (flow: number, nowSeconds: number) => void>();
  const links: KvLinks & TransferOwner = {
    start(from, to, bytes, ended, now) {
      const flow = transfers.start(places.of(from), places.of(to), bytes, "kv", links, now);
      if (flow >= 0) ends.set(flow, ended);
      return flow;
    },
    cancel(flow, now) {
      ends.delete(flow);
      transfers.cancel(flow, now);
    },
    forget: (instanceId) => places.forget(instanceId),
    transferEnds(flow, now) {
      const ended = ends.get(flow)!;
      ends.delete(flow);
      ended(flow, now);
    },
  };
  return links;
}
