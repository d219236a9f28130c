/** Users of blocks that are on their way into the tier. */
const ARRIVING = -1;

/** Blocks `from` (included) to `to` (excluded) of a run of prefixes. */
export interface BlockRange {
  /** Number of the run. */
  readonly run: number;
  /** First block of the run that belongs to the range. */
  readonly from: number;
  /** First block that does not any more, > `from`. */
  readonly to: number;
}

/**
 * The KV blocks of one cache tier, by identity: which are there, which are on their way in, and which
 * go when others need the room. Knows no bytes and moves none.
 *
 * The block used longest ago goes first, and of blocks used together the last one of the prompt, as in
 * vLLM's offloading manager; blocks that are being read or are on their way in stay. A block that
 * nobody has used for the time to live is gone, unless it is being read.
 *
 * Nothing is kept block by block: blocks of a run that are alike are one piece.
 */
export class TierBlocks {
  /** Blocks that fit. */
  readonly capacity: number;
  /** Blocks that are there or on their way in. */
  used = 0;
  /** Those of them that are on their way in. */
  arriving = 0;
  /** Blocks that others took the room of, and those whose time was over, so far. */
  evicted = 0;
  expired = 0;
  readonly #ttlSeconds: number;
  /** First piece of each run. */
  readonly #headOf = new Map<number, number>();
  /** Columns by piece. Users: how many read it, or {@link ARRIVING}. */
  readonly #run: number[] = [-1];
  readonly #from: number[] = [0];
  readonly #to: number[] = [0];
  readonly #users: number[] = [0];
  readonly #usedAtSeconds: number[] = [0];
  /** Neighbours in the run, 0 for none. */
  readonly #before: number[] = [0];
  readonly #after: number[] = [0];
  /** Neighbours in the order of use, whose sentinel is piece 0; the one used longest ago comes first. */
  readonly #previous: number[] = [0];
  readonly #next: number[] = [0];
  readonly #unused: number[] = [];

  /**
   * Makes an empty tier.
   *
   * @param capacity Blocks, an integer >= 0.
   * @param ttlSeconds Time for which a block stays that nobody uses, seconds, > 0; Infinity: for ever.
   */
  constructor(capacity: number, ttlSeconds = Infinity) {
    if (!Number.isInteger(capacity) || capacity < 0) {
      throw new RangeError(`Cannot make a cache tier of blocks: current value is ${capacity}`);
    }
    if (!(ttlSeconds > 0)) {
      throw new RangeError(`Cannot keep blocks for seconds > 0: current value is ${ttlSeconds}`);
    }
    this.capacity = capacity;
    this.#ttlSeconds = ttlSeconds;
  }

  /** Forgets the blocks whose time is over at `now`. Whoever looks at the tier calls this first. */
  expire(now: number): void {
    const ttl = this.#ttlSeconds;
    if (ttl === Infinity) return;
    for (let piece = this.#next[0]; piece !== 0;) {
      if (this.#usedAtSeconds[piece] + ttl > now) return;
      const following = this.#next[piece];
      if (this.#users[piece] === 0) {
        this.expired += this.#to[piece] - this.#from[piece];
        this.#forget(piece);
      }
      piece = following;
    }
  }

  /** End of the stretch of blocks of a run that begins with block `at` and is there; `at` for none. */
  thereUntil(run: number, at: number, until: number): number {
    let piece = this.#headOf.get(run) ?? 0;
    while (piece !== 0 && at < until && this.#from[piece] <= at) {
      if (this.#to[piece] > at) {
        if (this.#users[piece] === ARRIVING) break;
        at = this.#to[piece];
      }
      piece = this.#after[piece];
    }
    return Math.min(at, until);
  }

  /** The first block of a run from `at` on that is there; `until` if there is none before that. */
  firstThere(run: number, at: number, until: number): number {
    let piece = this.#headOf.get(run) ?? 0;
    while (piece !== 0 && (this.#to[piece] <= at || this.#users[piece] === ARRIVING)) {
      piece = this.#after[piece];
    }
    return piece === 0 ? until : Math.min(until, Math.max(at, this.#from[piece]));
  }

  /** Adds the parts of a range that are neither there nor on their way in to `out`. */
  missing({ run, from, to }: BlockRange, out: BlockRange[]): void {
    let at = from;
    for (let piece = this.#headOf.get(run) ?? 0; piece !== 0; piece = this.#after[piece]) {
      if (this.#from[piece] >= to) break;
      if (this.#to[piece] <= at) continue;
      if (this.#from[piece] > at) out.push({ run, from: at, to: this.#from[piece] });
      at = this.#to[piece];
    }
    if (at < to) out.push({ run, from: at, to });
  }

  /** Blocks of a range are used: of all blocks they go last, the first of them after the others. */
  touch({ run, from, to }: BlockRange, now: number): void {
    let piece = this.#lastBefore(run, to);
    while (piece !== 0 && this.#to[piece] > from) {
      const before = this.#before[piece];
      const part = this.#cut(piece, from, to);
      this.#unlink(part);
      this.#usedAtSeconds[part] = now;
      this.#append(part);
      piece = before;
    }
  }

  /**
   * Makes room for `blocks` blocks; returns the ranges that have to go, those that go first in front,
   * or undefined if there is no such room: then nothing goes.
   */
  makeRoom(blocks: number): readonly BlockRange[] | undefined {
    let lacking = this.used + blocks - this.capacity;
    if (lacking <= 0) return NONE;
    let mayGo = 0;
    for (let piece = this.#next[0]; piece !== 0 && mayGo < lacking; piece = this.#next[piece]) {
      if (this.#users[piece] === 0) mayGo += this.#to[piece] - this.#from[piece];
    }
    if (mayGo < lacking) return undefined;
    const gone: BlockRange[] = [];
    this.evicted += lacking;
    for (let piece = this.#next[0]; lacking > 0;) {
      const following = this.#next[piece];
      if (this.#users[piece] === 0) {
        const from = Math.max(this.#from[piece], this.#to[piece] - lacking);
        gone.push({ run: this.#run[piece], from, to: this.#to[piece] });
        lacking -= this.#to[piece] - from;
        this.#forget(this.#cut(piece, from, this.#to[piece]));
      }
      piece = following;
    }
    return gone;
  }

  /**
   * Blocks of a range, none of which is there, are on their way in.
   *
   * @throws {RangeError} If there is no room for them.
   */
  expect({ run, from, to }: BlockRange, now: number): void {
    const blocks = to - from;
    if (this.used + blocks > this.capacity) {
      throw new RangeError(
        `Cannot expect ${blocks} KV blocks in a tier of ${this.capacity}: current value of used is ${this.used}`,
      );
    }
    this.used += blocks;
    this.arriving += blocks;
    const last = this.#lastBefore(run, from);
    this.#append(this.#insert(run, from, to, ARRIVING, now, last));
  }

  /** The blocks of a range that were on their way in are there. */
  arrive({ run, from, to }: BlockRange): void {
    this.arriving -= to - from;
    this.#each(run, from, to, (piece) => this.#users[piece] = 0);
  }

  /** They will not come. */
  giveUp({ run, from, to }: BlockRange): void {
    this.arriving -= to - from;
    this.#each(run, from, to, (piece) => this.#forget(piece));
  }

  /** Somebody begins to read the blocks of a range, all of which are there. */
  pin({ run, from, to }: BlockRange): void {
    this.#each(run, from, to, (piece) => this.#users[piece]++);
  }

  /** Somebody is done with reading them. */
  unpin({ run, from, to }: BlockRange): void {
    this.#each(run, from, to, (piece) => this.#users[piece]--);
  }

  /** Forgets all blocks. Nothing may be on its way in or be read. */
  clear(): void {
    while (this.#next[0] !== 0) this.#forget(this.#next[0]);
  }

  /**
   * Checks what the tier counts against its pieces, and that no block is there twice.
   *
   * @throws {RangeError} If that is not so.
   */
  check(): void {
    let used = 0, arriving = 0, pieces = 0;
    for (const head of this.#headOf.values()) {
      for (let piece = head, at = 0; piece !== 0; piece = this.#after[piece], pieces++) {
        const blocks = this.#to[piece] - this.#from[piece];
        if (this.#from[piece] < at || blocks <= 0) throw broken("overlap", this.#run[piece]);
        at = this.#to[piece];
        used += blocks;
        if (this.#users[piece] === ARRIVING) arriving += blocks;
      }
    }
    for (let piece = this.#next[0]; piece !== 0; piece = this.#next[piece]) pieces--;
    const isRight = used === this.used && arriving === this.arriving && used <= this.capacity &&
      pieces === 0;
    if (!isRight) throw broken(`are ${used}, ${arriving} arriving, counted as`, this.used);
  }

  /** Visits the pieces of a range, which is there as a whole, cut at its ends. */
  #each(run: number, from: number, to: number, visit: (piece: number) => void): void {
    let piece = this.#lastBefore(run, to);
    let end = to;
    while (piece !== 0 && end > from) {
      const before = this.#before[piece];
      if (this.#to[piece] < end) break;
      end = this.#from[piece];
      visit(this.#cut(piece, from, to));
      piece = before;
    }
    if (end > from) {
      throw new RangeError(
        `Cannot use blocks ${from} to ${to} of run ${run} as ones of the tier: current value of their first is ${end}`,
      );
    }
  }

  /** The last piece of a run that begins before block `end`; 0 for none. */
  #lastBefore(run: number, end: number): number {
    let last = 0;
    let piece = this.#headOf.get(run) ?? 0;
    for (; piece !== 0 && this.#from[piece] < end; piece = this.#after[piece]) last = piece;
    return last;
  }

  /** The part of a piece within blocks `from` to `to`, as a piece of its own. */
  #cut(piece: number, from: number, to: number): number {
    if (this.#to[piece] > to) this.#split(piece, to);
    return this.#from[piece] < from ? this.#split(piece, from) : piece;
  }

  /** Cuts a piece in two at block `at` and returns the tail, which goes before the rest. */
  #split(piece: number, at: number): number {
    const { [piece]: users } = this.#users;
    const { [piece]: usedAt } = this.#usedAtSeconds;
    const tail = this.#insert(this.#run[piece], at, this.#to[piece], users, usedAt, piece);
    this.#to[piece] = at;
    this.#link(tail, this.#previous[piece], piece);
    return tail;
  }

  /** A new piece after `last` in its run, the first when that is 0; it has no place in the order yet. */
  #insert(
    run: number,
    from: number,
    to: number,
    users: number,
    usedAtSeconds: number,
    last: number,
  ): number {
    const piece = this.#unused.pop() ?? this.#run.length;
    this.#run[piece] = run;
    this.#from[piece] = from;
    this.#to[piece] = to;
    this.#users[piece] = users;
    this.#usedAtSeconds[piece] = usedAtSeconds;
    const following = last === 0 ? this.#headOf.get(run) ?? 0 : this.#after[last];
    this.#join(run, last, piece);
    this.#join(run, piece, following);
    return piece;
  }

  /** Makes two pieces of a run neighbours; 0 stands for its ends. */
  #join(run: number, before: number, after: number): void {
    if (after !== 0) this.#before[after] = before;
    if (before !== 0) this.#after[before] = after;
    else if (after !== 0) this.#headOf.set(run, after);
    else this.#headOf.delete(run);
  }

  /** A piece is gone. */
  #forget(piece: number): void {
    this.used -= this.#to[piece] - this.#from[piece];
    this.#unlink(piece);
    this.#drop(piece);
  }

  #drop(piece: number): void {
    this.#join(this.#run[piece], this.#before[piece], this.#after[piece]);
    this.#unused.push(piece);
  }

  /** Puts a piece at the end of the order, as one with its successor in the run if they are alike. */
  #append(piece: number): void {
    const last = this.#previous[0];
    const isOne = last !== 0 && this.#after[piece] === last &&
      this.#from[last] === this.#to[piece] && this.#users[last] === this.#users[piece] &&
      this.#usedAtSeconds[last] >= this.#usedAtSeconds[piece];
    if (!isOne) return this.#link(piece, last, 0);
    this.#from[last] = this.#from[piece];
    this.#drop(piece);
  }

  #link(piece: number, previous: number, next: number): void {
    this.#previous[piece] = previous;
    this.#next[piece] = next;
    this.#next[previous] = piece;
    this.#previous[next] = piece;
  }

  #unlink(piece: number): void {
    this.#next[this.#previous[piece]] = this.#next[piece];
    this.#previous[this.#next[piece]] = this.#previous[piece];
  }
}

const NONE: readonly BlockRange[] = [];

function broken(words: string, value: number): RangeError {
  return new RangeError(`Cannot use a cache tier whose blocks ${words}: current value is ${value}`);
}
