import { knowLoaded, yieldLoaded } from "./admit.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { KvTiersOfEngine } from "./kv_tiers_of_engine.ts";
import type { LoadingRequests } from "./loading_requests.ts";

/** What one engine has to do with the cache tiers behind its prefix cache. */
export class EngineTiers {
  readonly #batch: BatchBuilder;
  readonly #tiers: KvTiersOfEngine;
  readonly #loading: LoadingRequests;

  constructor(batch: BatchBuilder, tiers: KvTiersOfEngine, loading: LoadingRequests) {
    this.#batch = batch;
    this.#tiers = tiers;
    this.#loading = loading;
  }

  /** Whether something has been loaded that the scheduler does not know of. */
  get isAnyUnknown(): boolean {
    return this.#loading.unknown > 0;
  }

  /** The blocks that a request waits for have come, at an instant. */
  come(request: number, atSeconds: number): void {
    this.#loading.come(request, atSeconds);
  }

  /** The scheduler learns of what had been loaded by an instant; whether that is anything. */
  know(untilSeconds: number): boolean {
    return this.#loading.unknown > 0 && knowLoaded(this.#batch, untilSeconds) > 0;
  }

  /**
   * A step has been formed, or nothing could be. Returns whether a tier takes what that has made the
   * cache forget: a leap ends before such a step, so that single steps begin another one with it.
   */
  stepBegins(): boolean {
    return this.#tiers.stepBegins();
  }

  /** Whether a request is over here but for blocks that were read on their way to a tier. */
  isOver(request: number): boolean {
    return this.#batch.blocks.heldBeside(request) > 0 && this.#loading.tokensOf(request) < 0;
  }

  /** Blocks of prompts that the step has computed, which ends, are offered to the tiers. */
  offerComputed(): void {
    const { shape, sequences, chunkSlots } = this.#batch;
    for (let i = 0; i < shape.chunkCount; i++) {
      const request = sequences.request[chunkSlots[i]];
      this.#tiers.computed(request, shape.chunkPastTokens[i] + shape.chunkTokens[i]);
    }
  }

  /**
   * Nothing can be scheduled. Where all blocks that are held have been loaded, the last who has loaded
   * waits anew; false if that would help nobody.
   */
  yieldsLast(): boolean {
    return this.#batch.blocks.detached === this.#loading.loaded && yieldLoaded(this.#batch);
  }
}
