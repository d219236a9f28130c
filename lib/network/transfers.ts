import { type LinkStay, LinkUsers } from "./link_users.ts";
import { type Place, placeName, type TargetPlace } from "./places.ts";
import type { Topology, Way } from "./topology.ts";

/** What bytes are for. */
export const TRANSFER_USES = ["image", "weights", "snapshot", "kv", "other"] as const;
/** What the bytes of a transfer are: a container image, weights, an engine's snapshot, KV entries. */
export type TransferUse = (typeof TRANSFER_USES)[number];

/** Whoever has bytes moved. */
export interface TransferOwner {
  /**
   * The last byte of a transfer has arrived. Those of one instant have all ended when one is told.
   *
   * @param sharers Transfers on the link that was busiest for its speed, this one included: mean over the
   *   time of the transfer; NaN where nobody counts them.
   */
  transferEnds(id: number, nowSeconds: number, sharers: number): void;
}

/** A transfer under way. */
interface Transfer {
  readonly use: TransferUse;
  readonly owner: TransferOwner;
  readonly bytes: number;
  readonly flows: number[];
  flowsLeft: number;
  /** Where it is counted; absent where nobody counts. */
  readonly stay?: LinkStay;
}

/**
 * Bytes on their way between places, whoever they are for: images and weights of starts, and whatever
 * else moves over the same links. A transfer is one or several flows that begin together (one to each
 * GPU, say) and is over when the last of them is; flows of all transfers share their links max-min
 * fairly. Time never runs backwards.
 *
 * @example
 * ```ts
 * import { FlowNetwork } from "./flow_network.ts";
 * import { STORE } from "./places.ts";
 * import { Topology } from "./topology.ts";
 * import { Transfers } from "./transfers.ts";
 * const topology = new Topology(new FlowNetwork());
 * const node = topology.addNode({ gpus: 1, nicBytesPerSecond: 10e9 });
 * const transfers = new Transfers(topology);
 * const owner = { transferEnds: (id: number, at: number) => console.log(id, at) };
 * const memory = { kind: "host", node } as const;
 * transfers.start(STORE, memory, 20e9, "weights", owner, 0);
 * const other = transfers.start(STORE, memory, 20e9, "weights", owner, 0);
 * console.log(transfers.nextSeconds); // 4
 * console.log(transfers.cancel(other, 1)); // 15e9 bytes were left
 * console.log(transfers.nextSeconds); // 2.5
 * transfers.advance(2.5); // 0 2.5
 * ```
 */
export class Transfers {
  readonly #topology: Topology;
  readonly #underWay = new Map<number, Transfer>();
  readonly #movedBytes = new Map<TransferUse, number>();
  /** Ways over all links between two places, each made once, since paths are kept by way. */
  readonly #ways = new Map<string, Way>();
  /** Transfers on each link; absent: nobody asks. */
  readonly #users: LinkUsers | undefined;
  #nextId = 0;

  /**
   * Makes transfers over the links of a topology, whose network has no flows but theirs.
   *
   * @param options Whether owners are told how many transfers shared the links; default false.
   */
  constructor(topology: Topology, options: { readonly countsSharers?: boolean } = {}) {
    this.#topology = topology;
    this.#users = options.countsSharers ? new LinkUsers() : undefined;
  }

  /** Instant at which the next transfer's flow ends, seconds; Infinity when nothing is under way. */
  get nextSeconds(): number {
    return this.#topology.network.nextCompletionSeconds();
  }

  /** Transfers under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Bytes of transfers that are over, and what those that were given up had moved. */
  movedBytes(use: TransferUse): number {
    return this.#movedBytes.get(use) ?? 0;
  }

  /**
   * Begins a transfer and returns its number; -1 when nothing on the way binds, so that the bytes are
   * there at once and nobody is told.
   *
   * @param from One place, or several (the GPUs of an instance), each of which sends an equal part.
   * @param to Likewise. There are as many flows as on the larger side; its places share those of the
   *   smaller side evenly, in order.
   * @param bytes Bytes in all, finite, >= 0.
   * @param owner Who is told of the end.
   * @param way What is crossed; every link between the places, at their speed, unless given.
   * @throws {RangeError} If there is no place, or the bytes are not such a number.
   */
  start(
    from: Place | readonly Place[],
    to: TargetPlace | readonly TargetPlace[],
    bytes: number,
    use: TransferUse,
    owner: TransferOwner,
    now: number,
    way?: Way,
  ): number {
    const [sources, targets] = [[from].flat(), [to].flat()];
    const count = Math.max(sources.length, targets.length);
    if (sources.length === 0 || targets.length === 0 || !(bytes >= 0) || bytes === Infinity) {
      throw new RangeError(
        `Cannot move ${use} as bytes >= 0 between places: current value is ${bytes} from ` +
          `[${sources.map(placeName)}] to [${targets.map(placeName)}]`,
      );
    }
    const paths: number[] = [];
    for (let i = 0; i < count; i++) {
      const source = sources[Math.floor(i * sources.length / count)];
      const target = targets[Math.floor(i * targets.length / count)];
      const path = this.#topology.path(way ?? this.#wayBetween(source, target), source, target);
      if (path >= 0) paths.push(path);
    }
    if (paths.length === 0) {
      this.#moved(use, bytes);
      return -1;
    }
    const id = this.#nextId++;
    const { network } = this.#topology;
    const flows = paths.map((path) => network.startOnPath(path, bytes / count, now, id));
    const links = this.#users && [...new Set(paths.flatMap((path) => network.linksOf(path)))];
    this.#underWay.set(id, {
      ...{ use, owner, bytes, flows, flowsLeft: flows.length },
      ...(links && { stay: this.#users!.enter(links, now) }),
    });
    return id;
  }

  /** Gives a transfer up and returns the bytes that it had left; 0 when it is over. */
  cancel(id: number, now: number): number {
    const transfer = this.#underWay.get(id);
    if (transfer === undefined) return 0;
    this.#underWay.delete(id);
    this.#sharersOf(transfer, now);
    const { network } = this.#topology;
    const left = transfer.flows.reduce((sum, flow) => sum + network.cancel(flow, now), 0);
    this.#moved(transfer.use, transfer.bytes - left);
    return left;
  }

  /** Goes on to `now`; the owners of the transfers that are over are told, in the order of the ends. */
  advance(now: number): void {
    const over: { readonly id: number; readonly owner: TransferOwner; sharers: number }[] = [];
    for (const id of this.#topology.network.advance(now)) {
      const transfer = this.#underWay.get(id);
      if (transfer === undefined || --transfer.flowsLeft > 0) continue;
      this.#underWay.delete(id);
      this.#moved(transfer.use, transfer.bytes);
      over.push({ id, owner: transfer.owner, sharers: this.#sharersOf(transfer, now) });
    }
    for (const { id, owner, sharers } of over) owner.transferEnds(id, now, sharers);
  }

  /** A transfer is over: how many shared its busiest link. */
  #sharersOf({ stay }: Transfer, now: number): number {
    const { network } = this.#topology;
    return stay === undefined
      ? NaN
      : this.#users!.leave(stay, now, (link) => network.capacity(link));
  }

  #moved(use: TransferUse, bytes: number): void {
    this.#movedBytes.set(use, this.movedBytes(use) + bytes);
  }

  #wayBetween(from: Place, to: TargetPlace): Way {
    const links = this.#topology.linksBetween(from, to);
    const name = links.join();
    let way = this.#ways.get(name);
    if (way === undefined) {
      this.#ways.set(name, way = { links, limitBytesPerSecond: Infinity });
    }
    return way;
  }
}
