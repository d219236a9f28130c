/** Instants to come that no leap of an engine passes, in order. */
export class StepLimits {
  readonly #atSeconds: number[] = [];

  /** The next one, seconds; Infinity when there is none. */
  get firstSeconds(): number {
    return this.#atSeconds.length > 0 ? this.#atSeconds[0] : Infinity;
  }

  /** Adds an instant, seconds. */
  add(atSeconds: number): void {
    const place = this.#atSeconds.findIndex((limit) => limit > atSeconds);
    this.#atSeconds.splice(place < 0 ? this.#atSeconds.length : place, 0, atSeconds);
  }

  /** Forgets those up to `now`; returns whether there were any. */
  pass(now: number): boolean {
    const before = this.#atSeconds.length;
    while (this.#atSeconds[0] <= now) this.#atSeconds.shift();
    return this.#atSeconds.length < before;
  }
}
