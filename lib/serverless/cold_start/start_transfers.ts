import { type NodePlace, type Place, REGISTRY, STORE } from "../../network/places.ts";
import type { Topology } from "../../network/topology.ts";
import type { TransferOwner, Transfers, TransferUse } from "../../network/transfers.ts";
import type { ObservedTransfer } from "./observed_transfer.ts";
import type { StageTransfer, TransferRoute, WeightTier } from "./stages.ts";
import type { StartRequest } from "./start_request.ts";
import {
  bytesOf,
  crossesGpu,
  nearer,
  type NodeShare,
  sharedKeyOf,
  type Start,
  type Transfer,
  type Waiter,
} from "./start_state.ts";
import type { CachedTier, WeightCache } from "./weight_cache.ts";

/** Transfers that a stage waits for. */
export interface StageMoves {
  /** Those that the stage itself is to begin, at the end of its time. */
  readonly led: readonly Transfer[];
  /** Bytes of those. */
  readonly bytes: number;
  /** Bytes of other weights given up to make room. */
  readonly evictedBytes: number;
  /** Transfers in all, those of others that the stage joins included. */
  readonly count: number;
}

/** What `StartTransfers` works with. */
export interface StartTransfersOptions {
  readonly topology: Topology;
  readonly transfers: Transfers;
  readonly weights: WeightCache | null;
  /** A transfer that a stage waits for is over. */
  readonly arrived: (waiter: Waiter, nowSeconds: number) => void;
  /** Is told of each transfer that is over; absent: nobody is. */
  readonly observed?: (transfer: ObservedTransfer) => void;
}

const USES: Readonly<Record<StageTransfer["what"], TransferUse>> = {
  weights: "weights",
  image: "image",
  snapshot: "snapshot",
  fixed: "other",
};

/**
 * What starts have moved: which bytes a stage needs and from where, who waits for them (starts on one
 * node that need the same share one transfer), and what the weight cache keeps of them.
 */
export class StartTransfers implements TransferOwner {
  readonly #topology: Topology;
  readonly #transfers: Transfers;
  readonly #weights: WeightCache | null;
  readonly #arrived: StartTransfersOptions["arrived"];
  readonly #observed: StartTransfersOptions["observed"];
  readonly #moving = new Map<number, Transfer>();
  /** Transfers that later starts may join, by what and where. */
  readonly #shared = new Map<string, Transfer>();

  constructor({ topology, transfers, weights, arrived, observed }: StartTransfersOptions) {
    this.#topology = topology;
    this.#transfers = transfers;
    this.#weights = weights;
    this.#arrived = arrived;
    this.#observed = observed;
  }

  /**
   * Plans what a stage has moved to each of its nodes, and has it wait for that.
   *
   * @param present Per node: whether what the stage leaves is there already; null when it leaves nothing.
   */
  plan(
    start: Start,
    index: number,
    spec: StageTransfer,
    present: readonly boolean[] | null,
    now: number,
  ): StageMoves {
    const { request, shares } = start;
    const led: Transfer[] = [];
    let [bytes, evictedBytes, count] = [0, 0, 0];
    for (let i = 0; i < shares.length; i++) {
      const share = shares[i];
      if (present !== null && present[i]) continue;
      const tier = spec.what === "weights" ? this.#tierOf(start, share) : "remote";
      const route = spec.routes[tier];
      if (route === undefined) continue;
      count++;
      const sharedKey = spec.oncePerNode ? sharedKeyOf(request, index, spec, share) : "";
      let transfer = sharedKey === "" ? undefined : this.#shared.get(sharedKey);
      if (transfer === undefined) {
        const ownBytes = bytesOf(request, spec, share) * spec.fraction;
        transfer = this.#planOne(share, spec, route, tier, ownBytes, sharedKey);
        if (spec.what === "weights" && this.#weights !== null) {
          evictedBytes += this.#makeRoom(transfer, request, now);
        }
        led.push(transfer);
        bytes += ownBytes;
      }
      transfer.waiters.push({ start, stage: index });
      start.waitsFor.add(transfer);
    }
    return { led, bytes, evictedBytes, count };
  }

  #tierOf(start: Start, share: NodeShare): WeightTier {
    const cache = this.#weights;
    if (cache === null || share.staged === "dram") return share.staged;
    const held = start.looked
      ? cache.tier(share.node, share.key)
      : cache.lookUp(share.node, share.key);
    if (share === start.shares[start.shares.length - 1]) start.looked = true;
    return nearer(held, share.staged);
  }

  #planOne(
    share: NodeShare,
    spec: StageTransfer,
    route: TransferRoute,
    tier: WeightTier,
    bytes: number,
    sharedKey: string,
  ): Transfer {
    const readable = this.#weights !== null && spec.what === "weights" && tier !== "remote" &&
      this.#weights.has(share.node, tier, share.key);
    const transfer: Transfer = {
      moveId: -1,
      sharedKey,
      share,
      spec,
      route,
      tier,
      bytes,
      chunkBytes: Math.min(spec.chunkBytes, bytes),
      waiters: [],
      reserved: [],
      reading: readable ? tier as CachedTier : null,
      begun: false,
      beganAtSeconds: NaN,
    };
    if (sharedKey !== "") this.#shared.set(sharedKey, transfer);
    return transfer;
  }

  /** Pins what is read and sets room aside for what arrives; returns the bytes given up for it. */
  #makeRoom(transfer: Transfer, request: StartRequest, now: number): number {
    const cache = this.#weights as WeightCache;
    const { share, reading } = transfer;
    if (reading !== null) cache.pin(share.node, reading, share.key, now);
    let evicted = 0;
    for (const tier of transfer.spec.keepIn) {
      if (cache.has(share.node, tier, share.key)) continue;
      const bytes = cache.reserve(
        share.node,
        tier,
        share.key,
        share.weightBytes,
        now,
        request.reloadSeconds,
      );
      if (bytes < 0) continue;
      transfer.reserved.push(tier);
      evicted += bytes;
    }
    return evicted;
  }

  /** A pipeline over several links needs one chunk's time on each but the slowest to fill. */
  fillSeconds(transfer: Transfer): number {
    const { route, share, chunkBytes } = transfer;
    if (chunkBytes === 0) return 0;
    let sum = 0;
    let slowest = 0;
    const target = targetOf(route, share.node, share.gpus[0]);
    for (const link of this.#topology.resolve(route.links, sourceOf(transfer), target)) {
      const seconds = chunkBytes / this.#topology.network.capacity(link);
      sum += seconds;
      slowest = Math.max(slowest, seconds);
    }
    return sum - slowest;
  }

  /** Begins a planned transfer, unless somebody who waits for it has done so. */
  begin(transfer: Transfer, now: number): void {
    if (transfer.begun) return;
    const { share, route, bytes, spec } = transfer;
    transfer.begun = true;
    const gpus = crossesGpu(route) ? share.gpus : [share.gpus[0]];
    const targets = gpus.map((gpu) => targetOf(route, share.node, gpu));
    const use = USES[spec.what];
    const id = this.#transfers.start(sourceOf(transfer), targets, bytes, use, this, now, route);
    if (id < 0) return this.#end(transfer, now, NaN);
    transfer.moveId = id;
    transfer.beganAtSeconds = now;
    this.#moving.set(id, transfer);
  }

  /** The bytes of a transfer have arrived. */
  transferEnds(id: number, now: number, sharers: number): void {
    const transfer = this.#moving.get(id);
    if (transfer !== undefined) this.#end(transfer, now, sharers);
  }

  #end(transfer: Transfer, now: number, sharers: number): void {
    const { share, spec, reserved, reading, waiters } = transfer;
    if (transfer.moveId >= 0) this.#observed?.(observation(transfer, now, false));
    this.#forget(transfer);
    if (reading !== null) this.#weights?.unpin(share.node, reading, share.key);
    for (const tier of reserved) this.#weights?.commit(share.node, tier, share.key);
    for (const waiter of waiters) {
      const { start, stage } = waiter;
      if (!(sharers <= start.sharers[stage])) start.sharers[stage] = sharers;
      if (spec.what === "weights") {
        const own = start.shares.find((other) => other.node === share.node) as NodeShare;
        for (const tier of spec.keepIn) own.staged = nearer(own.staged, tier);
      }
      start.waitsFor.delete(transfer);
      this.#arrived(waiter, now);
    }
  }

  /** A start waits no more: what only it waits for stops, what others wait for goes on or begins. */
  leave(start: Start, now: number): void {
    for (const transfer of start.waitsFor) {
      const others = transfer.waiters.filter((waiter) => waiter.start !== start);
      if (others.length === 0 && transfer.moveId >= 0) {
        this.#observed?.(observation(transfer, now, true));
      }
      transfer.waiters.length = 0;
      transfer.waiters.push(...others);
      if (others.length === 0) this.#stop(transfer, now);
      else this.begin(transfer, now);
    }
  }

  #stop(transfer: Transfer, now: number): void {
    const { share, reserved, reading } = transfer;
    this.#forget(transfer);
    this.#transfers.cancel(transfer.moveId, now);
    if (reading !== null) this.#weights?.unpin(share.node, reading, share.key);
    for (const tier of reserved) this.#weights?.abandon(share.node, tier, share.key, now);
  }

  #forget(transfer: Transfer): void {
    this.#moving.delete(transfer.moveId);
    if (transfer.sharedKey !== "") this.#shared.delete(transfer.sharedKey);
  }
}

/** A transfer that is over now, as an observer is told of it. */
function observation(transfer: Transfer, now: number, isCut: boolean): ObservedTransfer {
  const { spec, bytes, beganAtSeconds, waiters } = transfer;
  return {
    use: USES[spec.what],
    bytes,
    from: sourceOf(transfer),
    startAtSeconds: beganAtSeconds,
    endAtSeconds: now,
    waiters: waiters.map(({ start: { request }, stage }) => ({
      instanceId: request.instance,
      stage: request.plan.stages[stage].name,
    })),
    isCut,
  };
}

/** Where a transfer's bytes come from: the nearest tier, or the end that its route names. */
function sourceOf({ route, share, tier, spec }: Transfer): Place {
  const { node } = share;
  const { links } = route;
  if (tier === "dram") return { kind: "host", node };
  if (tier === "ssd") return { kind: "disk", node };
  if (links.includes("registry")) return REGISTRY;
  if (links.includes("storage")) return STORE;
  if (links.includes("ssd")) return { kind: "disk", node };
  if (links.includes("host")) return { kind: "host", node };
  return spec.what === "image" ? REGISTRY : STORE;
}

/** Where they go: into a GPU if the route leads there, else into host memory. */
function targetOf(route: TransferRoute, node: number, gpu: number): NodePlace {
  return crossesGpu(route) ? { kind: "gpu", node, gpu } : { kind: "host", node };
}
