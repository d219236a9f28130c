import { FlowQueues, grown } from "./flow_queues.ts";
import { maxMinShares, type SharingProblem, SharingScratch } from "./max_min_shares.ts";
import { MinimumTree } from "./minimum_tree.ts";

/** Completions closer together than this are one instant, seconds: rounding must not split them. */
const SAME_INSTANT_SECONDS = 1e-9;

/**
 * Transfers as flows on max-min-fair links. A flow crosses its links at one rate; rates change only
 * when a flow starts or ends, and only in the part of the network that the change can reach over
 * bottlenecks. Flows with the same links share one record (a path), so a change costs the
 * number of distinct paths there, not the number of flows.
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

  // Links.
  #capacities = new Float64Array(16);
  /** Bytes per second on each link. */
  #loads = new Float64Array(16);
  /** Whether the link is what holds some flow back. */
  #binding = new Uint8Array(16);
  #linkStamp = new Int32Array(16);
  readonly #pathsOnLink: number[][] = [];

  // Paths.
  readonly #pathIds = new Map<string, number>();
  readonly #linksOfPath: number[][] = [];
  /** Place of each path in `#pathsOnLink` of each of its links; -1 while idle. */
  readonly #placesOfPath: number[][] = [];
  #upperBounds = new Float64Array(16);
  #flowCounts = new Int32Array(16);
  #rates = new Float64Array(16);
  #newRates = new Float64Array(16);
  /** What each path adds to the loads of its links, bytes per second. */
  #loadOfPath = new Float64Array(16);
  /** Bytes served to each flow of the path since it was last idle (its virtual time). */
  #served = new Float64Array(16);
  #settledAt = new Float64Array(16);
  #carried = new Float64Array(16);
  #pathStamp = new Int32Array(16);
  #dirtyPath = new Uint8Array(16);
  readonly #completions = new MinimumTree();

  readonly #flows = new FlowQueues();

  // Work lists.
  #stamp = 0;
  readonly #dirtyPaths: number[] = [];
  readonly #componentLinks: number[] = [];
  readonly #componentPaths: number[] = [];
  readonly #suspects: number[] = [];
  readonly #scratch = new SharingScratch();

  /** Flows under way. */
  get activeFlows(): number {
    return this.#flows.size;
  }

  /** Links so far; ids run from 0. */
  get linkCount(): number {
    return this.#pathsOnLink.length;
  }

  /**
   * Adds a link and returns its id (0, 1, 2, ...).
   *
   * @param capacityBytesPerSecond Finite, > 0.
   * @throws {RangeError} If the capacity is not a positive finite number.
   */
  addLink(capacityBytesPerSecond: number): number {
    if (!(capacityBytesPerSecond > 0) || capacityBytesPerSecond === Infinity) {
      throw new RangeError(
        `Cannot add a link as a positive finite number of bytes per second: current value is ${capacityBytesPerSecond}`,
      );
    }
    const link = this.#pathsOnLink.length;
    this.#pathsOnLink.push([]);
    if (link >= this.#capacities.length) {
      const size = 2 * link;
      this.#capacities = grown(this.#capacities, new Float64Array(size));
      this.#loads = grown(this.#loads, new Float64Array(size));
      this.#binding = grown(this.#binding, new Uint8Array(size));
      this.#linkStamp = grown(this.#linkStamp, new Int32Array(size));
    }
    this.#capacities[link] = capacityBytesPerSecond;
    return link;
  }

  /** Capacity of a link, bytes per second. */
  capacity(link: number): number {
    return this.#capacities[this.#checkLink(link)];
  }

  /**
   * Id of the path over `links` (a set: order does not matter), the same for the same arguments.
   *
   * @param limitBytesPerSecond The most that one flow takes whatever the links allow (a loader's own speed).
   */
  path(links: readonly number[], limitBytesPerSecond = Infinity): number {
    if (!(limitBytesPerSecond > 0)) {
      throw new RangeError(
        `Cannot limit a flow as a positive number of bytes per second: current value is ${limitBytesPerSecond}`,
      );
    }
    const key = `${links.join(",")}|${limitBytesPerSecond}`;
    const known = this.#pathIds.get(key);
    if (known !== undefined) return known;
    const sorted = [...links].sort((a, b) => a - b);
    let upperBound = limitBytesPerSecond;
    for (let i = 0; i < sorted.length; i++) {
      this.#checkLink(sorted[i]);
      if (i > 0 && sorted[i] === sorted[i - 1]) {
        throw new RangeError(
          `Cannot use links as a path of distinct links: current value is [${links}]`,
        );
      }
      upperBound = Math.min(upperBound, this.#capacities[sorted[i]]);
    }
    if (upperBound === Infinity) {
      throw new RangeError(
        "Cannot use links as a path with a link or a limit: current value is []",
      );
    }
    const sortedKey = `${sorted.join(",")}|${limitBytesPerSecond}`;
    let path = this.#pathIds.get(sortedKey);
    if (path === undefined) {
      path = this.#linksOfPath.length;
      if (path >= this.#rates.length) this.#growPaths(2 * path);
      this.#linksOfPath.push(sorted);
      this.#placesOfPath.push(sorted.map(() => -1));
      this.#upperBounds[path] = upperBound;
      this.#pathIds.set(sortedKey, path);
    }
    this.#pathIds.set(key, path);
    return path;
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
    this.#changeCount(path, 1);
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
    this.#checkLink(link);
    this.#refresh();
    let sum = 0;
    for (const path of this.#pathsOnLink[link]) sum += this.#rates[path] * this.#flowCounts[path];
    return sum;
  }

  /** Bytes carried over a path up to `now`. */
  carriedBytes(path: number, now: number): number {
    this.#refresh();
    const since = (now - this.#settledAt[path]) * this.#rates[path] * this.#flowCounts[path];
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
    this.#changeCount(this.#flows.paths[slot], -1);
  }

  #changeCount(path: number, by: number): void {
    const links = this.#linksOfPath[path];
    const places = this.#placesOfPath[path];
    this.#flowCounts[path] += by;
    const count = this.#flowCounts[path];
    for (let i = 0; i < links.length; i++) {
      const link = links[i];
      const paths = this.#pathsOnLink[link];
      if (count > 0 && places[i] < 0) {
        places[i] = paths.length;
        paths.push(path);
      } else if (count === 0) {
        const last = paths.pop() as number;
        if (last !== path) {
          paths[places[i]] = last;
          this.#placesOfPath[last][this.#linksOfPath[last].indexOf(link)] = places[i];
        }
        places[i] = -1;
      }
    }
    if (this.#dirtyPath[path] === 0) {
      this.#dirtyPath[path] = 1;
      this.#dirtyPaths.push(path);
    }
  }

  /**
   * Gives new rates to whatever the starts and ends since the last call can reach. Only links that
   * hold a flow back carry a change on, so the others are left out at first; when the rates turn out
   * too much for one of them, it joins and the rates are found again. Fair rates under some of the
   * links that suit all of them are the fair rates under all.
   */
  #refresh(): void {
    if (this.#dirtyPaths.length === 0) return;
    const stamp = ++this.#stamp;
    const links = this.#componentLinks;
    const paths = this.#componentPaths;
    links.length = 0;
    paths.length = 0;
    for (const path of this.#dirtyPaths) {
      this.#dirtyPath[path] = 0;
      this.#pathStamp[path] = stamp;
      paths.push(path);
    }
    this.#dirtyPaths.length = 0;
    const problem: SharingProblem = {
      links,
      paths,
      capacities: this.#capacities,
      flowCounts: this.#flowCounts,
      upperBounds: this.#upperBounds,
      linksOfPath: this.#linksOfPath,
      pathsOnLink: this.#pathsOnLink,
    };
    let [spreadLinks, spreadPaths] = [0, 0];
    do {
      this.#spread(spreadLinks, spreadPaths);
      [spreadLinks, spreadPaths] = [links.length, paths.length];
      maxMinShares(problem, this.#newRates, this.#binding, this.#scratch);
    } while (this.#overloaded());
    this.#adopt(paths);
  }

  /** Adds what the component touches over bottlenecks, from the given places of its lists on. */
  #spread(fromLink: number, fromPath: number): void {
    const links = this.#componentLinks;
    const paths = this.#componentPaths;
    const stamp = this.#stamp;
    const linkStamp = this.#linkStamp;
    const pathStamp = this.#pathStamp;
    const binding = this.#binding;
    const linksOfPath = this.#linksOfPath;
    const pathsOnLink = this.#pathsOnLink;
    let nextLink = fromLink;
    let nextPath = fromPath;
    while (nextLink < links.length || nextPath < paths.length) {
      if (nextLink < links.length) {
        for (const path of pathsOnLink[links[nextLink++]]) {
          if (pathStamp[path] === stamp) continue;
          pathStamp[path] = stamp;
          paths.push(path);
        }
        continue;
      }
      for (const link of linksOfPath[paths[nextPath++]]) {
        if (binding[link] === 0 || linkStamp[link] === stamp) continue;
        linkStamp[link] = stamp;
        links.push(link);
      }
    }
  }

  /** Brings the loads up to the new rates; adds links that cannot carry them and says whether there are any. */
  #overloaded(): boolean {
    const newRates = this.#newRates;
    const flowCounts = this.#flowCounts;
    const loads = this.#loads;
    const loadOfPath = this.#loadOfPath;
    const capacities = this.#capacities;
    const linkStamp = this.#linkStamp;
    const stamp = this.#stamp;
    const suspects = this.#suspects;
    suspects.length = 0;
    for (const path of this.#componentPaths) {
      const load = newRates[path] * flowCounts[path];
      const change = load - loadOfPath[path];
      if (change === 0) continue;
      loadOfPath[path] = load;
      for (const link of this.#linksOfPath[path]) {
        loads[link] += change;
        // Sums drift by rounding: near the capacity the load is added up anew below.
        if (
          change > 0 && linkStamp[link] !== stamp && loads[link] > capacities[link] * (1 - 1e-7)
        ) {
          suspects.push(link);
        }
      }
    }
    let found = false;
    for (const link of suspects) {
      if (linkStamp[link] === stamp) continue;
      let load = 0;
      for (const path of this.#pathsOnLink[link]) load += loadOfPath[path];
      loads[link] = load;
      if (load <= capacities[link] * (1 + 1e-12)) continue;
      linkStamp[link] = stamp;
      this.#componentLinks.push(link);
      found = true;
    }
    return found;
  }

  /** Puts new rates into force at the clock. */
  #adopt(paths: readonly number[]): void {
    const clock = this.#clock;
    const rates = this.#rates;
    const newRates = this.#newRates;
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
          this.#carried[path] += bytes * this.#flowCounts[path];
        }
      }
      const rate = newRates[path];
      rates[path] = rate;
      if (this.#flowCounts[path] === 0) {
        served[path] = 0;
        completions.set(path, Infinity);
        for (const link of this.#linksOfPath[path]) {
          if (this.#pathsOnLink[link].length === 0) this.#loads[link] = 0;
        }
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
      this.#carried[path] += bytes * this.#flowCounts[path];
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

  #checkLink(link: number): number {
    if (!Number.isInteger(link) || link < 0 || link >= this.#pathsOnLink.length) {
      throw new RangeError(
        `Cannot use a link as one of 0..${this.#pathsOnLink.length - 1}: current value is ${link}`,
      );
    }
    return link;
  }

  #growPaths(size: number): void {
    this.#upperBounds = grown(this.#upperBounds, new Float64Array(size));
    this.#flowCounts = grown(this.#flowCounts, new Int32Array(size));
    this.#rates = grown(this.#rates, new Float64Array(size));
    this.#newRates = grown(this.#newRates, new Float64Array(size));
    this.#loadOfPath = grown(this.#loadOfPath, new Float64Array(size));
    this.#served = grown(this.#served, new Float64Array(size));
    this.#settledAt = grown(this.#settledAt, new Float64Array(size));
    this.#carried = grown(this.#carried, new Float64Array(size));
    this.#pathStamp = grown(this.#pathStamp, new Int32Array(size));
    this.#dirtyPath = grown(this.#dirtyPath, new Uint8Array(size));
  }
}
