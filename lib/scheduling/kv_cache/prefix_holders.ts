import type { PrefixIdentity } from "./prefix_identity.ts";

/** Bits of a word. */
const WORD = 32;

/**
 * Which caches have anything of a run of blocks: an index from prefixes to instances, for routers that
 * would ask each of many caches for a prompt. Told of each run that a cache begins or ceases to hold.
 */
export class PrefixHolders {
  readonly #identity: PrefixIdentity;
  /** Bits by instance, of the runs that any cache has. */
  readonly #bitsOf = new Map<number, Uint32Array<ArrayBuffer>>();
  /** The request that was asked for last, and the bits of its first run. */
  #asked = -1;
  #bits: Uint32Array | undefined;

  constructor(identity: PrefixIdentity) {
    this.#identity = identity;
  }

  /** The cache of an instance has something of a run. */
  add(run: number, instance: number): void {
    const word = Math.floor(instance / WORD);
    let bits = this.#bitsOf.get(run);
    if (bits === undefined || word >= bits.length) {
      const grown = new Uint32Array(Math.max(word + 1, 2 * (bits?.length ?? 1)));
      if (bits !== undefined) grown.set(bits);
      this.#bitsOf.set(run, bits = grown);
      this.#asked = -1;
    }
    bits[word] |= 1 << (instance % WORD);
  }

  /** It has nothing of the run any more. */
  remove(run: number, instance: number): void {
    const bits = this.#bitsOf.get(run);
    if (bits === undefined) return;
    bits[Math.floor(instance / WORD)] &= ~(1 << (instance % WORD));
    if (bits.some((word) => word !== 0)) return;
    this.#bitsOf.delete(run);
    this.#asked = -1;
  }

  /** Whether the cache of an instance may have the first block of a request's prompt; false: surely not. */
  mayHold(request: number, instance: number): boolean {
    if (request !== this.#asked) this.#ask(request);
    const bits = this.#bits;
    const word = Math.floor(instance / WORD);
    return bits !== undefined && word < bits.length &&
      (bits[word] & (1 << (instance % WORD))) !== 0;
  }

  #ask(request: number): void {
    const { offsets, runs } = this.#identity;
    const place = offsets[request];
    this.#asked = request;
    this.#bits = place < offsets[request + 1] ? this.#bitsOf.get(runs[place]) : undefined;
  }
}

/** The indices of a run, one for each way to tell blocks apart. */
export class PrefixIndex {
  readonly #holders = new Map<PrefixIdentity, PrefixHolders>();

  /** The index of the caches with this identity of blocks. */
  of(identity: PrefixIdentity): PrefixHolders {
    let holders = this.#holders.get(identity);
    if (holders === undefined) this.#holders.set(identity, holders = new PrefixHolders(identity));
    return holders;
  }
}
