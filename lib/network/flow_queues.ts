/**
 * Flows under way, in slots of typed arrays: the flows of one path form a list sorted by target (the
 * bytes that the path must have served to each of its flows for this one to be done), so the first
 * of a list is done first. Working memory of `FlowNetwork`.
 */
export class FlowQueues {
  /** Target of the flow in each slot, bytes served on its path. */
  targets = new Float64Array(64);
  /** The caller's token. */
  tokens = new Float64Array(64);
  /** Id of the flow; ids grow with every start. */
  ids = new Float64Array(64);
  /** Path of the flow. */
  paths = new Int32Array(64);
  /** First flow of each path, -1 for none. */
  heads = new Int32Array(16).fill(-1);
  /** Next flow of the same path, -1 after the last. */
  after = new Int32Array(64);
  #before = new Int32Array(64);
  #tails = new Int32Array(16).fill(-1);
  #slots = 0;
  readonly #free: number[] = [];
  readonly #slotOfId = new Map<number, number>();

  /** Flows under way. */
  get size(): number {
    return this.#slotOfId.size;
  }

  /** Slot of a flow; undefined when it is not under way. */
  slot(id: number): number | undefined {
    return this.#slotOfId.get(id);
  }

  /** Puts a flow in. Equal transfers come in order of their targets, so the place is almost always the tail. */
  insert(path: number, target: number, token: number, id: number): void {
    if (path >= this.heads.length) this.#growPaths(2 * path);
    const slot = this.#free.pop() ?? this.#newSlot();
    const { targets, after } = this;
    targets[slot] = target;
    this.tokens[slot] = token;
    this.ids[slot] = id;
    this.paths[slot] = path;
    let left = this.#tails[path];
    while (left >= 0 && targets[left] > target) left = this.#before[left];
    const right = left >= 0 ? after[left] : this.heads[path];
    this.#before[slot] = left;
    after[slot] = right;
    if (left >= 0) after[left] = slot;
    else this.heads[path] = slot;
    if (right >= 0) this.#before[right] = slot;
    else this.#tails[path] = slot;
    this.#slotOfId.set(id, slot);
  }

  /** Takes a flow out; its slot's fields stay readable until the next `insert`. */
  remove(slot: number): void {
    const path = this.paths[slot];
    const left = this.#before[slot];
    const right = this.after[slot];
    if (left >= 0) this.after[left] = right;
    else this.heads[path] = right;
    if (right >= 0) this.#before[right] = left;
    else this.#tails[path] = left;
    this.#slotOfId.delete(this.ids[slot]);
    this.#free.push(slot);
  }

  #newSlot(): number {
    const slot = this.#slots++;
    if (slot >= this.targets.length) {
      const size = 2 * slot;
      this.targets = grown(this.targets, new Float64Array(size));
      this.tokens = grown(this.tokens, new Float64Array(size));
      this.ids = grown(this.ids, new Float64Array(size));
      this.paths = grown(this.paths, new Int32Array(size));
      this.after = grown(this.after, new Int32Array(size));
      this.#before = grown(this.#before, new Int32Array(size));
    }
    return slot;
  }

  #growPaths(size: number): void {
    this.heads = grown(this.heads, new Int32Array(size).fill(-1));
    this.#tails = grown(this.#tails, new Int32Array(size).fill(-1));
  }
}

/** The longer array with the shorter one's values at its beginning. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(old: T, longer: T): T {
  longer.set(old);
  return longer;
}
