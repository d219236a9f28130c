import type { RequestWindow } from "./request_window.ts";

/** The requests that arrive by the clock. */
export interface ArrivalsByClock {
  /** Instant of the next one, seconds; Infinity when there is none. */
  readonly nextAtSeconds: number;
  /** Whether there are any left. */
  readonly isMore: boolean;
  /** Takes the request that is due; -1 for a row that another request's end releases. */
  take(): number;
}

/** The requests that arrive by the clock of a workload that is drawn piece by piece. */
export class StreamedArrivals implements ArrivalsByClock {
  nextAtSeconds = Infinity;
  readonly #window: RequestWindow;
  /**
   * Places of the first ones of a closed loop, the next one last: each end takes the first row behind
   * them, though some of them may not have arrived.
   */
  readonly #firstOfLoop: number[] = [];

  /** Seconds from a client's sending a request to its arrival. */
  readonly #waySeconds: number;

  constructor(window: RequestWindow, waySeconds = 0) {
    this.#window = window;
    this.#waySeconds = waySeconds;
    const { closedLoop } = window.table;
    if (closedLoop !== undefined) {
      const count = Math.min(window.count, closedLoop.concurrency);
      for (let i = 0; i < count; i++) this.#firstOfLoop.push(window.take());
      this.#firstOfLoop.reverse();
    }
    this.#look();
  }

  get isMore(): boolean {
    const { table, taken, count } = this.#window;
    return table.closedLoop === undefined ? taken < count : this.#firstOfLoop.length > 0;
  }

  take(): number {
    const place = this.#firstOfLoop.pop() ?? this.#window.take();
    this.#look();
    return place;
  }

  #look(): void {
    const { table } = this.#window;
    const first = this.#firstOfLoop.at(-1);
    if (!this.isMore) this.nextAtSeconds = Infinity;
    else {
      const sentAtSeconds = first === undefined
        ? this.#window.nextAtSeconds
        : table.arrivalAtSeconds[first];
      this.nextAtSeconds = sentAtSeconds + this.#waySeconds;
    }
  }
}
