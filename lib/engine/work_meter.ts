import type { StepShape, StepWork } from "../execution/execution_time_model.ts";
import type { MeterTotals } from "../metrics/meter_totals.ts";
import type { Speculation } from "./speculation.ts";

// Places of the counters. One typed array, so that a copy for a reading is one call; no more than
// eight, since a longer one would lie outside the heap, and a run may make millions of meters.
const BLOCK_SECONDS = 0, WEIGHT_BYTES = 1;
const PROMPT_TOKENS = 2, OUTPUT_TOKENS = 3;
/** (query token, KV entry) pairs, and KV entries read or written. */
const PAIRS = 4, ENTRIES = 5;
const PREFILL_SAMPLES = 6, SEQUENCE_SECONDS = 7;
const COUNTERS = 8;
// Of meters where drafts are verified: tokens verified beyond those that came out of it; work of
// drafts, FLOP and bytes.
const REFUSED_TOKENS = 0, DRAFT_FLOPS = 1, DRAFT_BYTES = 2;
const NO_DRAFTS = new Float64Array(3);

/**
 * Counts the work of one engine: tokens, attention, weights read, busy time and KV use. A decode
 * leap's share is an arithmetic series, so it costs the same whatever its length; FLOPs and bytes
 * follow from the counts when somebody asks.
 */
export class WorkMeter {
  readonly #counts = new Float64Array(COUNTERS);
  #busySeconds = 0;
  /** What verifying drafts counts beyond that; absent: nothing is verified. */
  readonly #drafts: Float64Array | undefined;
  readonly #work: StepWork;
  readonly #speculation: Speculation | undefined;

  constructor(work: StepWork, speculation?: Speculation) {
    this.#work = work;
    this.#speculation = speculation;
    this.#drafts = speculation && new Float64Array(NO_DRAFTS.length);
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

  /**
   * Adds `steps` steps, the first of which has the shape: a leap of decode steps, or a mixed one.
   *
   * @param tokens Output tokens of their decodes, where drafts are verified.
   */
  addSteps(shape: StepShape, steps: number, tokens = 0): void {
    if (this.#speculation !== undefined) {
      this.#addVerifying(shape, steps, tokens, this.#speculation);
    } else if (shape.chunkCount > 0) this.#addMixed(shape);
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

  /** Adds steps that verify drafts and propose the next ones. */
  #addVerifying(
    shape: StepShape,
    steps: number,
    tokens: number,
    speculation: Speculation,
  ): void {
    const { decodeSequences: sequences, decodeContextTokens: context } = shape;
    const { decodeTokens = sequences, draftTokens = 0 } = shape;
    const counts = this.#counts;
    const drafts = this.#drafts!;
    let prompt = 0, chunkPairs = 0, chunkEntries = 0;
    for (let i = 0; i < shape.chunkCount; i++) {
      const chunk = shape.chunkTokens[i];
      const past = shape.chunkPastTokens[i];
      prompt += chunk;
      chunkPairs += chunk * past + chunk * (chunk + 1) / 2;
      chunkEntries += past + chunk;
    }
    const grown = sequences * speculation.tokensPerStep * (steps * (steps - 1) / 2);
    const entries = steps * context + grown;
    const pairs = chunkPairs + (sequences > 0 ? entries * (decodeTokens / sequences) : 0);
    const finishing = shape.sampledSequences - decodeTokens;
    counts[PROMPT_TOKENS] += prompt;
    counts[OUTPUT_TOKENS] += tokens + finishing;
    drafts[REFUSED_TOKENS] += steps * decodeTokens - tokens;
    counts[PREFILL_SAMPLES] += finishing;
    counts[PAIRS] += pairs;
    counts[ENTRIES] += entries + chunkEntries;
    counts[WEIGHT_BYTES] += steps * this.#work.weightBytes(prompt + decodeTokens);
    const { work } = speculation.parts;
    if (work === undefined || draftTokens === 0) return;
    // The first pass computes the step's tokens, each further one a token of each sequence.
    const drafting = sequences + finishing;
    const more = draftTokens - 1;
    drafts[DRAFT_FLOPS] += work.flopsPerToken * steps * (prompt + decodeTokens + more * drafting) +
      work.flopsPerAttentionPair * (pairs + more * entries) +
      work.flopsPerSample * steps * draftTokens * drafting;
    drafts[DRAFT_BYTES] += steps * work.weightBytes(prompt + decodeTokens) +
      steps * more * work.weightBytes(drafting) +
      work.kvBytesPerToken * (chunkEntries + draftTokens * entries);
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

  /** Forgets all counts. */
  clear(): void {
    this.#counts.fill(0);
    this.#drafts?.fill(0);
    this.#busySeconds = 0;
  }

  /** Starts over from another meter's counts. */
  copyFrom(other: WorkMeter): void {
    this.#counts.set(other.#counts);
    this.#drafts?.set(other.#drafts!);
    this.#busySeconds = other.#busySeconds;
  }

  /** Writes the totals into `out`. */
  read(out: MeterTotals): void {
    const counts = this.#counts;
    const work = this.#work;
    const output = counts[OUTPUT_TOKENS];
    const drafts = this.#drafts ?? NO_DRAFTS;
    const sampled = output + drafts[REFUSED_TOKENS];
    const linear = counts[PROMPT_TOKENS] + sampled - counts[PREFILL_SAMPLES];
    out.busySeconds = this.#busySeconds;
    out.blockSeconds = counts[BLOCK_SECONDS];
    out.sequenceSeconds = counts[SEQUENCE_SECONDS];
    out.promptTokens = counts[PROMPT_TOKENS];
    out.outputTokens = output;
    out.flops = linear * work.flopsPerToken + counts[PAIRS] * work.flopsPerAttentionPair +
      sampled * work.flopsPerSample + drafts[DRAFT_FLOPS];
    out.bytes = counts[WEIGHT_BYTES] + counts[ENTRIES] * work.kvBytesPerToken + drafts[DRAFT_BYTES];
  }
}
