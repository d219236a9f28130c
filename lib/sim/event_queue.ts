import { LIMITS, plain } from "./limits.ts";

/**
 * A pending-event set on typed arrays: a binary heap ordered by (time, priority, sequence), so that
 * the order of coincident events is total and first in, first out within a priority. Events are an
 * integer kind and two integer operands; nothing is allocated per event.
 *
 * After {@link EventQueue.pop}, the event's fields stand in `timeSeconds`, `kind`, `a` and `b`.
 *
 * @example
 * ```ts
 * import { EventQueue } from "./event_queue.ts";
 * const queue = new EventQueue();
 * queue.push(2, 0, 7, 1);
 * queue.push(1, 0, 8, 2);
 * queue.pop();
 * console.log(queue.timeSeconds, queue.kind); // 1 8
 * ```
 */
export class EventQueue {
  /** Instant of the event popped last, seconds. */
  timeSeconds = 0;
  /** Kind of the event popped last. */
  kind = 0;
  /** First operand of the event popped last. */
  a = 0;
  /** Second operand of the event popped last. */
  b = 0;
  /** Place of the event popped last among those of its instant: see {@link EventQueue.rankOf}. */
  rank = 0;

  #size = 0;
  #sequence = 0;
  #times: Float64Array;
  /** priority * 2^48 + sequence: one comparison settles both. */
  #ranks: Float64Array;
  #kinds: Int32Array;
  #as: Int32Array;
  #bs: Int32Array;

  readonly #most: number;

  /**
   * Makes a queue with room for `capacity` (>= 1) events; it grows as needed.
   *
   * @param most Events that may wait at one time, looked at whenever the queue grows.
   */
  constructor(capacity = 64, most: number = LIMITS.pendingEvents.value) {
    this.#most = most;
    // Infinity stands in the first place while there is no event.
    this.#times = new Float64Array(capacity).fill(Infinity);
    this.#ranks = new Float64Array(capacity);
    this.#kinds = new Int32Array(capacity);
    this.#as = new Int32Array(capacity);
    this.#bs = new Int32Array(capacity);
  }

  /** Place among the events of one instant: the lowest is first. */
  static rankOf(priority: number, order: number): number {
    return priority * 2 ** 48 + order;
  }

  /** Pending events. */
  get size(): number {
    return this.#size;
  }

  /** Instant of the next event, seconds; Infinity when there is none. */
  get nextSeconds(): number {
    return this.#times[0];
  }

  /**
   * Adds an event.
   *
   * @param timeSeconds Instant, seconds; not NaN.
   * @param priority Order among coincident events, 0 (first) to 15.
   * @param order Order within the priority, a whole number >= 0; as they were pushed unless given. All
   *   events of a priority have an order given, or none.
   */
  push(
    timeSeconds: number,
    priority: number,
    kind: number,
    a = 0,
    b = 0,
    order = this.#sequence++,
  ): void {
    if (Number.isNaN(timeSeconds)) {
      throw new RangeError(`Cannot push an event at an instant: current value is ${timeSeconds}`);
    }
    if (this.#size === this.#times.length) this.#grow();
    const rank = EventQueue.rankOf(priority, order);
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentTime = this.#times[parent];
      if (parentTime < timeSeconds) break;
      if (parentTime <= timeSeconds && this.#ranks[parent] < rank) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#place(hole, timeSeconds, rank, kind, a, b);
  }

  /** Takes the next event into the public fields; false when there is none. */
  pop(): boolean {
    if (this.#size === 0) return false;
    this.timeSeconds = this.#times[0];
    this.kind = this.#kinds[0];
    this.a = this.#as[0];
    this.b = this.#bs[0];
    this.rank = this.#ranks[0];
    const last = --this.#size;
    if (last > 0) this.#sink(last);
    else this.#times[0] = Infinity;
    return true;
  }

  /** Puts the entry at `last` back from the root downwards. */
  #sink(last: number): void {
    const time = this.#times[last];
    const rank = this.#ranks[last];
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#before(child + 1, child)) child++;
      const childTime = this.#times[child];
      if (time < childTime || (time <= childTime && rank < this.#ranks[child])) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#place(hole, time, rank, this.#kinds[last], this.#as[last], this.#bs[last]);
  }

  #before(i: number, j: number): boolean {
    const ti = this.#times[i];
    const tj = this.#times[j];
    return ti < tj || (ti <= tj && this.#ranks[i] < this.#ranks[j]);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from];
    this.#ranks[to] = this.#ranks[from];
    this.#kinds[to] = this.#kinds[from];
    this.#as[to] = this.#as[from];
    this.#bs[to] = this.#bs[from];
  }

  #place(at: number, time: number, rank: number, kind: number, a: number, b: number): void {
    this.#times[at] = time;
    this.#ranks[at] = rank;
    this.#kinds[at] = kind;
    this.#as[at] = a;
    this.#bs[at] = b;
  }

  #grow(): void {
    if (this.#size >= this.#most) {
      throw new RangeError(
        `Cannot add an event to a queue of at most ${plain(this.#most)}: current value is ` +
          `${this.#size} that wait, the next of them at ${this.nextSeconds} s`,
      );
    }
    const capacity = this.#times.length * 2;
    const doubled = <T extends Float64Array | Int32Array>(next: T, old: T): T => {
      next.set(old);
      return next;
    };
    this.#times = doubled(new Float64Array(capacity), this.#times);
    this.#ranks = doubled(new Float64Array(capacity), this.#ranks);
    this.#kinds = doubled(new Int32Array(capacity), this.#kinds);
    this.#as = doubled(new Int32Array(capacity), this.#as);
    this.#bs = doubled(new Int32Array(capacity), this.#bs);
  }
}
