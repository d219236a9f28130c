import type { FlowNetwork } from "./flow_network.ts";
import { nodeOf, type Place, placeKey, type TargetPlace } from "./places.ts";

/** Kinds of links that a way can cross; see {@link Topology} for what each is. */
export const LINK_NAMES = ["registry", "storage", "nic", "ssd", "host", "pcie", "nvlink"] as const;
/** Kind of a link. */
export type LinkName = (typeof LINK_NAMES)[number];

/** What a transfer crosses between its two ends. */
export interface Way {
  /** Kinds of links crossed; the ends say whose they are and in which direction. */
  readonly links: readonly LinkName[];
  /** What the software moves at most, bytes per second and flow; Infinity when the links decide. */
  readonly limitBytesPerSecond: number;
}

/** Links of a cluster that all nodes share; Infinity means that it never binds. */
export interface ClusterLinks {
  /** Bytes per second that the image registry sends in all. */
  readonly registryBytesPerSecond?: number;
  /** Bytes per second that the weight store sends in all. */
  readonly storageBytesPerSecond?: number;
}

/** Links of one node; an absent one never binds. */
export interface NodeLinks {
  /** GPUs of the node, >= 1. */
  readonly gpus: number;
  /** Network card in each of its two directions, bytes per second, shared by the node's instances. */
  readonly nicBytesPerSecond?: number;
  /** Local disks, reading, bytes per second. */
  readonly ssdReadBytesPerSecond?: number;
  /** Host memory as a source of copies, bytes per second. */
  readonly hostBytesPerSecond?: number;
  /** Between the host and one GPU, in each direction, bytes per second. */
  readonly pcieBytesPerSecond?: number;
  /** GPUs behind one PCIe switch, whose uplink they share; 1 when each has its own. */
  readonly gpusPerPcieSwitch?: number;
  /** Uplink of a PCIe switch, bytes per second; `pcieBytesPerSecond` unless given. */
  readonly pcieSwitchBytesPerSecond?: number;
  /** Between one GPU and the others of the node, in each direction, bytes per second. */
  readonly nvlinkBytesPerSecond?: number;
}

/** Links of a node: the first of each row, -1 for what never binds. */
interface NodeIds {
  readonly gpus: number;
  readonly nic: number;
  readonly ssd: number;
  readonly host: number;
  readonly pcie: number;
  readonly nvlink: number;
  readonly firstSwitch: number;
  readonly gpusPerSwitch: number;
}

/** A link by its two ends: what it leads from and what it leads to, in words. */
export interface LinkEnds {
  /** Where bytes enter it. */
  readonly from: string;
  /** Where they leave it. */
  readonly to: string;
}

/**
 * The links of a cluster in a flow network. Each link has two ends and carries bytes from the one to
 * the other; what carries both ways has a link for each direction, so that what a machine sends does
 * not slow what it receives.
 *
 * | name | from | to |
 * |---|---|---|
 * | `registry`, `storage` | registry, store | fabric, which never binds |
 * | `nic` | fabric | node (inward); and node to fabric (outward) |
 * | `ssd`, `host` | disk, host memory | node (reading; writing never binds) |
 * | `pcie` | node, by the switch that several GPUs share | GPU (inward); and back (outward) |
 * | `nvlink` | the other GPUs of the node | GPU (inward); and back (outward) |
 *
 * Starts only move bytes inward. The outward side of a card, of a PCIe or of an NVLink connection is
 * made when something first crosses it.
 */
export class Topology {
  /** The flows on all links. */
  readonly network: FlowNetwork;
  readonly #registry: number;
  readonly #storage: number;
  readonly #nodes: NodeIds[] = [];
  /** Node of each link, -1 for what the cluster shares. */
  readonly #nodeOfLink: number[] = [];
  /** Links outward by their inward side, and the other way round. */
  readonly #outward = new Map<number, number>();
  readonly #inward = new Map<number, number>();
  /** Paths by way, then by the keys of both ends. */
  readonly #paths = new Map<Way, Map<number, Map<number, number>>>();

  /** Makes the links that the cluster shares; the network has no links but the topology's. */
  constructor(network: FlowNetwork, cluster: ClusterLinks = {}) {
    this.network = network;
    this.#registry = this.#add(-1, cluster.registryBytesPerSecond);
    this.#storage = this.#add(-1, cluster.storageBytesPerSecond);
  }

  /** Nodes so far; ids run from 0. */
  get nodeCount(): number {
    return this.#nodes.length;
  }

  /**
   * Adds a node and returns its id (0, 1, 2, ...).
   *
   * @throws {RangeError} If it has no GPU.
   */
  addNode(node: NodeLinks): number {
    const { gpus, gpusPerPcieSwitch = 1, pcieBytesPerSecond } = node;
    if (!Number.isInteger(gpus) || gpus < 1) {
      throw new RangeError(`Cannot add a node as gpus >= 1: current value is ${gpus}`);
    }
    const id = this.#nodes.length;
    const nic = this.#add(id, node.nicBytesPerSecond);
    const ssd = this.#add(id, node.ssdReadBytesPerSecond);
    const host = this.#add(id, node.hostBytesPerSecond);
    const pcie = this.#addRow(id, gpus, pcieBytesPerSecond);
    const nvlink = this.#addRow(id, gpus, node.nvlinkBytesPerSecond);
    const switches = gpusPerPcieSwitch > 1 ? Math.ceil(gpus / gpusPerPcieSwitch) : 0;
    const firstSwitch = switches > 0
      ? this.#addRow(id, switches, node.pcieSwitchBytesPerSecond ?? pcieBytesPerSecond)
      : -1;
    const gpusPerSwitch = gpusPerPcieSwitch;
    this.#nodes.push({ gpus, nic, ssd, host, pcie, nvlink, firstSwitch, gpusPerSwitch });
    return id;
  }

  /** Both ends of a link. */
  ends(link: number): LinkEnds {
    const inward = this.#inward.get(link);
    if (inward !== undefined) {
      const { from, to } = this.ends(inward);
      return { from: to, to: from };
    }
    if (link === this.#registry) return { from: "registry", to: "fabric" };
    if (link === this.#storage) return { from: "store", to: "fabric" };
    const node = this.#nodeOfLink[link];
    const { nic, ssd, host, pcie, nvlink, firstSwitch, gpus, gpusPerSwitch } = this.#node(node);
    const board = `node ${node}`;
    const isIn = (first: number) => first >= 0 && link >= first && link < first + gpus;
    const gpu = (first: number) => `GPU ${link - first} of ${board}`;
    const uplink = (place: number) => `PCIe switch ${place} of ${board}`;
    if (link === nic) return { from: "fabric", to: board };
    if (link === ssd) return { from: `disk of ${board}`, to: board };
    if (link === host) return { from: `memory of ${board}`, to: board };
    if (isIn(nvlink)) return { from: `NVLink of ${board}`, to: gpu(nvlink) };
    if (!isIn(pcie)) return { from: board, to: uplink(link - firstSwitch) };
    const above = Math.floor((link - pcie) / gpusPerSwitch);
    return { from: firstSwitch < 0 ? board : uplink(above), to: gpu(pcie) };
  }

  /**
   * The kinds of links between two places where nothing else says what is crossed: an image or
   * weights over the store's link and the machine's card; from disk or memory over PCIe; between GPUs
   * of one machine over NVLink, or PCIe where it has none; between machines from card to card, and
   * into or out of a GPU without a stop in host memory (GPUDirect RDMA). To the store over the card and
   * the store's link, outward.
   */
  linksBetween(from: Place, to: TargetPlace): readonly LinkName[] {
    if (placeKey(from) === placeKey(to)) return [];
    const source = nodeOf(from);
    const links: LinkName[] = [];
    if (from.kind === "registry") links.push("registry");
    else if (from.kind === "store") links.push("storage");
    else if (from.kind === "disk") links.push("ssd");
    else if (from.kind === "host") links.push("host");
    if (to.kind === "store") {
      return [...links, ...(from.kind === "gpu" ? ["pcie" as const] : []), "nic", "storage"];
    }
    if (source !== to.node) links.push("nic");
    if (from.kind !== "gpu" && to.kind !== "gpu") return links;
    const isInside = from.kind === "gpu" && to.kind === "gpu" && source === to.node;
    const hasNvlink = isInside && this.#node(to.node).nvlink >= 0;
    return [...links, hasNvlink ? "nvlink" : "pcie"];
  }

  /**
   * Ids of the links of these kinds that bytes cross from one place to another; those that never bind
   * are left out.
   *
   * @throws {RangeError} If a node or a GPU is not there.
   */
  resolve(names: readonly LinkName[], from: Place, to: TargetPlace): number[] {
    const links: number[] = [];
    const [source, target] = [nodeOf(from), nodeOf(to)];
    for (const name of names) {
      if (name === "registry") links.push(this.#registry);
      else if (name === "storage") {
        links.push(to.kind === "store" ? this.#outwardOf(this.#storage) : this.#storage);
      } else if (name === "nic") {
        if (source >= 0 && source !== target) {
          links.push(this.#outwardOf(this.#node(source).nic));
        }
        if (target >= 0) links.push(this.#node(target).nic);
      } else if (name === "ssd" || name === "host") {
        links.push(this.#node(source >= 0 ? source : target)[name]);
      } else {
        // Bytes between GPUs behind one switch turn back there and do not cross its uplink.
        const [up, down] = [this.#gpuLinks(name, from), this.#gpuLinks(name, to)];
        for (const link of up) if (!down.includes(link)) links.push(this.#outwardOf(link));
        for (const link of down) if (!up.includes(link)) links.push(link);
      }
    }
    return links.filter((link) => link >= 0);
  }

  /** Path of a way between two places, made once; -1 when nothing on it binds. */
  path(way: Way, from: Place, to: TargetPlace): number {
    let bySource = this.#paths.get(way);
    if (bySource === undefined) this.#paths.set(way, bySource = new Map());
    const key = placeKey(from);
    let byTarget = bySource.get(key);
    if (byTarget === undefined) bySource.set(key, byTarget = new Map());
    let path = byTarget.get(placeKey(to));
    if (path === undefined) {
      const links = this.resolve(way.links, from, to);
      const isFree = links.length === 0 && way.limitBytesPerSecond === Infinity;
      path = isFree ? -1 : this.network.path(links, way.limitBytesPerSecond);
      byTarget.set(placeKey(to), path);
    }
    return path;
  }

  /** Links into the GPU of a place, as far as they may bind; none for other places. */
  #gpuLinks(name: "pcie" | "nvlink", place: Place): number[] {
    if (place.kind !== "gpu") return [];
    const { node, gpu } = place;
    const { gpus, pcie, nvlink, firstSwitch, gpusPerSwitch } = this.#node(node);
    if (!(gpu >= 0 && gpu < gpus)) {
      throw new RangeError(
        `Cannot find links as those of a GPU 0..${
          gpus - 1
        } of node ${node}: current value is ${gpu}`,
      );
    }
    const first = name === "pcie" ? pcie : nvlink;
    const links = first >= 0 ? [first + gpu] : [];
    if (name === "pcie" && firstSwitch >= 0) {
      links.push(firstSwitch + Math.floor(gpu / gpusPerSwitch));
    }
    return links;
  }

  #node(node: number): NodeIds {
    const ids = this.#nodes[node];
    if (ids === undefined) {
      throw new RangeError(
        `Cannot find links as those of a node 0..${
          this.#nodes.length - 1
        }: current value is ${node}`,
      );
    }
    return ids;
  }

  /** The link that carries bytes the other way; -1 where it never binds. */
  #outwardOf(link: number): number {
    if (link < 0) return -1;
    let outward = this.#outward.get(link);
    if (outward === undefined) {
      outward = this.#add(this.#nodeOfLink[link], this.network.capacity(link));
      this.#outward.set(link, outward);
      this.#inward.set(outward, link);
    }
    return outward;
  }

  #add(node: number, capacity = Infinity): number {
    if (capacity === Infinity) return -1;
    this.#nodeOfLink.push(node);
    return this.network.addLink(capacity);
  }

  #addRow(node: number, count: number, capacity: number | undefined): number {
    const first = this.#add(node, capacity);
    if (first >= 0) { for (let i = 1; i < count; i++) this.#add(node, capacity); }
    return first;
  }
}
