import { IdentifiedPool } from "./identified_pool.ts";
import type { PrefixHolders } from "./prefix_holders.ts";
import type { PrefixIdentity } from "./prefix_identity.ts";
import { RadixLeaves, type RadixNode, type RadixSpan } from "./radix_leaves.ts";

/** Places that a run has room for in the key of a child: more blocks than any sequence has. */
const RUN_PLACES = 2 ** 24;

/** What a sequence that holds nothing of the tree holds. */
const ROOT_ID = 0;

/**
 * A block pool as SGLang's radix cache: a tree whose edges are sequences of blocks, where a node ends
 * only where two of the sequences part that it was made from. Blocks of the tree that nobody uses are
 * free, and go a whole leaf at a time, the least recently used first: by a look, or by being put in.
 * A sequence uses the path to its node. What it computed itself becomes a part of the tree when it is
 * told of ({@link identify}); copies of blocks that are there already are freed then.
 *
 * Blocks without identity in the workload are a run of the request's own, which nobody else finds.
 *
 * @source SGLang 0.5.9, python/sglang/srt/mem_cache/radix_cache.py (behaviour)
 */
export class RadixCache extends IdentifiedPool {
  readonly #identity: PrefixIdentity;
  readonly #holders: PrefixHolders | undefined;
  readonly #instance: number;
  readonly #root: RadixNode;
  readonly #nodes = new Map<number, RadixNode>();
  readonly #leaves = new RadixLeaves();
  /** Spans of each run of the workload in the tree. */
  readonly #spansOf = new Map<number, number>();
  #ids = ROOT_ID;
  /** Counts looks and insertions: what is used later has a higher number. */
  #now = 0;
  #treeBlocks = 0;
  /** Blocks of the tree that nobody uses. */
  #evictable = 0;

  /**
   * Makes an empty cache.
   *
   * @param capacity Blocks, an integer >= 1.
   * @param blockTokens Tokens per block, an integer >= 1, in which `identity` counts.
   * @param holders Told of the runs that the cache has, as those of an instance; absent: nobody is.
   */
  constructor(
    capacity: number,
    blockTokens: number,
    identity: PrefixIdentity,
    holders?: PrefixHolders,
    instance = 0,
  ) {
    super(capacity, blockTokens);
    this.#identity = identity;
    this.#holders = holders;
    this.#instance = instance;
    this.#root = this.#made(undefined, []);
  }

  get cachedBlocks(): number {
    return this.#treeBlocks;
  }

  /** Blocks that hold nothing. */
  override get emptyBlocks(): number {
    return this.free - this.#evictable;
  }

  matchedBlocks(request: number, tokens: number): number {
    const most = Math.floor(tokens / this.blockTokens);
    let node = this.#root;
    let depth = 0;
    while (depth < most) {
      const child = node.children.get(this.#keyAt(request, depth));
      if (child === undefined) break;
      const common = this.#common(child, request, depth, most);
      depth += common;
      if (common < child.blocks) break;
      node = child;
    }
    return depth;
  }

  override look(request: number, tokens: number): number {
    return this.#walk(request, Math.floor(tokens / this.blockTokens)).depth;
  }

  /** A leap ends before it would take blocks of the tree, so that all of them are left. */
  keptBlocks(_request: number, matched: number, _count: number): number {
    return matched;
  }

  freeAmong(request: number, blocks: number): number {
    let node = this.#root;
    let free = 0;
    for (let depth = 0; depth < blocks;) {
      node = node.children.get(this.#keyAt(request, depth))!;
      const part = Math.min(node.blocks, blocks - depth);
      if (node.users === 0) free += part;
      depth += part;
    }
    return free;
  }

  share(request: number, blocks: number, held: number[]): void {
    const { node } = this.#walk(request, blocks);
    this.#use(node);
    held.push(node.id, blocks);
  }

  identify(request: number, tokens: number, held: number[]): void {
    const blocks = Math.floor(tokens / this.blockTokens);
    const [before = ROOT_ID, depth = 0] = held;
    const found = this.#walk(request, blocks);
    if (blocks <= depth) return;
    // The sequence has computed what somebody else has put in meanwhile: its own copies go.
    if (found.depth > depth) this.give(found.depth - depth);
    let { node } = found;
    this.#use(node);
    if (found.depth < blocks) {
      node = this.#made(node, this.#spans(request, found.depth, blocks));
      node.users = 1;
    }
    this.#letGo(this.#nodes.get(before)!);
    held.length = 0;
    held.push(node.id, blocks);
  }

  /** Every block of the tree stays what it is. */
  renew(): void {}

  release(_request: number, held: number[], blocks: number): void {
    const [id = ROOT_ID, depth = 0] = held;
    if (blocks > depth) this.give(blocks - depth);
    this.#letGo(this.#nodes.get(id)!);
    held.length = 0;
  }

  override take(count: number): void {
    this.makeRoom(count);
    super.take(count);
  }

  /** Leaves are given up until there are `count` blocks that hold nothing, or nobody's leaf is left. */
  override makeRoom(count: number): void {
    if (this.emptyBlocks >= count) return;
    // As many as are asked for go, whatever is empty already.
    for (let gone = 0; gone < count;) {
      const leaf = this.#leaves.takeOldest();
      if (leaf === undefined) return;
      gone += leaf.blocks;
      this.givenUp++;
      this.#remove(leaf);
    }
  }

  close(): void {
    for (const run of this.#spansOf.keys()) this.#holders?.remove(run, this.#instance);
  }

  /** Uses the path to where the request's first `most` blocks part from the tree, and ends a node there. */
  #walk(request: number, most: number): { node: RadixNode; depth: number } {
    const now = ++this.#now;
    let node = this.#root;
    let depth = 0;
    while (depth < most) {
      const child = node.children.get(this.#keyAt(request, depth));
      if (child === undefined) break;
      this.#touch(child, now);
      const common = this.#common(child, request, depth, most);
      depth += common;
      if (common < child.blocks) {
        node = this.#split(child, common);
        break;
      }
      node = child;
    }
    return { node, depth };
  }

  #touch(node: RadixNode, now: number): void {
    node.usedAt = now;
    this.#leaves.offer(node);
  }

  /** What a child that begins with block `depth` of the request stands under. */
  #keyAt(request: number, depth: number): number {
    const { offsets, runs, ends } = this.#identity;
    let start = 0;
    for (let place = offsets[request]; place < offsets[request + 1]; start = ends[place++]) {
      if (depth < ends[place]) return runs[place] * RUN_PLACES + depth - start;
    }
    return -(request + 1) * RUN_PLACES + depth - start;
  }

  /** Blocks `from` to `to` of a request as spans. */
  #spans(request: number, from: number, to: number): RadixSpan[] {
    const { offsets, runs, ends } = this.#identity;
    const spans: RadixSpan[] = [];
    let start = 0;
    for (let place = offsets[request]; place < offsets[request + 1]; start = ends[place++]) {
      const end = Math.min(to, ends[place]);
      if (from >= end) continue;
      spans.push({ run: runs[place], from: from - start, to: end - start });
      from = end;
    }
    if (from < to) spans.push({ run: -(request + 1), from: from - start, to: to - start });
    return spans;
  }

  /** Blocks that a node has in common with the request's from `depth` on, at most up to `most`. */
  #common({ spans, blocks }: RadixNode, request: number, depth: number, most: number): number {
    const limit = Math.min(blocks, most - depth);
    let common = 0;
    for (const span of spans) {
      if (common >= limit || this.#keyAt(request, depth + common) !== keyOf(span)) break;
      const length = span.to - span.from;
      const part = Math.min(length, limit - common, this.#left(request, depth + common));
      common += part;
      if (part < length) break;
    }
    return common;
  }

  /** Blocks of the request from `depth` to the end of its part of a run. */
  #left(request: number, depth: number): number {
    const { offsets, ends } = this.#identity;
    for (let place = offsets[request]; place < offsets[request + 1]; place++) {
      if (depth < ends[place]) return ends[place] - depth;
    }
    return Infinity;
  }

  #made(parent: RadixNode | undefined, spans: RadixSpan[]): RadixNode {
    const blocks = spans.reduce((sum, { from, to }) => sum + to - from, 0);
    const id = parent === undefined ? ROOT_ID : ++this.#ids;
    const node: RadixNode = {
      id,
      parent,
      children: new Map(),
      spans,
      blocks,
      users: 0,
      usedAt: this.#now,
      isOffered: false,
    };
    this.#nodes.set(id, node);
    if (parent !== undefined) parent.children.set(keyOf(spans[0]), node);
    this.#treeBlocks += blocks;
    for (const { run } of spans) this.#count(run, 1);
    return node;
  }

  /** Cuts a node after its first `count` blocks; returns the upper part, which is new. */
  #split(node: RadixNode, count: number): RadixNode {
    const parent = node.parent!;
    const upper: RadixSpan[] = [];
    const lower: RadixSpan[] = [];
    let left = count;
    for (const { run, from, to } of node.spans) {
      const cut = Math.min(to, from + left);
      if (cut > from) upper.push({ run, from, to: cut });
      if (cut < to) lower.push({ run, from: cut, to });
      left -= cut - from;
    }
    const above = this.#made(parent, upper);
    this.#treeBlocks -= count;
    for (const { run } of lower) this.#count(run, 1);
    for (const { run } of node.spans) this.#count(run, -1);
    above.users = node.users;
    node.parent = above;
    node.spans = lower;
    node.blocks -= count;
    above.children.set(keyOf(lower[0]), node);
    return above;
  }

  /** A sequence more uses the path to a node. */
  #use(node: RadixNode): void {
    for (let one = node; one.parent !== undefined; one = one.parent) {
      if (one.users++ > 0) continue;
      this.#evictable -= one.blocks;
      super.take(one.blocks);
    }
  }

  /** A sequence fewer uses it. */
  #letGo(node: RadixNode): void {
    for (let one = node; one.parent !== undefined; one = one.parent) {
      if (--one.users > 0) continue;
      this.#evictable += one.blocks;
      this.give(one.blocks);
      this.#leaves.offer(one);
    }
  }

  #remove(leaf: RadixNode): void {
    const parent = leaf.parent!;
    parent.children.delete(keyOf(leaf.spans[0]));
    this.#nodes.delete(leaf.id);
    this.#evictable -= leaf.blocks;
    this.#treeBlocks -= leaf.blocks;
    for (const { run } of leaf.spans) this.#count(run, -1);
    if (parent.parent !== undefined) this.#leaves.offer(parent);
  }

  /** Counts the spans of a run, and tells those who want to know whether the cache has it. */
  #count(run: number, change: number): void {
    if (run < 0) return;
    const spans = (this.#spansOf.get(run) ?? 0) + change;
    if (spans === 0) this.#spansOf.delete(run);
    else this.#spansOf.set(run, spans);
    if (spans === 0) this.#holders?.remove(run, this.#instance);
    else if (spans === change) this.#holders?.add(run, this.#instance);
  }
}

/** What a node that begins with a span stands under among its parent's children. */
function keyOf({ run, from }: RadixSpan): number {
  return run * RUN_PLACES + from;
}
