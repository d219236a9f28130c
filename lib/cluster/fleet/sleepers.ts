import type { SleepRecord } from "../../metrics/run_record.ts";

/** An instance that sleeps. */
export interface Sleeper {
  readonly instanceId: number;
  readonly functionId: number;
  /** Its machine; -1 where machines are not told apart. */
  readonly node: number;
  /** Host memory that it holds, bytes. */
  readonly dramBytes: number;
  readonly sinceSeconds: number;
}

/**
 * The instances that sleep: off their GPUs, holding host memory of their machines until an instance
 * is made of them, their time is over, or somebody needs the memory.
 */
export class Sleepers {
  /** Those asleep, the longest first. */
  #asleep: Sleeper[] = [];
  /** Ends of all sleeps that are over, by instance, seconds. */
  readonly #endAtSeconds = new Map<number, number>();
  readonly #freeDramBytes: Float64Array | undefined;
  readonly #counts = { sleeps: 0, wakes: 0, expired: 0, evicted: 0, byteSeconds: 0 };

  /** @param freeDramBytes Free host memory by machine, bytes; absent: as much as they need. */
  constructor(freeDramBytes: Float64Array | undefined) {
    this.#freeDramBytes = freeDramBytes;
  }

  /**
   * An instance goes to sleep; those that have slept longest on its machine make room. Returns
   * whether there is room at all.
   */
  add(sleeper: Sleeper): boolean {
    const { node, dramBytes, sinceSeconds } = sleeper;
    if (!this.makeRoom(node, dramBytes, sinceSeconds)) return false;
    if (this.#freeDramBytes !== undefined) this.#freeDramBytes[node] -= dramBytes;
    this.#asleep.push(sleeper);
    this.#counts.sleeps++;
    return true;
  }

  /**
   * Counts as free what the next instance of a function would wake from, one on each machine: the last
   * one to sleep there. To be taken back before anything else happens.
   */
  lend(functionId: number): readonly Sleeper[] {
    const free = this.#freeDramBytes;
    const lent: Sleeper[] = [];
    if (free === undefined) return lent;
    for (const one of this.#asleep.toReversed()) {
      if (one.functionId !== functionId || lent.some(({ node }) => node === one.node)) continue;
      lent.push(one);
      free[one.node] += one.dramBytes;
    }
    return lent;
  }

  /** What was lent is in use again. */
  takeBack(lent: readonly Sleeper[]): void {
    for (const { node, dramBytes } of lent) this.#freeDramBytes![node] -= dramBytes;
  }

  /**
   * Ends the longest sleeps on a machine until `bytes` are free; false, and none, if they never are.
   *
   * @param lent Sleeps that go on: their memory is counted as free.
   */
  makeRoom(node: number, bytes: number, now: number, lent: readonly Sleeper[] = []): boolean {
    const free = this.#freeDramBytes;
    if (free === undefined || free[node] >= bytes) return true;
    const here = this.#asleep.filter((other) => other.node === node && !lent.includes(other));
    const held = here.reduce((sum, other) => sum + other.dramBytes, 0);
    if (free[node] + held < bytes) return false;
    for (const other of here) {
      if (free[node] >= bytes) break;
      if (other.dramBytes === 0) continue;
      this.#end(other, now);
      this.#counts.evicted++;
    }
    return true;
  }

  /** The one of a function that went to sleep last, of those on machines that will do. */
  find(functionId: number, willDo: (node: number) => boolean): Sleeper | undefined {
    return this.#asleep.findLast((one) => one.functionId === functionId && willDo(one.node));
  }

  /** An instance is made of it. */
  wake(sleeper: Sleeper, now: number): void {
    this.#end(sleeper, now);
    this.#counts.wakes++;
  }

  /** The time of a sleeping instance is over; nothing if it does not sleep any more. */
  expire(instanceId: number, now: number): void {
    const sleeper = this.#asleep.find((one) => one.instanceId === instanceId);
    if (sleeper === undefined) return;
    this.#end(sleeper, now);
    this.#counts.expired++;
  }

  /** A machine is gone, and those that slept on it. */
  loseNode(node: number, now: number): void {
    for (const one of this.#asleep.filter((other) => other.node === node)) this.#end(one, now);
  }

  /** End of an instance's sleep, seconds; undefined while it sleeps. */
  endAtSeconds(instanceId: number): number | undefined {
    return this.#endAtSeconds.get(instanceId);
  }

  /** When an instance of a function that is asleep went to sleep, the last of them; -Infinity: none. */
  lastSinceSeconds(functionId: number): number {
    const last = this.#asleep.findLast((one) => one.functionId === functionId);
    return last?.sinceSeconds ?? -Infinity;
  }

  /** What sleeping came to by the end of the run. */
  record(endAtSeconds: number): SleepRecord {
    const held = this.#asleep.reduce(
      (sum, { dramBytes, sinceSeconds }) => sum + dramBytes * (endAtSeconds - sinceSeconds),
      0,
    );
    return { ...this.#counts, byteSeconds: this.#counts.byteSeconds + held };
  }

  #end(sleeper: Sleeper, now: number): void {
    const { instanceId, node, dramBytes, sinceSeconds } = sleeper;
    this.#asleep = this.#asleep.filter((other) => other !== sleeper);
    this.#endAtSeconds.set(instanceId, now);
    this.#counts.byteSeconds += dramBytes * (now - sinceSeconds);
    if (this.#freeDramBytes !== undefined) this.#freeDramBytes[node] += dramBytes;
  }
}
