import type { Clock } from "../../engine/clock.ts";
import type {
  LinkName,
  Place,
  TargetPlace,
  TransferOwner,
  Transfers,
  Way,
} from "../../network/mod.ts";
import type { BlockRange } from "../../scheduling/kv_cache/tiers/mod.ts";
import { EVENTS } from "../events.ts";
import type { Schedule } from "../schedule.ts";
import type { KvTierParts, TierParts } from "./kv_tier_parts.ts";

/** Blocks to be moved into a tier or out of it. */
export interface TierMove {
  /** Instance that they are moved for. */
  readonly instanceId: number;
  /** The blocks, and their bytes. */
  readonly ranges: readonly BlockRange[];
  readonly bytes: number;
  /** The tier that is read, or written: its rate and its set-up time count. */
  readonly tier: TierParts;
  readonly from: readonly Place[];
  readonly to: readonly TargetPlace[];
  /** They are there; not called where the move is given up. */
  arrives(): void;
  /** It is given up. */
  givesUp(): void;
}

/** One under way. */
interface UnderWay {
  readonly move: TierMove;
  /** Number among the transfers of the network; -1 before its bytes flow, and after. */
  flow: number;
}

/**
 * The KV blocks on their way between engines and cache tiers. A move takes the set-up time of its tier
 * and then the time that the links give its bytes, beside images and weights; its end is an event.
 */
export class TierMoves implements TransferOwner {
  readonly #parts: KvTierParts;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #linksChange: () => void;
  readonly #underWay = new Map<number, UnderWay>();
  readonly #flowing = new Map<number, number>();
  readonly #ways = new Map<string, Way>();
  #next = 0;

  /** @param linksChange Is called when bytes have begun, or ceased, to flow. */
  constructor(parts: KvTierParts, clock: Clock, schedule: Schedule, linksChange: () => void) {
    this.#parts = parts;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#linksChange = linksChange;
  }

  /** Those under way, in the order of their beginnings. */
  *all(): Generator<TierMove> {
    for (const { move } of this.#underWay.values()) yield move;
  }

  /** Begins a move and returns its number; -1 where it takes no time, so that it has ended. */
  begin(move: TierMove): number {
    const { setupSeconds } = move.tier;
    const id = this.#next++;
    const underWay = { move, flow: -1 };
    if (setupSeconds > 0) {
      this.#underWay.set(id, underWay);
      this.#schedule.at(EVENTS.tierFlow, this.#clock.now + setupSeconds, id);
      return id;
    }
    if (!this.#flow(id, underWay)) {
      move.arrives();
      return -1;
    }
    this.#underWay.set(id, underWay);
    return id;
  }

  /** The set-up of a move is over; nothing happens if it was given up. */
  flow(id: number): void {
    const underWay = this.#underWay.get(id);
    if (underWay === undefined || this.#flow(id, underWay)) return;
    this.#underWay.delete(id);
    underWay.move.arrives();
  }

  /** Lets the bytes of a move flow; false if nothing on their way takes time. */
  #flow(id: number, underWay: UnderWay): boolean {
    const { from, to, bytes, tier } = underWay.move;
    const way = this.#wayOf(tier, from[0], to[0]);
    const transfers: Transfers = this.#parts.transfers;
    const flow = transfers.start(from, to, bytes, "kv", this, this.#clock.now, way);
    if (flow < 0) return false;
    underWay.flow = flow;
    this.#flowing.set(flow, id);
    this.#linksChange();
    return true;
  }

  /** What bytes cross between two places, no faster than the tier reads or writes. */
  #wayOf({ kind, bytesPerSecond }: TierParts, from: Place, to: TargetPlace): Way {
    const links: readonly LinkName[] = this.#parts.topology.linksBetween(from, to);
    const key = `${kind} ${bytesPerSecond} ${links}`;
    let way = this.#ways.get(key);
    if (way === undefined) {
      this.#ways.set(key, way = { links, limitBytesPerSecond: bytesPerSecond });
    }
    return way;
  }

  /** The last byte of a flow is there; what follows happens in its place among the events. */
  transferEnds(flow: number, nowSeconds: number): void {
    const id = this.#flowing.get(flow)!;
    this.#flowing.delete(flow);
    this.#underWay.get(id)!.flow = -1;
    this.#schedule.at(EVENTS.tierArrival, nowSeconds, id);
  }

  /** The blocks of a move are there; nothing happens if it was given up. */
  arrive(id: number): void {
    const underWay = this.#underWay.get(id);
    if (underWay === undefined) return;
    this.#underWay.delete(id);
    underWay.move.arrives();
  }

  /** Gives a move up, if it is under way. */
  cancel(id: number): void {
    const underWay = this.#underWay.get(id);
    if (underWay === undefined) return;
    this.#underWay.delete(id);
    if (underWay.flow >= 0) {
      this.#flowing.delete(underWay.flow);
      this.#parts.transfers.cancel(underWay.flow, this.#clock.now);
      this.#linksChange();
    }
    underWay.move.givesUp();
  }

  /** Gives all moves for an instance up. */
  cancelAll(instanceId: number): void {
    for (const [id, { move }] of [...this.#underWay]) {
      if (move.instanceId === instanceId) this.cancel(id);
    }
  }
}
