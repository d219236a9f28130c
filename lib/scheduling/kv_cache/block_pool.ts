/**
 * The KV blocks of one engine, by count. Blocks without identity are interchangeable, so counting
 * them is exact; `PrefixCache` adds identity on top of the same counts.
 */
export class BlockPool {
  /** Tokens per block. */
  readonly blockTokens: number;
  /** Blocks in all; {@link resize} changes it. */
  capacity: number;
  /** Blocks that can be taken: empty ones and cached ones that nobody uses. */
  free: number;
  /** Most blocks in use at any instant so far. */
  peakUsed = 0;

  /**
   * Makes a pool whose blocks are all free.
   *
   * @param capacity Blocks, an integer >= 1.
   * @param blockTokens Tokens per block, an integer >= 1.
   */
  constructor(capacity: number, blockTokens: number) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`Cannot make a block pool of blocks: current value is ${capacity}`);
    }
    if (!Number.isInteger(blockTokens) || blockTokens < 1) {
      throw new RangeError(`Cannot use a KV block of tokens: current value is ${blockTokens}`);
    }
    this.capacity = capacity;
    this.blockTokens = blockTokens;
    this.free = capacity;
  }

  /** Blocks in use. */
  get used(): number {
    return this.capacity - this.free;
  }

  /** Free blocks that can be taken without a cache giving up more than them, one after the other. */
  get emptyBlocks(): number {
    return this.free;
  }

  /** Sees to it that `count` blocks are empty, where a cache holds what is free. */
  makeRoom(_count: number): void {}

  /** Blocks that hold `tokens` tokens. */
  blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.blockTokens);
  }

  /**
   * Takes `count` blocks out of the pool.
   *
   * @throws {RangeError} If fewer are free: the engine's accounting is broken.
   */
  take(count: number): void {
    if (count > this.free) {
      throw new RangeError(`Cannot take ${count} KV blocks: current value of free is ${this.free}`);
    }
    this.free -= count;
    const used = this.capacity - this.free;
    if (used > this.peakUsed) this.peakUsed = used;
  }

  /**
   * Changes how many blocks there are.
   *
   * @throws {RangeError} If fewer are free than have to go.
   */
  resize(capacity: number): void {
    const more = capacity - this.capacity;
    if (more >= 0) {
      this.capacity = capacity;
      this.give(more);
      return;
    }
    const { peakUsed } = this;
    this.take(-more);
    this.capacity = capacity;
    this.peakUsed = peakUsed;
  }

  /** Puts `count` blocks back. */
  give(count: number): void {
    this.free += count;
    if (this.free > this.capacity) {
      throw new RangeError(
        `Cannot hold more free KV blocks than ${this.capacity}: current value is ${this.free}`,
      );
    }
  }
}
