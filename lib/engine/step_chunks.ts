import type { StepShape } from "../execution/execution_time_model.ts";
import { grown } from "../sim/grown.ts";

/** Chunks for which there is room at first. */
const FIRST_CHUNKS = 8;

type Growing<T> = { -readonly [K in keyof T]: T[K] };

/** The prefill chunks of the step being formed, and its shape, which they are a part of. */
export class StepChunks {
  /** What the execution model sees of the step. */
  readonly shape: Growing<StepShape> = {
    decodeSequences: 0,
    decodeContextTokens: 0,
    chunkCount: 0,
    chunkTokens: new Int32Array(FIRST_CHUNKS),
    chunkPastTokens: new Int32Array(FIRST_CHUNKS),
    sampledSequences: 0,
  };
  /** Slot of each chunk. */
  slots = new Int32Array(FIRST_CHUNKS);

  /** Adds `tokens` tokens of the sequence in `slot`, which has `pastTokens` computed ones. */
  add(slot: number, tokens: number, pastTokens: number): void {
    const { shape } = this;
    const chunk = shape.chunkCount++;
    if (chunk === this.slots.length) this.#grow();
    shape.chunkTokens[chunk] = tokens;
    shape.chunkPastTokens[chunk] = pastTokens;
    this.slots[chunk] = slot;
  }

  #grow(): void {
    const { shape } = this;
    this.slots = grown(this.slots);
    shape.chunkTokens = grown(shape.chunkTokens as Int32Array<ArrayBuffer>);
    shape.chunkPastTokens = grown(shape.chunkPastTokens as Int32Array<ArrayBuffer>);
  }

  /** Takes a sequence's chunk out. */
  drop(slot: number): void {
    const place = this.slots.indexOf(slot);
    const count = this.shape.chunkCount--;
    for (const column of [this.slots, this.shape.chunkTokens, this.shape.chunkPastTokens]) {
      column.copyWithin(place, place + 1, count);
    }
  }
}
