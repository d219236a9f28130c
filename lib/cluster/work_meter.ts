import type { StepShape, StepWork } from "../execution/execution_time_model.ts";
import { emptyTotals, type MeterTotals } from "../metrics/meter_totals.ts";

/**
 * Counts the work of one engine: FLOPs, bytes, tokens, busy time and KV use. A decode run's share is
 * an arithmetic series, so it costs the same whatever its length.
 */
export class WorkMeter {
  /** Totals of everything that has ended. */
  readonly totals: MeterTotals = emptyTotals();
  readonly #work: StepWork;

  constructor(work: StepWork) {
    this.#work = work;
  }

  /** Adds `steps` decode steps of `sequences` sequences that start at a total context of `context`. */
  addDecode(into: MeterTotals, sequences: number, context: number, steps: number): void {
    const work = this.#work;
    const contexts = steps * context + sequences * (steps * (steps - 1) / 2);
    into.flops += steps * sequences * (work.flopsPerToken + work.flopsPerSample) +
      work.flopsPerAttentionPair * contexts;
    into.bytes += steps * work.weightBytes(sequences) + work.kvBytesPerToken * contexts;
    into.outputTokens += steps * sequences;
  }

  /** Adds a step that has prefill chunks. */
  addMixed(into: MeterTotals, shape: StepShape): void {
    const work = this.#work;
    let tokens = shape.decodeSequences;
    let pairs = shape.decodeContextTokens;
    let entries = shape.decodeContextTokens;
    for (let i = 0; i < shape.chunkCount; i++) {
      const chunk = shape.chunkTokens[i];
      const past = shape.chunkPastTokens[i];
      tokens += chunk;
      pairs += chunk * past + chunk * (chunk + 1) / 2;
      entries += past + chunk;
    }
    into.flops += tokens * work.flopsPerToken + pairs * work.flopsPerAttentionPair +
      shape.sampledSequences * work.flopsPerSample;
    into.bytes += work.weightBytes(tokens) + entries * work.kvBytesPerToken;
    into.promptTokens += tokens - shape.decodeSequences;
    into.outputTokens += shape.sampledSequences;
  }
}
