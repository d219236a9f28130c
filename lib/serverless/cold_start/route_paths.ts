import type { ColdStartLinks } from "./links.ts";
import type { TransferRoute } from "./stages.ts";
import type { Transfer } from "./start_state.ts";

/** The routes of plans as paths of the flow network, each made once. */
export class RoutePaths {
  readonly #links: ColdStartLinks;
  /** By route, then by node and GPU. */
  readonly #paths = new Map<TransferRoute, Map<number, number>>();

  constructor(links: ColdStartLinks) {
    this.#links = links;
  }

  /** Path of a route as seen from a GPU; -1 when nothing on it binds. */
  path(route: TransferRoute, node: number, gpu: number): number {
    let paths = this.#paths.get(route);
    if (paths === undefined) this.#paths.set(route, paths = new Map());
    const place = node * 1024 + gpu;
    let path = paths.get(place);
    if (path === undefined) {
      const links = this.#links.resolve(route.links, node, gpu);
      const free = links.length === 0 && route.limitBytesPerSecond === Infinity;
      path = free ? -1 : this.#links.network.path(links, route.limitBytesPerSecond);
      paths.set(place, path);
    }
    return path;
  }

  /** A pipeline over several links needs one chunk's time on each but the slowest to fill. */
  fillSeconds({ route, share, chunkBytes }: Transfer): number {
    if (chunkBytes === 0) return 0;
    let sum = 0;
    let slowest = 0;
    for (const link of this.#links.resolve(route.links, share.node, share.gpus[0])) {
      const seconds = chunkBytes / this.#links.network.capacity(link);
      sum += seconds;
      slowest = Math.max(slowest, seconds);
    }
    return sum - slowest;
  }
}
