/** Blocks `from` to `to` of a run; a run below 0 is of one request alone. */
export interface RadixSpan {
  readonly run: number;
  readonly from: number;
  readonly to: number;
}

/** A node of a radix tree of blocks. */
export interface RadixNode {
  readonly id: number;
  /** Undefined for the root. */
  parent: RadixNode | undefined;
  /** By what they begin with. */
  readonly children: Map<number, RadixNode>;
  /** The blocks between the parent and this node. */
  spans: readonly RadixSpan[];
  blocks: number;
  /** Sequences that use it. */
  users: number;
  /** When it was used last, in looks and insertions. */
  usedAt: number;
  /** Whether it stands among those that may be given up. */
  isOffered: boolean;
}

/** A node, and when it had been used last as it took its place. */
interface Offer {
  readonly node: RadixNode;
  readonly usedAt: number;
}

const isFreeLeaf = ({ users, children }: RadixNode) => users === 0 && children.size === 0;

/**
 * The leaves of a radix tree that nobody uses, the least recently used first: a heap in which each node
 * stands once. One that was used since takes its new place when its turn comes, and one that is no such
 * leaf any more is passed over.
 */
export class RadixLeaves {
  readonly #heap: Offer[] = [];

  /** A node may have become such a leaf. */
  offer(node: RadixNode): void {
    if (node.isOffered || !isFreeLeaf(node)) return;
    node.isOffered = true;
    this.#push({ node, usedAt: node.usedAt });
  }

  /** Takes the least recently used leaf out; undefined when there is none. */
  takeOldest(): RadixNode | undefined {
    for (;;) {
      const first = this.#pop();
      if (first === undefined) return undefined;
      const { node, usedAt } = first;
      node.isOffered = false;
      if (!isFreeLeaf(node)) continue;
      if (node.usedAt === usedAt) return node;
      this.offer(node);
    }
  }

  #push(offer: Offer): void {
    const heap = this.#heap;
    let hole = heap.length;
    heap.push(offer);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (heap[parent].usedAt <= offer.usedAt) break;
      heap[hole] = heap[parent];
      hole = parent;
    }
    heap[hole] = offer;
  }

  #pop(): Offer | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const moved = heap.pop();
    if (moved === undefined || heap.length === 0) return first;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1].usedAt < heap[child].usedAt) child++;
      if (heap[child].usedAt >= moved.usedAt) break;
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = moved;
    return first;
  }
}
