import type { StepShape, StepWork } from "../execution/execution_time_model.ts";
import type { MeterTotals } from "../metrics/meter_totals.ts";

// Places of the counters. One typed array, so that a copy for a reading is one call; no more than
// eight, since a longer one would lie outside the heap, and a run may make millions of meters.
const BLOCK_SECONDS = 0, WEIGHT_BYTES = 1;
const PROMPT_TOKENS = 2, OUTPUT_TOKENS = 3;
/** (query token, KV entry) pairs, and KV entries read or written. */
const PAIRS = 4, ENTRIES = 5;
const PREFILL_SAMPLES = 6, SEQUENCE_SECONDS = 7;
const COUNTERS = 8;

/**
 * Counts the work of one engine: tokens, attention, weights read, busy time and KV use. A decode
 * leap's share is an arithmetic series, so it costs the same whatever its length; FLOPs and bytes
 * follow from the counts when somebody asks.
 */
export class WorkMeter {
  readonly #counts = new Float64Array(COUNTERS);
  #busySeconds = 0;
  readonly #work: StepWork;

  constructor(work: StepWork) {
    this.#work = work;
  }

  /**
   * Adds time: in steps, seconds; KV blocks in use over it, block-seconds; sequences in the batch
   * all the while.
   */
  addTime(busySeconds: number, blockSeconds: number, sequences: number): void {
    this.#busySeconds += busySeconds;
    this.#counts[BLOCK_SECONDS] += blockSeconds;
    this.#counts[SEQUENCE_SECONDS] += busySeconds * sequences;
  }

  /** Adds `steps` steps, the first of which has the shape: a leap of decode steps, or a mixed one. */
  addSteps(shape: StepShape, steps: number): void {
    if (shape.chunkCount > 0) this.#addMixed(shape);
    else this.#addDecode(shape, steps);
  }

  #addDecode(shape: StepShape, steps: number): void {
    const { decodeSequences: sequences, decodeContextTokens: context } = shape;
    const counts = this.#counts;
    const contexts = steps * context + sequences * (steps * (steps - 1) / 2);
    counts[OUTPUT_TOKENS] += steps * sequences;
    counts[PAIRS] += contexts;
    counts[ENTRIES] += contexts;
    counts[WEIGHT_BYTES] += steps * this.#work.weightBytes(sequences);
  }

  /** Adds a step that has prefill chunks. */
  #addMixed(shape: StepShape): void {
    const counts = this.#counts;
    const decodes = shape.decodeSequences;
    let prompt = 0;
    let pairs = shape.decodeContextTokens;
    let entries = shape.decodeContextTokens;
    for (let i = 0; i < shape.chunkCount; i++) {
      const chunk = shape.chunkTokens[i];
      const past = shape.chunkPastTokens[i];
      prompt += chunk;
      pairs += chunk * past + chunk * (chunk + 1) / 2;
      entries += past + chunk;
    }
    counts[PROMPT_TOKENS] += prompt;
    counts[OUTPUT_TOKENS] += shape.sampledSequences;
    counts[PAIRS] += pairs;
    counts[ENTRIES] += entries;
    counts[WEIGHT_BYTES] += this.#work.weightBytes(prompt + decodes);
    // A finishing prefill samples a token that no decode computed.
    counts[PREFILL_SAMPLES] += shape.sampledSequences - decodes;
  }

  /** Starts over from another meter's counts. */
  copyFrom(other: WorkMeter): void {
    this.#counts.set(other.#counts);
    this.#busySeconds = other.#busySeconds;
  }

  /** Writes the totals into `out`. */
  read(out: MeterTotals): void {
    const counts = this.#counts;
    const work = this.#work;
    const output = counts[OUTPUT_TOKENS];
    const linear = counts[PROMPT_TOKENS] + output - counts[PREFILL_SAMPLES];
    out.busySeconds = this.#busySeconds;
    out.blockSeconds = counts[BLOCK_SECONDS];
    out.sequenceSeconds = counts[SEQUENCE_SECONDS];
    out.promptTokens = counts[PROMPT_TOKENS];
    out.outputTokens = output;
    out.flops = linear * work.flopsPerToken + counts[PAIRS] * work.flopsPerAttentionPair +
      output * work.flopsPerSample;
    out.bytes = counts[WEIGHT_BYTES] + counts[ENTRIES] * work.kvBytesPerToken;
  }
}
