/** One component of links and paths to share out; all arrays are indexed by link or path id. */
export interface SharingProblem {
  /** Links of the component. */
  readonly links: readonly number[];
  /** Paths of the component, those that have lost their last flow included. */
  readonly paths: readonly number[];
  /** Bytes per second of each link. */
  readonly capacities: Float64Array;
  /** Flows on each path. */
  readonly flowCounts: Int32Array;
  /** Bytes per second that one flow of each path can never exceed. */
  readonly upperBounds: Float64Array;
  /** Links of each path; those outside the component are ignored. */
  readonly linksOfPath: readonly (readonly number[])[];
  /** Paths in use on each link. */
  readonly pathsOnLink: readonly (readonly number[])[];
}

/** Working memory of `maxMinShares`, kept between calls: one number per link. */
export class SharingScratch {
  /** Capacity not yet given away, bytes per second. */
  remaining = new Float64Array(16);
  /** Flows not yet given a rate. */
  pending = new Int32Array(16);
  /** 1 while the link takes part. */
  taking = new Uint8Array(16);
  /** Heap of links by share. */
  readonly heap: number[] = [];
  readonly shares: number[] = [];

  /** Makes room for `links` links. */
  reserve(links: number): void {
    if (links <= this.remaining.length) return;
    const size = Math.max(links, 2 * this.remaining.length);
    this.remaining = new Float64Array(size);
    this.pending = new Int32Array(size);
    this.taking = new Uint8Array(size);
  }
}

/**
 * Max-min fair rates by progressive filling: the link with the smallest equal share fixes the rate
 * of its flows, what they do not use stays for others, and so on. A flow that cannot use its share
 * (`upperBounds`) gets its bound first. Writes bytes per second of one flow into `rates[path]` and
 * whether a link fixed any rate into `binding[link]`.
 * O(links log links + crossings) of the component.
 *
 * @source Bertsekas and Gallager, Data Networks, section 6.5.2 (max-min flow control)
 */
export function maxMinShares(
  problem: SharingProblem,
  rates: Float64Array,
  binding: Uint8Array,
  scratch: SharingScratch,
): void {
  const { links, paths, capacities, flowCounts, upperBounds, linksOfPath, pathsOnLink } = problem;
  scratch.reserve(capacities.length);
  const { remaining, pending, taking, heap, shares } = scratch;
  for (const link of links) {
    remaining[link] = capacities[link];
    pending[link] = 0;
    taking[link] = 1;
    binding[link] = 0;
  }
  let open = 0;
  for (const path of paths) {
    const count = flowCounts[path];
    rates[path] = count > 0 ? -1 : 0;
    if (count === 0) continue;
    open++;
    for (const link of linksOfPath[path]) {
      if (taking[link] === 1) pending[link] += count;
    }
  }
  heapUp(links, scratch);
  while (open > 0 && heap.length > 0) {
    const link = heap[0];
    if (pending[link] === 0) {
      pop(heap, shares);
      continue;
    }
    // Shares only grow while others are served, so an old entry is a lower bound: look again.
    const share = Math.max(remaining[link], 0) / pending[link];
    if (share > shares[0]) {
      shares[0] = share;
      sink(heap, shares, 0);
      if (heap[0] !== link) continue;
    }
    // First pass: flows that cannot use the share; without any, second pass: all that wait.
    let bounded = false;
    for (let pass = 0; pass < 2 && !bounded; pass++) {
      for (const path of pathsOnLink[link]) {
        if (rates[path] >= 0 || (pass === 0 && upperBounds[path] > share)) continue;
        const rate = pass === 0 ? upperBounds[path] : share;
        if (pass === 0) bounded = true;
        else binding[link] = 1;
        const count = flowCounts[path];
        rates[path] = rate;
        open--;
        for (const other of linksOfPath[path]) {
          if (taking[other] === 0) continue;
          pending[other] -= count;
          remaining[other] -= rate * count;
        }
      }
    }
    if (!bounded) pop(heap, shares);
  }
  if (open > 0) {
    for (const path of paths) if (rates[path] < 0) rates[path] = upperBounds[path];
  }
  for (const link of links) taking[link] = 0;
}

/** Orders the links that have flows to serve by their shares. */
function heapUp(
  links: readonly number[],
  { remaining, pending, heap, shares }: SharingScratch,
): void {
  heap.length = 0;
  shares.length = 0;
  for (const link of links) {
    if (pending[link] === 0) continue;
    heap.push(link);
    shares.push(remaining[link] / pending[link]);
  }
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, shares, i);
}

function pop(heap: number[], shares: number[]): void {
  const link = heap.pop() as number;
  const share = shares.pop() as number;
  if (heap.length === 0) return;
  heap[0] = link;
  shares[0] = share;
  sink(heap, shares, 0);
}

function sink(heap: number[], shares: number[], from: number): void {
  const link = heap[from];
  const share = shares[from];
  let hole = from;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && shares[child + 1] < shares[child]) child++;
    if (shares[child] >= share) break;
    heap[hole] = heap[child];
    shares[hole] = shares[child];
    hole = child;
  }
  heap[hole] = link;
  shares[hole] = share;
}
