import { LIMITS, plain } from "../sim/limits.ts";

/** What shows whether a run gets on. */
export interface Advance {
  /** Requests that have arrived, and those that have ended. */
  readonly arrived: number;
  readonly ended: number;
}

/**
 * Ends a run in which events bring about events of their kind without end (starts that fail, machines
 * that fail, instances that come and go) and nothing comes of them for the requests inside.
 */
export class Standstill {
  readonly #most: number;
  #events = 0;
  #progress = 0;

  /** @param most Events between two looks at whether the run gets on. */
  constructor(most: number = LIMITS.eventsWithoutProgress.value) {
    this.#most = most;
  }

  /**
   * Counts an event at an instant, seconds.
   *
   * @throws {RangeError} If requests are inside and none has come or ended for as many events.
   */
  count({ arrived, ended }: Advance, now: number): void {
    if (++this.#events <= this.#most) return;
    if (arrived > ended && arrived + ended === this.#progress) {
      throw new RangeError(
        `Cannot make progress at ${now} s: current value is ${plain(arrived - ended)} requests ` +
          `inside, of which none has ended in the last ${
            plain(this.#most)
          } failures, starts and stops`,
      );
    }
    this.#progress = arrived + ended;
    this.#events = 0;
  }
}
