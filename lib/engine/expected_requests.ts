import type { BatchBuilder } from "./batch_builder.ts";
import { joinWithEntries } from "./bring_back.ts";
import type { RunColumns } from "./engine_parts.ts";

/** Who is told that an engine has taken KV blocks for entries that are to come. */
export interface EntryPulls {
  /**
   * The blocks of a request are taken: its entries may be sent.
   *
   * @param tokens Leading tokens whose entries the engine has already, in its prefix cache.
   */
  blocksTaken(instanceId: number, request: number, tokens: number): void;
}

/** A request whose KV entries are to come. */
interface Expected {
  readonly request: number;
  /** Tokens whose entries are to come, those that the prefix cache has included. */
  readonly tokens: number;
  /** Blocks that it has beyond those of its entries, for its next step; -1 while it has none at all. */
  spareBlocks: number;
  /** Instant at which the last entry came, seconds; Infinity before. */
  hereAtSeconds: number;
  /** Whether the scheduler knows of that. */
  isKnown: boolean;
}

/**
 * Requests whose KV entries come from another engine. They take blocks in the order in which they were
 * announced, once nobody waits who was here before; then their entries are sent for; when these are
 * there, they decode as soon as the batch has a place for them, whatever else waits.
 */
export class ExpectedRequests {
  readonly #requests: Expected[] = [];
  readonly #instanceId: number;
  readonly #run: RunColumns;
  /** Requests without blocks. */
  #blockless = 0;
  /** Requests whose entries are here. */
  #here = 0;
  /** Those of them that the scheduler knows of. */
  #known = 0;

  constructor(instanceId: number, run: RunColumns) {
    this.#instanceId = instanceId;
    this.#run = run;
  }

  /** Requests without blocks for their entries. */
  get blockless(): number {
    return this.#blockless;
  }

  /** Requests whose entries are here. */
  get here(): number {
    return this.#here;
  }

  /** Requests whose entries are on their way, or asked for. */
  get onTheirWay(): number {
    return this.#requests.length - this.#blockless - this.#here;
  }

  /** Whether entries are here of which the scheduler does not know. */
  get isAnyLate(): boolean {
    return this.#here > this.#known;
  }

  /** The scheduler learns of the entries that were here by an instant, seconds; of how many requests? */
  learn(untilSeconds: number): number {
    let count = 0;
    for (const one of this.#requests) {
      if (one.isKnown || one.hereAtSeconds === Infinity || one.hereAtSeconds > untilSeconds) {
        continue;
      }
      one.isKnown = true;
      count++;
    }
    this.#known += count;
    return count;
  }

  #reserved({ blocks }: BatchBuilder, request: number): number {
    return blocks.reservedFor(this.#run.columns.promptTokens[request]);
  }

  /** Adds a request whose first `tokens` tokens' entries are to come. */
  push(request: number, tokens: number): void {
    this.#requests.push({
      request,
      tokens,
      spareBlocks: -1,
      hereAtSeconds: Infinity,
      isKnown: false,
    });
    this.#blockless++;
  }

  /** The entries of a request are here. @throws {RangeError} If it has no blocks for them. */
  arrive(request: number, nowSeconds: number): void {
    const found = this.#requests.find((one) => one.request === request);
    if (found === undefined || found.spareBlocks < 0) {
      throw new RangeError(
        `Cannot take KV entries as those of a request that has blocks on instance ` +
          `${this.#instanceId}: current value is request ${request}`,
      );
    }
    found.hereAtSeconds = nowSeconds;
    this.#here++;
  }

  /**
   * Takes a request out, wherever it stands; false if it is not here. Its blocks are free now, or when
   * the step in progress ends.
   */
  remove(request: number, { blocks }: BatchBuilder, isStepping: boolean): boolean {
    const place = this.#requests.findIndex((one) => one.request === request);
    if (place < 0) return false;
    const [{ spareBlocks, hereAtSeconds, isKnown }] = this.#requests.splice(place, 1);
    if (spareBlocks >= 0) blocks.dropHeld(request, isStepping);
    else this.#blockless--;
    if (hereAtSeconds < Infinity) this.#here--;
    if (isKnown) this.#known--;
    return true;
  }

  /** Takes all with their blocks: adds them to `requests`, returns the tokens whose entries were here. */
  empty(requests: number[], { blocks }: BatchBuilder): number {
    let tokens = 0;
    for (const one of this.#requests.splice(0)) {
      requests.push(one.request);
      if (one.spareBlocks >= 0) blocks.dropHeld(one.request, false);
      if (one.hereAtSeconds < Infinity) tokens += one.tokens;
    }
    this.#blockless = 0;
    this.#here = 0;
    this.#known = 0;
    return tokens;
  }

  /**
   * Moves those into the decode batch whose entries are known to be here, as far as it has places;
   * returns how many.
   */
  join(batch: BatchBuilder): number {
    const { sequences, maxSequences, blocks } = batch;
    let count = 0;
    for (let i = 0; i < this.#requests.length && sequences.count < maxSequences; i++) {
      const { request, tokens, spareBlocks, isKnown } = this.#requests[i];
      if (!isKnown) continue;
      this.#requests.splice(i--, 1);
      this.#here--;
      this.#known--;
      const begin = (slot: number) => blocks.beginHeld(slot, spareBlocks);
      joinWithEntries(batch, this.#run, request, tokens, this.#reserved(batch, request), begin);
      count++;
    }
    return count;
  }

  /**
   * Takes blocks for those who have none, in their order, while there are some beside `keepFreeBlocks`.
   * Whoever waits for blocks with nothing to come goes first.
   */
  takeBlocks(batch: BatchBuilder, keepFreeBlocks: number): void {
    if (this.#blockless === 0 || batch.preempted > 0 || batch.queue.size > 0) return;
    const { sequences, growth, blocks } = batch;
    if (sequences.count >= batch.maxSequences) return;
    const keep = sequences.count > 0 ? keepFreeBlocks : 0;
    for (const one of this.#requests) {
      if (one.spareBlocks >= 0) continue;
      const { request, tokens } = one;
      const reserved = this.#reserved(batch, request);
      const own = reserved > 0 ? reserved : batch.pool.blocksFor(tokens);
      const spare = growth.next(tokens, own, reserved > 0);
      const here = blocks.hold(request, tokens, own + spare, keep + growth.lacking);
      if (here < 0) return;
      one.spareBlocks = spare;
      this.#blockless--;
      this.#run.pulls?.blocksTaken(this.#instanceId, request, here);
    }
  }
}
