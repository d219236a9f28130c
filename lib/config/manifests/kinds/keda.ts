import { showValue } from "../../../std/show_value.ts";
import { isMapping, type Mapping } from "../../normalize.ts";
import { custom, HEAD, type KeyTable, leaves, notes, quiet, takes } from "../keys.ts";
import type { ManifestKind } from "../kind.ts";
import { metricOf } from "../metric_of.ts";
import { notNegative, oneOf, positive, whole } from "../readers.ts";
import type { Reading } from "../reading.ts";
import { behavior } from "./behavior.ts";

/** Where a trigger's target and its threshold of activation stand, by its type. */
const TRIGGERS: Readonly<Record<string, readonly [target: string, activation: string]>> = {
  prometheus: ["threshold", "activationThreshold"],
  "metrics-api": ["targetValue", "activationTargetValue"],
  kafka: ["lagThreshold", "activationLagThreshold"],
  rabbitmq: ["value", "activationValue"],
  redis: ["listLength", "activationListLength"],
  "redis-streams": ["pendingEntriesCount", "activationLagCount"],
  "aws-sqs-queue": ["queueLength", "activationQueueLength"],
  "azure-servicebus": ["messageCount", "activationMessageCount"],
  "gcp-pubsub": ["value", "activationValue"],
  datadog: ["targetValue", "activationQueryValue"],
};

/** Settings that a ScaledObject has beside its target. */
export const KEDA_SETTINGS: KeyTable = {
  pollingInterval: takes("scaling.keda.polling", positive),
  cooldownPeriod: takes("scaling.keda.cooldown", notNegative),
  initialCooldownPeriod: takes("scaling.keda.initial_cooldown", notNegative),
  idleReplicaCount: takes("scaling.keda.idle_replica_count", whole(0)),
  minReplicaCount: notes("minReplicas", whole(0), ["scaling.min_instances"]),
  maxReplicaCount: notes("maxReplicas", whole(1), ["scaling.max_instances"]),
  fallback: {
    failureThreshold: takes("scaling.keda.fallback.failure_threshold", whole(0)),
    replicas: takes("scaling.keda.fallback.replicas", whole(0)),
    behavior: takes(
      "scaling.keda.fallback.behavior",
      oneOf({
        static: "static",
        currentReplicas: "current-replicas",
        currentReplicasIfHigher: "current-replicas-if-higher",
        currentReplicasIfLower: "current-replicas-if-lower",
      }),
    ),
  },
  advanced: {
    horizontalPodAutoscalerConfig: { name: quiet, behavior: behavior("scaling.keda") },
    restoreToOriginalReplicaCount: quiet,
    scalingModifiers: leaves("formulas of metrics are not read"),
  },
  triggers: custom(["scaling.keda.triggers"], readTriggers),
};

/** KEDA's ScaledObject. */
export const SCALED_OBJECT: ManifestKind = {
  name: "KEDA ScaledObject",
  group: /^keda\.sh$/,
  kinds: ["ScaledObject"],
  role: "scaler",
  keys: {
    ...HEAD,
    metadata: {
      annotations: {
        "autoscaling.keda.sh/paused": leaves("nothing pauses a scaler here"),
        "autoscaling.keda.sh/paused-replicas": leaves("nothing pauses a scaler here"),
        "*": quiet,
      },
      "*": quiet,
    },
    spec: { scaleTargetRef: quiet, ...KEDA_SETTINGS },
  },
  finish: (reading) => {
    reading.settings.set("scaling.policy", "keda");
    defaults(reading, { minReplicas: 0, maxReplicas: 100 }, "KEDA");
  },
  targetOf: ({ spec }) => {
    const ref = isMapping(spec) ? spec.scaleTargetRef : undefined;
    if (!isMapping(ref) || typeof ref.name !== "string") return undefined;
    return { kind: typeof ref.kind === "string" ? ref.kind : "Deployment", name: ref.name };
  },
};

/** Bounds that a scaler has, where its document gives none. */
export function defaults(
  reading: Reading,
  bounds: { readonly minReplicas: number; readonly maxReplicas?: number },
  whose: string,
): void {
  for (const name of ["minReplicas", "maxReplicas"] as const) {
    const value = bounds[name];
    if (value !== undefined) reading.noteDefault(name, name, value, whose);
  }
}

function readTriggers(value: unknown, key: string, reading: Reading): void {
  if (!Array.isArray(value)) return reading.refuse(key, "a list", showValue(value));
  const triggers = value.flatMap((trigger, i) => {
    const here = `${key}[${i}]`;
    if (!isMapping(trigger)) {
      reading.refuse(here, "a mapping", showValue(trigger));
      return [];
    }
    return readTrigger(trigger, here, reading) ?? [];
  });
  if (triggers.length > 0) reading.settings.set("scaling.keda.triggers", triggers);
}

const METRIC_TYPE = oneOf({ AverageValue: "average-value", Value: "value" });

/** One trigger as a setting; undefined for one that is not taken over. */
function readTrigger(trigger: Mapping, key: string, reading: Reading): Mapping | undefined {
  const { type, metadata, metricType } = trigger;
  const places = typeof type === "string" && Object.hasOwn(TRIGGERS, type)
    ? TRIGGERS[type]
    : undefined;
  if (places === undefined || !isMapping(metadata)) {
    reading.leave(key, `triggers of the type ${showValue(type)} are not simulated`);
    return undefined;
  }
  const [target, activation] = places;
  const query = metadata.query ?? metadata.metricName;
  // What has no query is the length of a queue.
  const metric = query === undefined ? "waiting" : metricOf(String(query));
  if (metric === undefined) {
    reading.leave(key, "what its query counts is not simulated");
    return undefined;
  }
  const path = `${key}.metadata`;
  const aim = reading.read(`${path}.${target}`, metadata[target], positive);
  const least = metadata[activation] === undefined
    ? undefined
    : reading.read(`${path}.${activation}`, metadata[activation], notNegative);
  const kind = metricType === undefined
    ? undefined
    : reading.read(`${key}.metricType`, metricType, METRIC_TYPE);
  if (aim === undefined) return undefined;
  const setting = {
    metric,
    ...(kind !== undefined && { metric_type: kind }),
    target: aim,
    ...(least !== undefined && { activation_threshold: least }),
  };
  reading.tell(key, `scaling.keda.triggers: ${showValue(setting)}`);
  return setting;
}
