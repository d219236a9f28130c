import { concurrency, type ConcurrencyOptions } from "./concurrency.ts";
import { hpa, type HpaOptions } from "./hpa.ts";
import { keda, type KedaOptions } from "./keda.ts";
import { knativeKpa, type KnativeKpaOptions } from "./knative_kpa.ts";
import { oracle, type OracleOptions } from "./oracle.ts";
import type { ScalingPolicy } from "./policy.ts";
import { predictive, type PredictiveOptions } from "./predictive.ts";
import { queueDelay, type QueueDelayOptions } from "./queue_delay.ts";
import { schedule, type ScheduleOptions } from "./schedule.ts";
import { slo, type SloOptions } from "./slo.ts";
import { threshold, type ThresholdOptions } from "./threshold.ts";

/** The scaling policies by name. A new one is one file and one line here. */
export const SCALING_POLICIES = {
  threshold: (options: ThresholdOptions) => threshold(options),
  concurrency: (options: ConcurrencyOptions) => concurrency(options),
  "queue-delay": (options: QueueDelayOptions) => queueDelay(options),
  "knative-kpa": (options: KnativeKpaOptions) => knativeKpa(options),
  hpa: (options: HpaOptions) => hpa(options),
  keda: (options: KedaOptions) => keda(options),
  slo: (options: SloOptions) => slo(options),
  predictive: (options: PredictiveOptions) => predictive(options),
  schedule: (options: ScheduleOptions) => schedule(options),
  oracle: (options: OracleOptions) => oracle(options),
} as const satisfies Record<string, (options: never) => ScalingPolicy>;

/** Names that `createScaling` knows. */
export type ScalingName = keyof typeof SCALING_POLICIES;

/** A scaling policy as plain data: its name and that policy's options. */
export type ScalingSpec = {
  [Name in ScalingName]:
    & { readonly policy: Name }
    & Parameters<(typeof SCALING_POLICIES)[Name]>[0];
}[ScalingName];

/**
 * A new scaling policy by name, for one function and run.
 *
 * @throws {RangeError} If the name is unknown or an option is out of range.
 *
 * @example
 * ```ts
 * import { createScaling } from "./mod.ts";
 * const policy = createScaling({ policy: "concurrency", target: 8 });
 * console.log(policy.periodSeconds); // 1
 * ```
 */
export function createScaling(spec: ScalingSpec): ScalingPolicy {
  if (!Object.hasOwn(SCALING_POLICIES, spec.policy)) {
    throw new RangeError(
      `Cannot use scaling as one of ${
        Object.keys(SCALING_POLICIES).join(", ")
      }: current value is "${spec.policy}"`,
    );
  }
  // The name selects the options' type, which the compiler cannot follow through a table.
  const create = SCALING_POLICIES[spec.policy] as (options: ScalingSpec) => ScalingPolicy;
  return create(spec);
}
