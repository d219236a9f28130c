import type { Clock } from "../../engine/clock.ts";
import type { TierKind } from "../../metrics/kv_tier_record.ts";
import type { BlockRange } from "../../scheduling/kv_cache/tiers/mod.ts";
import { EVENTS } from "../events.ts";
import type { KvHolder } from "../handoff/kv_transfer_parts.ts";
import type { Schedule } from "../schedule.ts";
import type { KvTierParts, TierParts } from "./kv_tier_parts.ts";

/** Blocks to be moved into a tier or out of it. */
export interface TierMove {
  /** Instance that they are moved for. */
  readonly instance: KvHolder;
  /** The blocks, and their bytes. */
  readonly ranges: readonly BlockRange[];
  readonly bytes: number;
  /** The tier that is read, or written: its rate and its set-up time count. */
  readonly tier: TierParts;
  readonly from: TierKind | "gpu";
  readonly to: TierKind | "gpu";
  /** They are there; not called where the move is given up. */
  arrives(): void;
  /** It is given up. */
  givesUp(): void;
}

/** One under way. */
interface UnderWay {
  readonly move: TierMove;
  /** Number of its bytes' flow; -1 before they flow, and after. */
  flow: number;
}

/**
 * The KV blocks on their way between engines and cache tiers. A move takes the set-up time of its tier
 * and then the time that the links give its bytes, beside images and weights; its end is an event.
 */
export class TierMoves {
  readonly #parts: KvTierParts;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #linksChange: () => void;
  readonly #underWay = new Map<number, UnderWay>();
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
    const { instance, from, to, bytes, tier: { bytesPerSecond } } = underWay.move;
    // What follows from the end happens in its place among the events.
    const ended = (_: number, nowSeconds: number) => {
      underWay.flow = -1;
      this.#schedule.at(EVENTS.tierArrival, nowSeconds, id);
    };
    const { now } = this.#clock;
    const flow = this.#parts.start(instance, from, to, bytes, bytesPerSecond, ended, now);
    if (flow < 0) return false;
    underWay.flow = flow;
    this.#linksChange();
    return true;
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
      this.#parts.cancel(underWay.flow, this.#clock.now);
      this.#linksChange();
    }
    underWay.move.givesUp();
  }

  /** Gives all moves for an instance up. */
  cancelAll(instanceId: number): void {
    for (const [id, { move }] of [...this.#underWay]) {
      if (move.instance.id === instanceId) this.cancel(id);
    }
  }
}
