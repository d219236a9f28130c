import { grown } from "./flow_queues.ts";
import { maxMinShares, type SharingProblem, SharingScratch } from "./max_min_shares.ts";

/**
 * Links, the paths over them, and the fair share of one flow of each path. Shares change only where
 * flows come and go, and only as far as the change can reach over bottlenecks; flows with the same
 * links share one path, so a change costs the number of distinct paths there, not the number of
 * flows. It knows no time: `FlowNetwork` does.
 */
export class LinkShares {
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
  #shares = new Float64Array(16);
  /** What each path adds to the loads of its links, bytes per second. */
  #loadOfPath = new Float64Array(16);
  #pathStamp = new Int32Array(16);
  #dirtyPath = new Uint8Array(16);

  // Work lists.
  #stamp = 0;
  readonly #dirtyPaths: number[] = [];
  readonly #componentLinks: number[] = [];
  readonly #componentPaths: number[] = [];
  readonly #suspects: number[] = [];
  readonly #scratch = new SharingScratch();

  /** Links so far; ids run from 0. */
  get linkCount(): number {
    return this.#pathsOnLink.length;
  }

  /** Whether flows have come or gone since {@link share}. */
  get isStale(): boolean {
    return this.#dirtyPaths.length > 0;
  }

  /** Flows on each path. */
  get flowCounts(): Int32Array {
    return this.#flowCounts;
  }

  /** Bytes per second of one flow of each path, as of the last {@link share}. */
  get shares(): Float64Array {
    return this.#shares;
  }

  /** Paths in use on a link. */
  pathsOn(link: number): readonly number[] {
    return this.#pathsOnLink[this.#checkLink(link)];
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
      if (path >= this.#shares.length) this.#growPaths(2 * path);
      this.#linksOfPath.push(sorted);
      this.#placesOfPath.push(sorted.map(() => -1));
      this.#upperBounds[path] = upperBound;
      this.#pathIds.set(sortedKey, path);
    }
    this.#pathIds.set(key, path);
    return path;
  }

  /** Links of a path. */
  linksOf(path: number): readonly number[] {
    return this.#linksOfPath[path];
  }

  /** Flows come to a path, or leave it. */
  changeCount(path: number, by: number): void {
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
   * Finds new shares for whatever the changes since the last call can reach, and returns those paths. Only links that
   * hold a flow back carry a change on, so the others are left out at first; when the shares turn
   * out too much for one of them, it joins and the shares are found again. Fair rates under some of the
   * links that suit all of them are the fair rates under all.
   */
  share(): readonly number[] {
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
      maxMinShares(problem, this.#shares, this.#binding, this.#scratch);
    } while (this.#overloaded());
    for (const path of paths) {
      if (this.#flowCounts[path] > 0) continue;
      for (const link of this.#linksOfPath[path]) {
        if (this.#pathsOnLink[link].length === 0) this.#loads[link] = 0;
      }
    }
    return paths;
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

  /** Brings the loads up to the new shares; adds links that cannot carry them and says whether there are any. */
  #overloaded(): boolean {
    const shares = this.#shares;
    const flowCounts = this.#flowCounts;
    const loads = this.#loads;
    const loadOfPath = this.#loadOfPath;
    const capacities = this.#capacities;
    const linkStamp = this.#linkStamp;
    const stamp = this.#stamp;
    const suspects = this.#suspects;
    suspects.length = 0;
    for (const path of this.#componentPaths) {
      const load = shares[path] * flowCounts[path];
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
    this.#shares = grown(this.#shares, new Float64Array(size));
    this.#loadOfPath = grown(this.#loadOfPath, new Float64Array(size));
    this.#pathStamp = grown(this.#pathStamp, new Int32Array(size));
    this.#dirtyPath = grown(this.#dirtyPath, new Uint8Array(size));
  }
}
