import type { StepShape } from "../execution/execution_time_model.ts";

/** The prefill chunks of the step being formed, and its shape, which they are a part of. */
export class StepChunks {
  /** What the execution model sees of the step. */
  readonly shape: StepShape;
  /** Slot of each chunk. */
  readonly slots: Int32Array;

  /** @param most Most chunks of a step. */
  constructor(most: number) {
    this.slots = new Int32Array(most);
    this.shape = {
      decodeSequences: 0,
      decodeContextTokens: 0,
      chunkCount: 0,
      chunkTokens: new Int32Array(most),
      chunkPastTokens: new Int32Array(most),
      sampledSequences: 0,
    };
  }

  /** Adds `tokens` tokens of the sequence in `slot`, which has `pastTokens` computed ones. */
  add(slot: number, tokens: number, pastTokens: number): void {
    const { shape } = this;
    const chunk = shape.chunkCount++;
    shape.chunkTokens[chunk] = tokens;
    shape.chunkPastTokens[chunk] = pastTokens;
    this.slots[chunk] = slot;
  }

  /** Tokens of all chunks. */
  get tokens(): number {
    const { chunkCount, chunkTokens } = this.shape;
    let tokens = 0;
    for (let i = 0; i < chunkCount; i++) tokens += chunkTokens[i];
    return tokens;
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
