import { withDefaults } from "../../settings/from_table.ts";
import { WinnerTree } from "../../sim/winner_tree.ts";
import { quantity } from "../../settings/quantities.ts";
import type { GatewayOrderEntry, GatewayQueue } from "./gateway_queue.ts";
import { Ring } from "./ring.ts";

/** Settings of `weighted`. */
export type FairQueueSettings = {
  readonly promptTokenCost: number;
  readonly outputTokenCost: number;
};

/** `weighted` as files name it. */
export const weightedOrder: GatewayOrderEntry<"weighted", FairQueueSettings> = {
  name: "weighted",
  describe: "Weighted fair queueing between classes and tenants, by tokens served.",
  readsFlows: true,
  settings: {
    promptTokenCost: quantity("number", {
      min: 0,
      default: 1,
      describe: "What a prompt token counts.",
    }),
    outputTokenCost: quantity("number", {
      min: 0,
      default: 2,
      describe: "What an output token counts.",
    }),
  },
  create: (settings, needs) =>
    fairQueue({
      ...settings,
      flowOf: (request) => needs.flowOf(request),
      weightOf: (flow) => needs.weightOf(flow),
      promptTokensOf: (request) => needs.promptTokensOf(request),
    }),
};

/** Who shares a gateway, and how. */
export interface FairQueueOptions extends Partial<FairQueueSettings> {
  /** Flow (class or tenant) of a request, a whole number >= 0. */
  readonly flowOf: (request: number) => number;
  /** Prompt tokens of a request. */
  readonly promptTokensOf: (request: number) => number;
  /** Weight of a flow, > 0; default 1 each. */
  readonly weightOf?: (flow: number) => number;
}

/**
 * Weighted fair queueing between flows by virtual token counters: the flow that has been served the
 * fewest tokens, by its weight, is next, and first come, first served within a flow. A flow is charged
 * for a prompt when the request is taken and for output tokens when they are known to have been made.
 * A flow that comes back is lifted to the least counter of those that wait, so that nobody saves up
 * service by staying away. Ties go to the lowest flow. O(log flows) per operation.
 *
 * @source Y. Sheng et al., "Fairness in Serving Large Language Models", OSDI 2024, algorithm 2 (VTC);
 *   costs 1 and 2 as in its evaluation
 *
 * @example
 * ```ts
 * import { fairQueue } from "./mod.ts";
 * const queue = fairQueue({ flowOf: (request) => request % 2, promptTokensOf: () => 100 });
 * for (const request of [1, 3, 5, 2]) queue.push(request, 0);
 * console.log(queue.pop(), queue.pop(), queue.pop()); // 1 2 3
 * ```
 */
export function fairQueue(options: FairQueueOptions): GatewayQueue {
  const { promptTokenCost, outputTokenCost } = withDefaults(weightedOrder.settings, options);
  return new FairQueue(options, promptTokenCost, outputTokenCost);
}

class FairQueue implements GatewayQueue {
  readonly #options: FairQueueOptions;
  readonly #promptCost: number;
  readonly #outputCost: number;
  readonly #lines: Ring[] = [];
  /** Live requests of each flow; a line may hold removed ones too. */
  readonly #waiting: number[] = [];
  readonly #counters: number[] = [];
  /** Flows that wait, by counter. */
  readonly #flows = new WinnerTree();
  /** Requests that wait, with the push that made them wait, and the instants of pushes still looked at. */
  readonly #tickets = new Map<number, number>();
  readonly #order = new Ring();
  readonly #orderTickets = new Ring();
  readonly #instants = new Map<number, number>();
  #nextTicket = 0;
  #lastFlow = -1;

  constructor(options: FairQueueOptions, promptCost: number, outputCost: number) {
    this.#options = options;
    this.#promptCost = promptCost;
    this.#outputCost = outputCost;
  }

  get size(): number {
    return this.#tickets.size;
  }

  get oldestSinceSeconds(): number {
    return this.#order.size > 0 ? this.#instants.get(this.#orderTickets.peek())! : Infinity;
  }

  push(request: number, nowSeconds: number): void {
    if (this.#tickets.has(request)) {
      throw new RangeError(
        `Cannot queue a request as one that does not wait yet: current value is ${request}`,
      );
    }
    const flow = this.#options.flowOf(request);
    while (this.#lines.length <= flow) {
      this.#lines.push(new Ring());
      this.#waiting.push(0);
      this.#counters.push(0);
    }
    if (this.#waiting[flow] === 0) this.#lift(flow);
    const ticket = this.#nextTicket++;
    this.#tickets.set(request, ticket);
    this.#instants.set(ticket, nowSeconds);
    this.#lines[flow].push(request);
    this.#lines[flow].push(ticket);
    this.#order.push(request);
    this.#orderTickets.push(ticket);
    if (this.#waiting[flow]++ === 0) this.#flows.set(flow, this.#counters[flow]);
  }

  peek(): number {
    const flow = this.#flows.firstId;
    return flow < 0 ? -1 : this.#firstOf(flow);
  }

  pop(): number {
    const flow = this.#flows.firstId;
    if (flow < 0) return -1;
    const request = this.#firstOf(flow);
    this.#leave(request, flow);
    this.#add(flow, this.#promptCost * this.#options.promptTokensOf(request));
    return request;
  }

  remove(request: number): boolean {
    if (!this.#tickets.has(request)) return false;
    this.#leave(request, this.#options.flowOf(request));
    return true;
  }

  charge(request: number, outputTokens: number): void {
    const flow = this.#options.flowOf(request);
    if (flow < this.#lines.length) this.#add(flow, this.#outputCost * outputTokens);
  }

  /** A flow that comes back does not fall behind those that wait, nor behind the last one served. */
  #lift(flow: number): void {
    const counters = this.#counters;
    if (this.#flows.firstId >= 0) counters[flow] = Math.max(counters[flow], this.#flows.firstKey);
    else if (this.#lastFlow >= 0) {
      counters[flow] = Math.max(counters[flow], counters[this.#lastFlow]);
    }
  }

  #add(flow: number, cost: number): void {
    const weight = this.#options.weightOf?.(flow) ?? 1;
    this.#counters[flow] += cost / weight;
    if (this.#waiting[flow] > 0) this.#flows.set(flow, this.#counters[flow]);
  }

  #leave(request: number, flow: number): void {
    this.#tickets.delete(request);
    // The order of arrival begins with a request that waits.
    while (
      this.#order.size > 0 &&
      this.#tickets.get(this.#order.peek()) !== this.#orderTickets.peek()
    ) {
      this.#order.pop();
      this.#instants.delete(this.#orderTickets.pop());
    }
    if (--this.#waiting[flow] === 0) {
      this.#flows.delete(flow);
      this.#lastFlow = flow;
    }
  }

  /** The first live request of a flow that waits. */
  #firstOf(flow: number): number {
    const line = this.#lines[flow];
    for (;;) {
      const request = line.peek();
      if (this.#tickets.get(request) === line.peekSecond()) return request;
      line.pop();
      line.pop();
    }
  }
}
