import type { FlowNetwork } from "./flow_network.ts";

/** A transfer under way: its flows, and how many of them are not over. */
interface Transfer {
  readonly flows: number[];
  flowsLeft: number;
}

/**
 * Bytes on their way: images and weights, whoever they are for. A transfer is one or several flows
 * that begin together (one to each GPU, say) and is over when the last of them is; flows of all
 * transfers share their links max-min fairly.
 *
 * @example
 * ```ts
 * import { FlowNetwork } from "./flow_network.ts";
 * import { Transfers } from "./transfers.ts";
 * const network = new FlowNetwork();
 * const path = network.path([network.addLink(10e9)]);
 * const transfers = new Transfers(network);
 * const one = transfers.start([path], 20e9, 0);
 * const other = transfers.start([path], 20e9, 0);
 * console.log(transfers.nextSeconds); // 4
 * console.log(transfers.cancel(other, 1)); // 15e9 bytes were left
 * console.log(transfers.nextSeconds, transfers.advance(2.5), one); // 2.5 [ 0 ] 0
 * ```
 */
export class Transfers {
  readonly #network: FlowNetwork;
  readonly #underWay = new Map<number, Transfer>();
  #nextId = 0;

  /** Makes transfers over the links of a network, which has no flows but theirs. */
  constructor(network: FlowNetwork) {
    this.#network = network;
  }

  /** Instant at which the next transfer's flow ends, seconds; Infinity when nothing is under way. */
  get nextSeconds(): number {
    return this.#network.nextCompletionSeconds();
  }

  /**
   * Begins a transfer and returns its number.
   *
   * @param paths Paths of the network, one for each flow; >= 1.
   * @param bytes Bytes of each flow, > 0.
   */
  start(paths: readonly number[], bytes: number, now: number): number {
    const id = this.#nextId++;
    const flows = paths.map((path) => this.#network.startOnPath(path, bytes, now, id));
    this.#underWay.set(id, { flows, flowsLeft: flows.length });
    return id;
  }

  /** Gives a transfer up and returns the bytes that it had left; 0 when it is over. */
  cancel(id: number, now: number): number {
    const transfer = this.#underWay.get(id);
    if (transfer === undefined) return 0;
    this.#underWay.delete(id);
    return transfer.flows.reduce((left, flow) => left + this.#network.cancel(flow, now), 0);
  }

  /** Goes on to `now` and returns the transfers that are over, in the order of their ends. */
  advance(now: number): number[] {
    const over: number[] = [];
    for (const id of this.#network.advance(now)) {
      const transfer = this.#underWay.get(id);
      if (transfer === undefined || --transfer.flowsLeft > 0) continue;
      this.#underWay.delete(id);
      over.push(id);
    }
    return over;
  }
}
