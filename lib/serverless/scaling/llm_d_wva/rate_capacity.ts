import type { InstanceFacts, InstanceLoad, MeasuredStep } from "../policy.ts";
import { fitPlane, StepSamples } from "../step_samples.ts";
import { sweepSteps } from "../sweep_steps.ts";
import {
  inferredTargets,
  QueueModel,
  type RequestSize,
  type ServiceParameters,
} from "./queue_model.ts";

/** How the queueing model is set. */
export interface RateCapacityOptions {
  readonly targetTtftSeconds: number | null;
  readonly targetItlSeconds: number | null;
  readonly sloMultiplier: number;
  readonly tuningEnabled: boolean;
}

/** Steps that the parameters rest on, and parts of their range. */
const SAMPLES = 64, PARTS = 16;

/**
 * Replicas by arrivals: their rate over the greatest one that a replica serves within the latency
 * targets. The parameters of an iteration are those of the execution model and, where tuning is
 * enabled, of measured steps, by least squares; the source learns them from latencies by an extended
 * Kalman filter.
 *
 * @source llm-d workload-variant autoscaler, analyzers/queueingmodel (computeAllVariantCapacities)
 */
export class RateCapacity {
  readonly #instance: InstanceFacts;
  readonly #options: RateCapacityOptions;
  readonly #samples = new StepSamples(SAMPLES, PARTS);
  #parameters: ServiceParameters | undefined;

  constructor(instance: InstanceFacts, options: RateCapacityOptions) {
    this.#instance = instance;
    this.#options = options;
    for (const step of sweepSteps(instance)) this.#add(step);
    this.#fit();
  }

  #add({ prefillTokens, decodeSequences, decodeContextTokens, seconds }: MeasuredStep): void {
    const computed = prefillTokens + decodeSequences;
    this.#samples.add([computed, decodeContextTokens + prefillTokens, seconds]);
  }

  #fit(): void {
    const plane = fitPlane(this.#samples.all());
    if (plane === undefined || plane.baseSeconds <= 0) return;
    this.#parameters = {
      alphaSeconds: plane.baseSeconds,
      betaSeconds: plane.perPrefillToken,
      gammaSeconds: plane.perDecodeToken,
    };
  }

  /** Learns from the last steps of instances, where it may. */
  learn(instances: readonly InstanceLoad[]): void {
    if (!this.#options.tuningEnabled) return;
    const steps = instances.filter(({ step }) => step.seconds > 0);
    for (const { step } of steps) this.#add(step);
    if (steps.length > 0) this.#fit();
  }

  /** Replicas for a rate of arrivals, per second; undefined while nothing can be said. */
  desired(ratePerSecond: number, size: RequestSize): number | undefined {
    const parameters = this.#parameters;
    if (parameters === undefined || ratePerSecond === 0 || size.outputTokens < 1) return undefined;
    const { targetTtftSeconds, targetItlSeconds, sloMultiplier } = this.#options;
    const targets = targetTtftSeconds !== null && targetItlSeconds !== null
      ? { ttftSeconds: targetTtftSeconds, itlSeconds: targetItlSeconds }
      : inferredTargets(parameters, size, sloMultiplier);
    const model = new QueueModel(parameters, size, this.#instance.maxSequences);
    const greatest = model.greatestWithin(targets);
    return greatest > 0 ? Math.max(1, Math.ceil(ratePerSecond / greatest)) : undefined;
  }
}
