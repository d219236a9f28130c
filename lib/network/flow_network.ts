import { FlowQueues, grown } from "./flow_queues.ts";
import { LinkShares } from "./link_shares.ts";
import { MinimumTree } from "./minimum_tree.ts";

/** Completions closer together than this are one instant, seconds: rounding must not split them. */
const SAME_INSTANT_SECONDS = 1e-9;

/**
 * Flows on max-min-fair links, in time. A flow crosses its links at one rate; rates change only when
 * a flow starts or ends (`LinkShares` finds them), and with them the instants at which flows are done.
 *
 * Protocol: time never runs backwards; before a call with a later `now`, take the completions up to
 * that instant with `advance`.
 *
 * @example
 * ```ts
 * import { FlowNetwork } from "simfaasinfer/network";
 * const network = new FlowNetwork();
 * const nic = network.addLink(2e9);
 * network.start([nic], 4e9, 0, 7);
 * console.log(network.nextCompletionSeconds(), network.advance(2)); // 2 [ 7 ]
 * ```
 */
export class FlowNetwork {
  #clock = 0;
  #nextFlow = 0;

  readonly #links = new LinkShares();
  readonly #flows = new FlowQueues();

  // Paths; the rates are the shares in force.
  #rates = new Float64Array(16);
  /** Bytes served to each flow of the path since it was last idle (its virtual time). */
  #served = new Float64Array(16);
  #settledAt = new Float64Array(16);
  #carried = new Float64Array(16);
  readonly #completions = new MinimumTree();

  /** Flows under way. */
  get activeFlows(): number {
    return this.#flows.size;
  }

  /** Links so far; ids run from 0. */
  get linkCount(): number {
    return this.#links.linkCount;
  }

  /**
   * Adds a link and returns its id (0, 1, 2, ...).
   *
   * @param capacityBytesPerSecond Finite, > 0.
   * @throws {RangeError} If the capacity is not a positive finite number.
   */
  addLink(capacityBytesPerSecond: number): number {
    return this.#links.addLink(capacityBytesPerSecond);
  }

  /** Capacity of a link, bytes per second. */
  capacity(link: number): number {
    return this.#links.capacity(link);
  }

  /**
   * Id of the path over `links` (a set: order does not matter), the same for the same arguments.
   *
   * @param limitBytesPerSecond The most that one flow takes whatever the links allow (a loader's own speed).
   */
  path(links: readonly number[], limitBytesPerSecond = Infinity): number {
    const path = this.#links.path(links, limitBytesPerSecond);
    if (path >= this.#rates.length) this.#growPaths(2 * path);
    return path;
  }

  /** Links of a path, ascending. */
  linksOf(path: number): readonly number[] {
    return this.#links.linksOf(path);
  }

  /** Starts a flow over `links`; see `startOnPath`. */
  start(links: readonly number[], bytes: number, now: number, token: number): number {
    return this.startOnPath(this.path(links), bytes, now, token);
  }

  /**
   * Starts a flow and returns its id; ids grow with every start.
   *
   * @param bytes Bytes to move, finite, >= 0.
   * @param token The number that `advance` returns when the flow is done.
   * @throws {RangeError} If time runs backwards or completions before `now` were not taken.
   */
  startOnPath(path: number, bytes: number, now: number, token: number): number {
    if (!(bytes >= 0) || bytes === Infinity) {
      throw new RangeError(`Cannot start a flow as bytes >= 0: current value is ${bytes}`);
    }
    this.#moveTo(now);
    this.#settle(path, now);
    const id = this.#nextFlow++;
    this.#flows.insert(path, this.#served[path] + bytes, token, id);
    this.#links.changeCount(path, 1);
    return id;
  }

  /** Takes a flow out before its end and returns the bytes it had left; 0 when it is not under way. */
  cancel(flow: number, now: number): number {
    const slot = this.#flows.slot(flow);
    if (slot === undefined) return 0;
    this.#moveTo(now);
    const path = this.#flows.paths[slot];
    this.#settle(path, now);
    const left = Math.max(0, this.#flows.targets[slot] - this.#served[path]);
    this.#remove(slot);
    return left;
  }

  /** Bytes that a flow has left at `now`; 0 when it is not under way. */
  remainingBytes(flow: number, now: number): number {
    const slot = this.#flows.slot(flow);
    if (slot === undefined) return 0;
    this.#refresh();
    const path = this.#flows.paths[slot];
    const served = this.#served[path] + this.#rates[path] * (now - this.#settledAt[path]);
    return Math.max(0, this.#flows.targets[slot] - served);
  }

  /** Bytes per second of a flow at present; 0 when it is not under way. */
  rate(flow: number): number {
    const slot = this.#flows.slot(flow);
    if (slot === undefined) return 0;
    this.#refresh();
    return this.#rates[this.#flows.paths[slot]];
  }

  /** Bytes per second on a link at present. */
  linkRate(link: number): number {
    const paths = this.#links.pathsOn(link);
    this.#refresh();
    const { flowCounts } = this.#links;
    return paths.reduce((sum, path) => sum + this.#rates[path] * flowCounts[path], 0);
  }

  /** Bytes carried over a path up to `now`. */
  carriedBytes(path: number, now: number): number {
    this.#refresh();
    const since = (now - this.#settledAt[path]) * this.#rates[path] * this.#links.flowCounts[path];
    return this.#carried[path] + since;
  }

  /** Instant at which the next flow is done, seconds; Infinity when none is under way. */
  nextCompletionSeconds(): number {
    this.#refresh();
    return this.#completions.minimum;
  }

  /**
   * Moves the clock to `now` and returns the tokens of the flows that were done on the way: by
   * instant, those of one instant by flow id.
   */
  advance(now: number): number[] {
    const tokens: number[] = [];
    const batch: number[] = [];
    this.#checkClock(now);
    for (;;) {
      this.#refresh();
      const instant = this.#completions.minimum;
      if (!(instant <= now)) break;
      this.#clock = Math.max(this.#clock, instant);
      batch.length = 0;
      while (this.#completions.minimum <= instant + SAME_INSTANT_SECONDS) {
        this.#collect(this.#completions.minimumId(), batch);
      }
      batch.sort((a, b) => this.#flows.ids[a] - this.#flows.ids[b]);
      for (const slot of batch) {
        tokens.push(this.#flows.tokens[slot]);
        this.#remove(slot);
      }
      // The caller may start more at this very instant: leave the new rates for later.
      if (instant >= now) break;
    }
    this.#clock = now;
    return tokens;
  }

  /** Adds to `batch` the flows of a path that are done at the clock. */
  #collect(path: number, batch: number[]): void {
    this.#settle(path, this.#clock);
    this.#completions.set(path, Infinity);
    const reached = this.#served[path] + this.#rates[path] * SAME_INSTANT_SECONDS;
    const first = this.#flows.heads[path];
    // The head is what the completion was computed for: it is done whatever rounding says.
    this.#served[path] = Math.max(this.#served[path], this.#flows.targets[first]);
    for (let slot = first; slot >= 0; slot = this.#flows.after[slot]) {
      if (slot !== first && this.#flows.targets[slot] > reached) break;
      batch.push(slot);
    }
  }

  #remove(slot: number): void {
    this.#flows.remove(slot);
    this.#links.changeCount(this.#flows.paths[slot], -1);
  }

  /** Finds new rates where flows have come or gone, and puts them into force at the clock. */
  #refresh(): void {
    if (!this.#links.isStale) return;
    const paths = this.#links.share();
    const { shares, flowCounts } = this.#links;
    const clock = this.#clock;
    const rates = this.#rates;
    const served = this.#served;
    const settledAt = this.#settledAt;
    const completions = this.#completions;
    for (const path of paths) {
      const old = rates[path];
      const elapsed = clock - settledAt[path];
      if (elapsed > 0) {
        settledAt[path] = clock;
        if (old > 0) {
          const bytes = old * elapsed;
          served[path] += bytes;
          this.#carried[path] += bytes * flowCounts[path];
        }
      }
      const rate = shares[path];
      rates[path] = rate;
      if (flowCounts[path] === 0) {
        served[path] = 0;
        completions.set(path, Infinity);
        continue;
      }
      const left = this.#flows.targets[this.#flows.heads[path]] - served[path];
      completions.set(path, left > 0 ? clock + left / rate : clock);
    }
  }

  /** Serves a path up to `now` at its present rate. */
  #settle(path: number, now: number): void {
    const elapsed = now - this.#settledAt[path];
    this.#settledAt[path] = now;
    if (elapsed > 0 && this.#rates[path] > 0) {
      const bytes = this.#rates[path] * elapsed;
      this.#served[path] += bytes;
      this.#carried[path] += bytes * this.#links.flowCounts[path];
    }
  }

  #moveTo(now: number): void {
    this.#checkClock(now);
    if (now > this.#clock) {
      // Rates hold from the clock on, so changes made there must count before time passes.
      this.#refresh();
      if (this.#completions.minimum < now - SAME_INSTANT_SECONDS) {
        throw new RangeError(
          `Cannot change flows as of an instant before their next completion (${this.#completions.minimum} s; call advance first): current value is ${now}`,
        );
      }
      this.#clock = now;
    }
  }

  #checkClock(now: number): void {
    if (!(now >= this.#clock) || now === Infinity) {
      throw new RangeError(
        `Cannot move the flow network as time >= ${this.#clock} s: current value is ${now}`,
      );
    }
  }

  #growPaths(size: number): void {
    this.#rates = grown(this.#rates, new Float64Array(size));
    this.#served = grown(this.#served, new Float64Array(size));
    this.#settledAt = grown(this.#settledAt, new Float64Array(size));
    this.#carried = grown(this.#carried, new Float64Array(size));
  }
}
