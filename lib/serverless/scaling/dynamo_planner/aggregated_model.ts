import type { InstanceFacts, MeasuredStep } from "../policy.ts";
import { fitPlane, type StepPlane, StepSamples } from "../step_samples.ts";

/** A mean of the last values that leaves out zeros before the first other value. */
class RecentMean {
  readonly #most: number;
  readonly #values: number[] = [];
  #hasValue = false;

  constructor(most: number) {
    this.#most = most;
  }

  add(value: number): void {
    this.#hasValue ||= value !== 0;
    if (!this.#hasValue) return;
    if (this.#values.length === this.#most) this.#values.shift();
    this.#values.push(value);
  }

  get value(): number {
    const { length } = this.#values;
    return length === 0 ? 0 : this.#values.reduce((sum, one) => sum + one, 0) / length;
  }
}

/** How the model learns. */
export interface AggregatedModelOptions {
  readonly maxNumFpmSamples: number;
  readonly fpmSampleBucketSize: number;
  readonly loadMinObservations: number;
}

/** What an engine serves within the limits, and the latencies at that rate. */
export interface BestRate {
  /** Requests per second; 0 while the model is not ready. */
  readonly ratePerSecond: number;
  readonly ttftSeconds: number;
  readonly itlSeconds: number;
}

/** No step takes less, seconds. */
const SHORTEST_STEP = 1e-6;

/**
 * What Dynamo's planner knows of an engine that does prefill and decode in the same steps: the time of
 * a step is a plane over its prompt tokens and the KV entries of its decodes.
 *
 * @source Dynamo, planner/core/perf_model/agg.py (518a7027, AggRegressionModel)
 */
export class AggregatedModel {
  readonly #options: AggregatedModelOptions;
  readonly #samples: StepSamples;
  readonly #promptTokens: RecentMean;
  readonly #decodeLength: RecentMean;
  readonly #prefillTokens: RecentMean;
  #plane: StepPlane | undefined;
  #isFitted = false;

  constructor(options: AggregatedModelOptions) {
    const { maxNumFpmSamples: most, fpmSampleBucketSize } = options;
    this.#options = options;
    this.#samples = new StepSamples(most, fpmSampleBucketSize);
    this.#promptTokens = new RecentMean(most);
    this.#decodeLength = new RecentMean(most);
    this.#prefillTokens = new RecentMean(most);
  }

  /** An engine's last step. */
  observe(step: MeasuredStep): void {
    const { seconds, prefillSequences, prefillTokens, decodeSequences, decodeContextTokens } = step;
    if (prefillSequences > 0) this.#promptTokens.add(prefillTokens / prefillSequences);
    if (decodeSequences > 0) this.#decodeLength.add(decodeContextTokens / decodeSequences);
    this.#prefillTokens.add(prefillTokens);
    if (seconds === 0) return;
    this.#samples.add([prefillTokens, decodeContextTokens, seconds]);
    this.#isFitted = false;
  }

  /** Whether enough steps have been seen to say anything. */
  get hasSufficientData(): boolean {
    return this.#samples.count >= this.#options.loadMinObservations;
  }

  /** The plane through the samples; undefined while it says nothing. */
  #fit(): StepPlane | undefined {
    if (!this.#isFitted) {
      this.#plane = this.hasSufficientData ? fitPlane(this.#samples.all()) : undefined;
      this.#isFitted = true;
    }
    return this.#plane;
  }

  /** Time of the first token of a request that comes now, seconds; undefined while not known. */
  nextTtft(
    waitingPromptTokens: number,
    decodeTokens: number,
    maxTokensPerStep: number,
  ): number | undefined {
    const plane = this.#fit();
    if (plane === undefined) return undefined;
    let left = waitingPromptTokens + this.#promptTokens.value;
    let seconds = 0;
    while (left > 0) {
      const chunk = Math.min(left, maxTokensPerStep);
      seconds += stepSeconds(plane, chunk, decodeTokens);
      left -= chunk;
    }
    return seconds;
  }

  /** Time between two tokens, seconds, with so many KV entries; undefined while not known. */
  nextItl(decodeTokens: number): number | undefined {
    const plane = this.#fit();
    if (plane === undefined) return undefined;
    return stepSeconds(plane, this.#prefillTokens.value, decodeTokens + this.#decodeLength.value);
  }

  /**
   * The greatest rate of requests of a size that an engine serves within both limits: the greatest
   * batch that keeps them, over its time (Little's law). A batch of one counts even where it keeps
   * neither.
   */
  bestRate(
    size: { readonly promptTokens: number; readonly outputTokens: number },
    limits: { readonly ttftSeconds: number; readonly itlSeconds: number },
    instance: InstanceFacts,
  ): BestRate {
    const plane = this.#fit();
    const { promptTokens, outputTokens } = size;
    let best: BestRate = { ratePerSecond: 0, ttftSeconds: 0, itlSeconds: 0 };
    if (plane === undefined || promptTokens <= 0 || outputTokens <= 0) return best;
    const { maxTokensPerStep } = instance;
    const contextTokens = promptTokens + outputTokens / 2;
    const most = greatestBatch(promptTokens, outputTokens, instance);
    for (let batch = 1; batch <= most; batch++) {
      const decodeTokens = batch * contextTokens;
      const prefill = Math.min(batch * promptTokens / Math.max(1, outputTokens), maxTokensPerStep);
      const itlSeconds = stepSeconds(plane, prefill, decodeTokens);
      const ttftSeconds = this.nextTtft(
        Math.trunc(prefill),
        Math.trunc(decodeTokens),
        maxTokensPerStep,
      )!;
      const isWithin = itlSeconds <= limits.itlSeconds && ttftSeconds <= limits.ttftSeconds;
      if (!isWithin && batch > 1) break;
      best = { ratePerSecond: batch / (outputTokens * itlSeconds), ttftSeconds, itlSeconds };
      if (!isWithin) break;
    }
    return best;
  }
}

function stepSeconds(plane: StepPlane, prefillTokens: number, decodeTokens: number): number {
  const { baseSeconds, perPrefillToken, perDecodeToken } = plane;
  const seconds = baseSeconds + perPrefillToken * prefillTokens + perDecodeToken * decodeTokens;
  return Math.max(SHORTEST_STEP, seconds);
}

/**
 * The greatest batch that memory, the engine's limit and the balance of prefill and decode allow: as
 * many prompts are computed beside it as are done.
 */
function greatestBatch(
  promptTokens: number,
  outputTokens: number,
  { kvCapacityTokens, maxSequences, maxTokensPerStep }: InstanceFacts,
): number {
  const contextTokens = promptTokens + outputTokens / 2;
  const inMemory = Math.max(1, Math.trunc(kvCapacityTokens / Math.max(1, contextTokens)));
  let [low, high] = [1, Math.max(1, Math.min(inMemory, maxSequences, maxTokensPerStep - 1))];
  while (low < high) {
    const middle = Math.trunc((low + high + 1) / 2);
    const budget = maxTokensPerStep - middle;
    if (budget > 0 && promptTokens / budget <= outputTokens) low = middle;
    else high = middle - 1;
  }
  return low;
}
