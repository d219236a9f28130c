import {
  concurrency,
  dynamoPlanner,
  hpa,
  keda,
  knativeKpa,
  llmDWva,
  oracle,
  predictive,
  queueDelay,
  rayServe,
  type ScalingPolicy,
  schedule,
  slo,
  threshold,
} from "../../lib/serverless/scaling/mod.ts";

/** Makes policies from all that their factories take, their settings and what no file can say. */
const FACTORIES = {
  threshold,
  concurrency,
  "queue-delay": queueDelay,
  "knative-kpa": knativeKpa,
  hpa,
  keda,
  "ray-serve": rayServe,
  "dynamo-planner": dynamoPlanner,
  "llm-d-wva": llmDWva,
  slo,
  predictive,
  schedule,
  oracle,
} as const;

/** A policy as plain data: its name and what its factory takes. */
export type ScalingSpec = {
  [Name in keyof typeof FACTORIES]:
    & { readonly policy: Name }
    & Parameters<(typeof FACTORIES)[Name]>[0];
}[keyof typeof FACTORIES];

/** The policy of a spec. */
export function createScaling({ policy, ...options }: ScalingSpec): ScalingPolicy {
  // The name selects the options' type, which the compiler cannot follow through a table.
  return FACTORIES[policy](options as never);
}
