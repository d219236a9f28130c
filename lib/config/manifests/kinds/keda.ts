import { showValue } from "../../../std/show_value.ts";
import { isMapping, type Mapping } from "../../normalize.ts";
import { custom, HEAD, type KeyTable, leaves, notes, quiet, takes } from "../keys.ts";
import type { ManifestKind } from "../kind.ts";
import { notNegative, positive, whole } from "../readers.ts";
import type { Reading } from "../reading.ts";

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

/** Queries that count what waits. */
const WAITS = /wait|queue|pending|backlog|in_?flight|num_requests|concurren/i;

/** Settings that a ScaledObject has beside its target. */
export const KEDA_SETTINGS: KeyTable = {
  pollingInterval: takes("scaling.keda.polling", positive),
  cooldownPeriod: takes("scaling.keda.cooldown", notNegative),
  initialCooldownPeriod: leaves("cooldown counts from the last active look"),
  idleReplicaCount: leaves("below the least number there is none or the least number"),
  minReplicaCount: notes("minReplicas", whole(0), ["scaling.min_instances"]),
  maxReplicaCount: notes("maxReplicas", whole(1), ["scaling.max_instances"]),
  fallback: leaves("metrics do not fail here"),
  advanced: {
    horizontalPodAutoscalerConfig: {
      name: quiet,
      behavior: leaves("scale-down waits as Kubernetes' defaults have it"),
    },
    restoreToOriginalReplicaCount: quiet,
    scalingModifiers: leaves("formulas of metrics are not read"),
  },
  triggers: custom(["scaling.keda.target", "scaling.keda.activation_threshold"], readTriggers),
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
  let isTaken = false;
  value.forEach((trigger, i) => {
    const here = `${key}[${i}]`;
    if (!isMapping(trigger)) return reading.refuse(here, "a mapping", showValue(trigger));
    if (isTaken) reading.leave(here, "one trigger is simulated, the first that counts what waits");
    else isTaken = readTrigger(trigger, here, reading);
  });
}

/** Reads one trigger. @returns Whether it is taken over. */
function readTrigger({ type, metadata }: Mapping, key: string, reading: Reading): boolean {
  const places = typeof type === "string" && Object.hasOwn(TRIGGERS, type)
    ? TRIGGERS[type]
    : undefined;
  if (places === undefined || !isMapping(metadata)) {
    reading.leave(key, `triggers of the type ${showValue(type)} are not simulated`);
    return false;
  }
  const [target, activation] = places;
  const query = metadata.query ?? metadata.metricName;
  if (query !== undefined && !WAITS.test(String(query))) {
    reading.leave(key, "its query counts something else than requests that wait");
    return false;
  }
  const path = `${key}.metadata`;
  const read = metadata[target] === undefined
    ? undefined
    : reading.read(`${path}.${target}`, metadata[target], positive);
  if (read !== undefined) {
    reading.take(`${path}.${target}`, "scaling.keda.target", read, "requests that wait");
  }
  if (metadata[activation] !== undefined) {
    const least = reading.read(`${path}.${activation}`, metadata[activation], notNegative);
    if (least !== undefined) {
      reading.take(`${path}.${activation}`, "scaling.keda.activation_threshold", least);
    }
  }
  return true;
}
