import { choice, quantity } from "../../settings/quantities.ts";
import type { SettingList } from "../../settings/policy.ts";
import { type Aggregate, FLEET_METRICS, type FleetMetric } from "./fleet_readings.ts";

/** One trigger of `keda`. */
export interface KedaTrigger {
  /** What it reads. */
  readonly metric: FleetMetric;
  /** Whether its target is per instance. */
  readonly metricType: "average-value" | "value";
  /** How the values of instances become one; null or absent: as the metric and its type have it. */
  readonly aggregate?: Aggregate | null;
  /** What the policy aims at, in the metric's unit. */
  readonly target: number | null;
  /** It is active when the metric is above this. */
  readonly activationThreshold: number;
}

/** Triggers as files name them. */
export const kedaTriggers: SettingList<KedaTrigger> = {
  kind: "list",
  description:
    "Triggers: one that is active activates, and the one counts that asks for the most " +
    "instances; none: `waiting`, with `target` and `activation_threshold`.",
  itemDescription: "One trigger.",
  item: {
    metric: choice(FLEET_METRICS, {
      wanted: "a metric",
      default: "waiting",
      describe: "Requests that wait (at the gateway and inside instances), run or are in flight " +
        "(mean), share of the KV cache in use, requests or output tokens per second, p95 of the " +
        "time to first token in seconds.",
    }),
    metricType: choice(["average-value", "value"], {
      wanted: "a type of metric",
      default: "average-value",
      otherNames: { AverageValue: "average-value", Value: "value" },
      describe: "A target per instance, or for the value.",
    }),
    aggregate: choice(["sum", "mean"], {
      wanted: "a way from instances to one value",
      default: null,
      describe:
        "The value is the sum over instances, or their mean, which leaves a latency as it " +
        "is; null: the sum, and of `value` the mean of the KV cache's share and the latency itself.",
    }),
    target: quantity("number", {
      above: 0,
      default: null,
      aliases: ["threshold"],
      describe: "What the policy aims at, in the metric's unit; to be given.",
    }),
    activationThreshold: quantity("number", {
      min: 0,
      default: 0,
      describe: "The trigger is active when the metric is above this.",
    }),
  },
};
