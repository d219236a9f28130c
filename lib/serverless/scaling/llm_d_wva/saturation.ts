import type { InstanceFacts } from "../policy.ts";

/** What is known of a replica: the greatest values of the metrics' window. */
export interface ReplicaMetrics {
  /** Share of KV blocks in use, 0..1. */
  readonly kvUsage: number;
  /** Requests that wait in its engine. */
  readonly queueLength: number;
}

/** Thresholds of the first analyzer. */
export interface SaturationThresholds {
  readonly kvCacheThreshold: number;
  readonly queueLengthThreshold: number;
  readonly kvSpareTrigger: number;
  readonly queueSpareTrigger: number;
}

/** Replicas that must not be saturated before one may go. */
const FEWEST_FREE = 2;

/**
 * One replica more, the same, or one fewer. A replica is saturated at either threshold. One more where
 * the others have on average less room than a trigger; one fewer where they would still have that much
 * if one of them shared its load among the rest.
 *
 * @source llm-d workload-variant autoscaler, internal/saturation/analyzer.go
 *   (AnalyzeModelSaturation, isScaleDownSafe)
 */
export function saturationChange(
  replicas: readonly ReplicaMetrics[],
  thresholds: SaturationThresholds,
): -1 | 0 | 1 {
  const { kvCacheThreshold, queueLengthThreshold, kvSpareTrigger, queueSpareTrigger } = thresholds;
  const free = replicas.filter(({ kvUsage, queueLength }) =>
    kvUsage < kvCacheThreshold && queueLength < queueLengthThreshold
  );
  const count = free.length;
  const mean = (of: (replica: ReplicaMetrics) => number) =>
    count === 0 ? 0 : free.reduce((sum, one) => sum + of(one), 0) / count;
  const spareKv = mean(({ kvUsage }) => kvCacheThreshold - kvUsage);
  const spareQueue = mean(({ queueLength }) => queueLengthThreshold - queueLength);
  if (spareKv < kvSpareTrigger || spareQueue < queueSpareTrigger) return 1;
  if (count < FEWEST_FREE || replicas.length <= 1) return 0;
  const factor = count / (count - 1);
  const leftKv = kvCacheThreshold - (kvCacheThreshold - spareKv) * factor;
  const leftQueue = queueLengthThreshold - (queueLengthThreshold - spareQueue) * factor;
  return leftKv >= kvSpareTrigger && leftQueue >= queueSpareTrigger ? -1 : 0;
}

/** Outputs shorter than these share what was learnt, tokens. */
const SHORT_OUTPUT = 100, MEDIUM_OUTPUT = 500;

/** Observations of a capacity that are remembered. */
const HISTORY = 10;

/** What the second analyzer is told beside the replicas. */
export interface TokenDemand {
  /** Instances that are starting. */
  readonly pending: number;
  /** Requests that wait before any replica. */
  readonly queued: number;
  /** Mean prompt and output of requests, tokens; 0 while unknown. */
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** Thresholds of the second analyzer. */
export interface TokenThresholds {
  readonly kvCacheThreshold: number;
  readonly queueLengthThreshold: number;
  readonly scaleUpThreshold: number;
  readonly scaleDownBoundary: number;
}

/**
 * Replicas by tokens: demand is what is in memory, and prompt and output of those that wait; a replica
 * has room for a share of its memory, or for what it held when requests had to wait, whichever is less.
 *
 * @source llm-d workload-variant autoscaler, analyzers/saturation_v2/analyzer.go (256df39c:
 *   computeReplicaCapacity, computeK2, estimateCapacityFromParams, waitingQueueDemand),
 *   engines/saturation (applyUniversalThreshold), pipeline/cost_aware_optimizer.go
 */
export class TokenCapacity {
  readonly #instance: InstanceFacts;
  readonly #thresholds: TokenThresholds;
  /** Tokens held while requests waited, by length of output, the latest last. */
  readonly #observed = new Map<string, number[]>();

  constructor(instance: InstanceFacts, thresholds: TokenThresholds) {
    this.#instance = instance;
    this.#thresholds = thresholds;
  }

  /** Replicas that there are to be, those that are starting included. @param replicas One or more. */
  desired(replicas: readonly ReplicaMetrics[], told: TokenDemand): number {
    const { kvCapacityTokens } = this.#instance;
    const { scaleUpThreshold, scaleDownBoundary } = this.#thresholds;
    const { pending, queued, promptTokens, outputTokens } = told;
    const current = replicas.length + pending;
    let demand = queued * (promptTokens + outputTokens);
    const capacities = replicas.map(({ kvUsage, queueLength }) => {
      const inUse = Math.trunc(kvUsage * kvCapacityTokens);
      demand += inUse + Math.trunc(queueLength * (promptTokens + outputTokens));
      return this.#capacity(inUse, queueLength, told);
    });
    const perReplica = median(capacities);
    if (perReplica <= 0) return current;
    const required = demand / scaleUpThreshold - current * perReplica;
    if (required > 0) return current + Math.ceil(required / perReplica);
    const spare = replicas.length * perReplica - demand / scaleDownBoundary;
    return Math.max(1, current - Math.max(0, Math.floor(spare / perReplica)));
  }

  /** Tokens that a replica has room for. */
  #capacity(inUse: number, queueLength: number, told: TokenDemand): number {
    const { kvCacheThreshold, queueLengthThreshold } = this.#thresholds;
    const byMemory = Math.trunc(this.#instance.kvCapacityTokens * kvCacheThreshold);
    const { outputTokens } = told;
    const bucket = outputTokens < SHORT_OUTPUT
      ? "short"
      : outputTokens < MEDIUM_OUTPUT
      ? "medium"
      : "long";
    const history = this.#observed.get(bucket) ?? [];
    if (queueLength >= Math.trunc(queueLengthThreshold) && inUse > 0) {
      history.push(inUse);
      if (history.length > HISTORY) history.shift();
      this.#observed.set(bucket, history);
      return Math.min(byMemory, inUse);
    }
    const learnt = history.reduce((sum, one) => sum + one, 0) / Math.max(1, history.length);
    const byCompute = Math.trunc(learnt) || this.#derived(told);
    return byCompute > 0 ? Math.min(byMemory, byCompute) : byMemory;
  }

  /** Tokens of the requests that a steady mix of prefill and decode keeps in a batch; 0 if unknown. */
  #derived({ promptTokens, outputTokens }: TokenDemand): number {
    if (outputTokens <= 0) return 0;
    const { maxTokensPerStep, maxSequences } = this.#instance;
    const steady = maxTokensPerStep * outputTokens / (promptTokens + outputTokens);
    return Math.trunc(Math.min(steady, maxSequences) * (promptTokens + outputTokens / 2));
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : Math.trunc((sorted[middle - 1] + sorted[middle]) / 2);
}
