/** Iteration time as a line: a base, and so much per token computed and per KV entry read, seconds. */
export interface ServiceParameters {
  readonly alphaSeconds: number;
  readonly betaSeconds: number;
  readonly gammaSeconds: number;
}

/** Mean prompt and output of requests, tokens. */
export interface RequestSize {
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** Limits that a rate is to keep, seconds. */
export interface LatencyTargets {
  readonly ttftSeconds: number;
  readonly itlSeconds: number;
}

/** Requests that wait at most, in the model. */
const MOST_WAITING = 100;

/** Rates that the model is asked at lie this far within those that it can have. */
const EPSILON = 0.001;

/** Halvings of the range of rates. */
const BISECTIONS = 60;

/** Mean time of an iteration with so many requests in the batch, seconds. */
function iterationSeconds(
  { alphaSeconds, betaSeconds, gammaSeconds }: ServiceParameters,
  { promptTokens, outputTokens }: RequestSize,
  batch: number,
): number {
  const computed = (promptTokens + outputTokens) / (outputTokens + 1);
  const read = promptTokens + outputTokens / 2;
  return alphaSeconds + batch * (betaSeconds * computed + gammaSeconds * read);
}

/** Time of a prefill in a batch, seconds. */
export function prefillSeconds(p: ServiceParameters, size: RequestSize, batch: number): number {
  if (size.promptTokens === 0) return 0;
  return iterationSeconds(p, size, batch) + (p.betaSeconds + p.gammaSeconds) * size.promptTokens;
}

/** Time of a token in a batch, seconds. */
export function decodeSeconds(p: ServiceParameters, size: RequestSize, batch: number): number {
  const read = size.promptTokens + size.outputTokens / 2;
  return iterationSeconds(p, size, batch) + p.betaSeconds + p.gammaSeconds * read;
}

/** What a replica does at a rate of arrivals. */
export interface QueueFigures {
  readonly throughputPerSecond: number;
  readonly waitSeconds: number;
  readonly meanBatch: number;
  readonly ttftSeconds: number;
  readonly itlSeconds: number;
}

/**
 * A replica as a queue whose service rate depends on how many it serves: an M/M/1 queue with states 0
 * to its batch and 100 more. Requests that find it full are lost.
 *
 * @source llm-inferno, queue-analysis, pkg/analyzer (BuildModel, Analyze, Size), which the
 *   workload-variant autoscaler of llm-d uses
 */
export class QueueModel {
  readonly #parameters: ServiceParameters;
  readonly #size: RequestSize;
  /** Requests that leave per second with 1, 2, ... in service. */
  readonly #rates: Float64Array;

  constructor(parameters: ServiceParameters, size: RequestSize, maxBatch: number) {
    this.#parameters = parameters;
    this.#size = size;
    this.#rates = Float64Array.from({ length: maxBatch }, (_, i) => {
      const batch = i + 1;
      const seconds = prefillSeconds(parameters, size, batch) +
        size.outputTokens * decodeSeconds(parameters, size, batch);
      return batch / seconds;
    });
  }

  /** The rate just below what the model can serve, per second. */
  get greatestRate(): number {
    return this.#rates[this.#rates.length - 1] * (1 - EPSILON);
  }

  /** What the replica does at a rate > 0, per second. */
  at(ratePerSecond: number): QueueFigures {
    const batch = this.#rates.length;
    // Weights of the states, scaled where they grow: only their ratios count.
    let weight = 1, all = 1, served = 0, inside = 0;
    const states = batch + MOST_WAITING;
    for (let n = 1; n <= states; n++) {
      weight *= ratePerSecond / this.#rates[Math.min(n, batch) - 1];
      all += weight;
      served += Math.min(n, batch) * weight;
      inside += n * weight;
      if (all > 1e200) [weight, all, served, inside] = [weight, all, served, inside].map(scaled);
    }
    const throughput = ratePerSecond * (1 - weight / all);
    const meanBatch = served / all;
    const serviceSeconds = meanBatch / throughput;
    const waitSeconds = inside / all / throughput - serviceSeconds;
    const prefill = prefillSeconds(this.#parameters, this.#size, meanBatch);
    const itlSeconds = (serviceSeconds - prefill) / this.#size.outputTokens;
    return {
      throughputPerSecond: throughput,
      waitSeconds,
      meanBatch,
      ttftSeconds: waitSeconds + prefill + itlSeconds,
      itlSeconds,
    };
  }

  /** The greatest rate that keeps both targets, as throughput, per second; 0: even the least does not. */
  greatestWithin({ ttftSeconds, itlSeconds }: LatencyTargets): number {
    const keeps = (rate: number) => {
      const figures = this.at(rate);
      return figures.ttftSeconds <= ttftSeconds && figures.itlSeconds <= itlSeconds;
    };
    let [low, high] = [this.#rates[0] * EPSILON, this.greatestRate];
    if (!keeps(low)) return 0;
    if (keeps(high)) return this.at(high).throughputPerSecond;
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (low + high) / 2;
      if (keeps(middle)) low = middle;
      else high = middle;
    }
    return this.at(low).throughputPerSecond;
  }
}

const scaled = (value: number) => value * 1e-200;

/**
 * Targets where none are given: the iteration may take `multiplier` times its base, the request's own
 * work as long as it takes.
 *
 * @source llm-d workload-variant autoscaler, analyzers/queueingmodel (guessSLOFromMetrics)
 */
export function inferredTargets(
  { alphaSeconds, betaSeconds, gammaSeconds }: ServiceParameters,
  { promptTokens, outputTokens }: RequestSize,
  multiplier: number,
): LatencyTargets {
  const base = multiplier * alphaSeconds;
  return {
    ttftSeconds: base + (betaSeconds + gammaSeconds) * promptTokens,
    itlSeconds: base + betaSeconds + gammaSeconds * (promptTokens + (outputTokens + 1) / 2),
  };
}
