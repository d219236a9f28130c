import { grown } from "./flow_queues.ts";

/** How long something is on its way, and over which links; see {@link LinkUsers.enter}. */
export interface LinkStay {
  readonly links: readonly number[];
  readonly sinceSeconds: number;
  /** User-seconds of each link until then. */
  readonly before: readonly number[];
}

/**
 * How many transfers are on each link, over time: a transfer of several flows is one. A change costs one
 * addition for each link that it crosses.
 */
export class LinkUsers {
  #counts = new Float64Array(16);
  /** User-seconds until the last change of the link's count, and when that was. */
  #userSeconds = new Float64Array(16);
  #changedAt = new Float64Array(16);

  /** A transfer begins to cross some links. */
  enter(links: readonly number[], now: number): LinkStay {
    const before = links.map((link) => this.#change(link, 1, now));
    return { links, sinceSeconds: now, before };
  }

  /**
   * A transfer is over. Returns how many transfers, itself included, were on the link that was busiest
   * for its speed, mean over the time of the transfer; 1 where it crossed no link.
   *
   * @param capacityOf Bytes per second of a link.
   */
  leave(
    { links, sinceSeconds, before }: LinkStay,
    now: number,
    capacityOf: (link: number) => number,
  ): number {
    let [users, busiest] = [1, 0];
    for (const [i, link] of links.entries()) {
      const after = this.#change(link, -1, now);
      const mean = now > sinceSeconds ? (after - before[i]) / (now - sinceSeconds) : 1;
      const busy = mean / capacityOf(link);
      if (busy > busiest) [users, busiest] = [mean, busy];
    }
    return users;
  }

  /** Counts a user of a link more or fewer; returns the user-seconds until now. */
  #change(link: number, by: number, now: number): number {
    while (link >= this.#counts.length) {
      const size = 2 * this.#counts.length;
      this.#counts = grown(this.#counts, new Float64Array(size));
      this.#userSeconds = grown(this.#userSeconds, new Float64Array(size));
      this.#changedAt = grown(this.#changedAt, new Float64Array(size));
    }
    this.#userSeconds[link] += this.#counts[link] * (now - this.#changedAt[link]);
    this.#changedAt[link] = now;
    this.#counts[link] += by;
    return this.#userSeconds[link];
  }
}
