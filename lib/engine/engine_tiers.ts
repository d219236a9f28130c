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

  /** Blocks of prompts that the step has computed, which ends, are offered to the tiers. */
  offerComputed(): void {
    const { shape, sequences, chunkSlots } = this.#batch;
    for (let i = 0; i < shape.chunkCount; i++) {
      const request = sequences.request[chunkSlots[i]];
      this.#tiers.computed(request, shape.chunkPastTokens[i] + shape.chunkTokens[i]);
    }
  }

  /**
   * Nothing can be scheduled, and nothing is on its way. The last who has loaded blocks gives them up and
   * waits anew; false if nobody has.
   */
  yieldsLast(): boolean {
    return yieldLoaded(this.#batch);
  }
}
