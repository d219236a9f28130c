import { EventQueue } from "../sim/event_queue.ts";
import type { EventKind } from "./events.ts";
import type { RequestWindow } from "./stream/mod.ts";

/** The pending events of a run. */
export class Schedule extends EventQueue {
  /** Instant of the event popped last, and the last place of an event popped at it. */
  #atSeconds = -1;
  #lastRank = -1;
  readonly #window: RequestWindow | undefined;

  /** @param window Is told which requests events name; absent: nobody asks. */
  constructor(window?: RequestWindow) {
    super();
    this.#window = window;
  }

  /** Has an event happen at an instant, seconds; `a` and `b` are its operands. */
  at({ kind, priority, isOfRequest }: EventKind, atSeconds: number, a = 0, b = 0): void {
    if (isOfRequest === true) this.#window?.pin(a);
    this.push(atSeconds, priority, kind, a, b);
  }

  /** The same for an event that has a place of its own among those of its priority. */
  atInOrder(
    { kind, priority }: EventKind,
    atSeconds: number,
    order: number,
    a: number,
    b = 0,
  ): void {
    this.push(atSeconds, priority, kind, a, b, order);
  }

  override pop(): boolean {
    const isAny = super.pop();
    if (isAny) {
      this.#lastRank = this.timeSeconds > this.#atSeconds
        ? this.rank
        : Math.max(this.#lastRank, this.rank);
      this.#atSeconds = this.timeSeconds;
    }
    return isAny;
  }

  /** Whether an event in that place at an instant would have happened by now. */
  isPast({ priority }: EventKind, atSeconds: number, order: number, now: number): boolean {
    if (atSeconds < now) return true;
    return atSeconds <= now && this.#atSeconds >= now &&
      this.#lastRank >= EventQueue.rankOf(priority, order);
  }
}
