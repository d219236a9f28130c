/** A node of the naive tree: the tokens between its parent and itself, one by one. */
export interface NaiveNode {
  tokens: number[];
  children: NaiveNode[];
  parent: NaiveNode | undefined;
  locks: number;
  used: number;
}

/**
 * A radix tree of tokens, as the paper on SGLang and its code describe it: nothing is kept up to date,
 * everything is looked for when it is asked.
 */
export class NaiveRadix {
  readonly root: NaiveNode = { tokens: [], children: [], parent: undefined, locks: 1, used: 0 };
  #uses = 0;
  constructor(readonly page: number) {}

  nodes(from: NaiveNode = this.root): NaiveNode[] {
    return [...from.children, ...from.children.flatMap((child) => this.nodes(child))];
  }

  get tokens(): number {
    return this.nodes().reduce((sum, { tokens }) => sum + tokens.length, 0);
  }

  get evictable(): number {
    return this.nodes().filter(({ locks }) => locks === 0)
      .reduce((sum, { tokens }) => sum + tokens.length, 0);
  }

  /** Follows tokens as far as whole pages go; cuts the node in two in which they part. */
  match(tokens: readonly number[]): { length: number; node: NaiveNode } {
    const use = ++this.#uses;
    const whole = tokens.length - tokens.length % this.page;
    let node = this.root;
    let length = 0;
    for (;;) {
      const next = node.children.find((child) => this.#common(child, tokens, length, whole) > 0);
      if (next === undefined) return { length, node };
      next.used = use;
      const common = this.#common(next, tokens, length, whole);
      length += common;
      if (common < next.tokens.length) return { length, node: this.#cut(next, common, use) };
      node = next;
    }
  }

  #common(node: NaiveNode, tokens: readonly number[], from: number, to: number): number {
    let count = 0;
    while (
      count < node.tokens.length && from + count < to && node.tokens[count] === tokens[from + count]
    ) count++;
    return count - count % this.page;
  }

  #cut(node: NaiveNode, count: number, used: number): NaiveNode {
    const { parent, locks } = node;
    const upper = { tokens: node.tokens.slice(0, count), children: [node], parent, locks, used };
    parent!.children = [...parent!.children.filter((one) => one !== node), upper];
    node.tokens = node.tokens.slice(count);
    node.parent = upper;
    return upper;
  }

  /** Puts whole pages in; returns how many tokens were there already. */
  insert(tokens: readonly number[]): number {
    const whole = tokens.slice(0, tokens.length - tokens.length % this.page);
    const { length, node } = this.match(whole);
    if (length < whole.length) {
      node.children.push({
        tokens: whole.slice(length),
        children: [],
        parent: node,
        locks: 0,
        used: this.#uses,
      });
    }
    return length;
  }

  lock(node: NaiveNode | undefined, change: number): void {
    for (let one = node; one !== undefined; one = one.parent) one.locks += change;
  }

  /** Gives up leaves that nobody uses, the one used longest ago first, until `count` tokens are gone. */
  evict(count: number): void {
    for (let gone = 0; gone < count;) {
      const leaves = this.nodes().filter(({ locks, children }) =>
        locks === 0 && children.length === 0
      );
      if (leaves.length === 0) return;
      const oldest = leaves.reduce((a, b) => b.used < a.used ? b : a);
      oldest.parent!.children = oldest.parent!.children.filter((one) => one !== oldest);
      gone += oldest.tokens.length;
    }
  }
}
