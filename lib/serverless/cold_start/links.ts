import type { FlowNetwork } from "../../network/flow_network.ts";
import type { LinkName } from "./stages.ts";

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
  /** Network card, bytes per second, shared by the node's instances. */
  readonly nicBytesPerSecond?: number;
  /** Local disks, reading, bytes per second. */
  readonly ssdReadBytesPerSecond?: number;
  /** Host memory as a source of copies, bytes per second. */
  readonly hostBytesPerSecond?: number;
  /** Host to one GPU, bytes per second. */
  readonly pcieBytesPerSecond?: number;
  /** GPUs behind one PCIe switch, whose uplink they share; 1 when each has its own. */
  readonly gpusPerPcieSwitch?: number;
  /** Uplink of a PCIe switch, bytes per second; `pcieBytesPerSecond` unless given. */
  readonly pcieSwitchBytesPerSecond?: number;
  /** Into one GPU from another, bytes per second. */
  readonly nvlinkBytesPerSecond?: number;
}

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

/**
 * The links of a cluster in a flow network, and the way from a link's name in a plan to its id:
 *
 * | name | link |
 * |---|---|
 * | `registry`, `storage` | one each for the cluster |
 * | `nic`, `ssd`, `host` | one each per node |
 * | `pcie` | one per GPU, and the uplink of its switch when several GPUs share it |
 * | `nvlink` | one per GPU |
 */
export class ColdStartLinks {
  /** The flows on all links. */
  readonly network: FlowNetwork;
  readonly #registry: number;
  readonly #storage: number;
  readonly #nodes: NodeIds[] = [];

  /** Makes the links that the cluster shares. */
  constructor(network: FlowNetwork, cluster: ClusterLinks = {}) {
    this.network = network;
    this.#registry = this.#add(cluster.registryBytesPerSecond);
    this.#storage = this.#add(cluster.storageBytesPerSecond);
  }

  /** Nodes so far; ids run from 0. */
  get nodeCount(): number {
    return this.#nodes.length;
  }

  /** Adds a node and returns its id (0, 1, 2, ...). */
  addNode(node: NodeLinks): number {
    const { gpus, gpusPerPcieSwitch = 1 } = node;
    if (!Number.isInteger(gpus) || gpus < 1) {
      throw new RangeError(`Cannot add a node as gpus >= 1: current value is ${gpus}`);
    }
    const nic = this.#add(node.nicBytesPerSecond);
    const ssd = this.#add(node.ssdReadBytesPerSecond);
    const host = this.#add(node.hostBytesPerSecond);
    const pcie = this.#addRow(gpus, node.pcieBytesPerSecond);
    const nvlink = this.#addRow(gpus, node.nvlinkBytesPerSecond);
    const firstSwitch = gpusPerPcieSwitch > 1
      ? this.#addRow(
        Math.ceil(gpus / gpusPerPcieSwitch),
        node.pcieSwitchBytesPerSecond ?? node.pcieBytesPerSecond,
      )
      : -1;
    this.#nodes.push({
      gpus,
      nic,
      ssd,
      host,
      pcie,
      nvlink,
      firstSwitch,
      gpusPerSwitch: gpusPerPcieSwitch,
    });
    return this.#nodes.length - 1;
  }

  /** Ids of the named links as seen from one GPU of one node; those that never bind are left out. */
  resolve(names: readonly LinkName[], node: number, gpu: number): number[] {
    const ids = this.#nodes[node];
    if (ids === undefined) {
      throw new RangeError(
        `Cannot find links as those of a node 0..${
          this.#nodes.length - 1
        }: current value is ${node}`,
      );
    }
    if (!(gpu >= 0 && gpu < ids.gpus)) {
      throw new RangeError(
        `Cannot find links as those of a GPU 0..${
          ids.gpus - 1
        } of node ${node}: current value is ${gpu}`,
      );
    }
    const links: number[] = [];
    for (const name of names) {
      if (name === "registry") links.push(this.#registry);
      else if (name === "storage") links.push(this.#storage);
      else if (name === "pcie") {
        if (ids.pcie >= 0) links.push(ids.pcie + gpu);
        if (ids.firstSwitch >= 0) {
          links.push(ids.firstSwitch + Math.floor(gpu / ids.gpusPerSwitch));
        }
      } else if (name === "nvlink") {
        if (ids.nvlink >= 0) links.push(ids.nvlink + gpu);
      } else links.push(ids[name]);
    }
    return links.filter((link) => link >= 0);
  }

  #add(capacity = Infinity): number {
    return capacity === Infinity ? -1 : this.network.addLink(capacity);
  }

  #addRow(count: number, capacity: number | undefined): number {
    const first = this.#add(capacity);
    if (first >= 0) { for (let i = 1; i < count; i++) this.#add(capacity); }
    return first;
  }
}
