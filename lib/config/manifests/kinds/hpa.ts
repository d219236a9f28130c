import { showValue } from "../../../std/show_value.ts";
import { isMapping, type Mapping } from "../../normalize.ts";
import { custom, HEAD, type KeyTable, leaves, notes, quiet, takes } from "../keys.ts";
import type { ManifestKind } from "../kind.ts";
import { kubernetesQuantity, notNegative, whole } from "../readers.ts";
import type { Reading } from "../reading.ts";
import { defaults } from "./keda.ts";

/** Metrics that count requests in flight, by their names. */
const IN_FLIGHT = /requests?_running|in_?flight|concurren|active_requests|inflight|num_requests$/i;
const WAITING = /wait|queue|pending/i;

/** How a HorizontalPodAutoscaler moves. */
export const BEHAVIOR: KeyTable = {
  scaleDown: {
    stabilizationWindowSeconds: takes("scaling.hpa.scale_down_stabilization", notNegative),
    policies: leaves("the pace of scale-down is not bounded"),
    selectPolicy: leaves("the pace of scale-down is not bounded"),
    tolerance: leaves("scaling.hpa.tolerance holds both ways"),
  },
  scaleUp: {
    stabilizationWindowSeconds: leaves("scale-up does not wait"),
    policies: leaves("the pace of scale-up is that of Kubernetes' defaults"),
    selectPolicy: leaves("the pace of scale-up is that of Kubernetes' defaults"),
    tolerance: leaves("scaling.hpa.tolerance holds both ways"),
  },
};

/** Kubernetes' HorizontalPodAutoscaler. */
export const HORIZONTAL_POD_AUTOSCALER: ManifestKind = {
  name: "HorizontalPodAutoscaler",
  group: /^autoscaling$/,
  kinds: ["HorizontalPodAutoscaler"],
  role: "scaler",
  keys: {
    ...HEAD,
    spec: {
      scaleTargetRef: quiet,
      minReplicas: notes("minReplicas", whole(0), ["scaling.min_instances"]),
      maxReplicas: notes("maxReplicas", whole(1), ["scaling.max_instances"]),
      metrics: custom(["scaling.hpa.target"], readMetrics),
      behavior: BEHAVIOR,
      targetCPUUtilizationPercentage: leaves("use of processors is not simulated"),
    },
  },
  finish: (reading, { spec }) => {
    reading.settings.set("scaling.policy", "hpa");
    defaults(reading, { minReplicas: 1 }, "Kubernetes");
    if (reading.facts.maxReplicas === undefined) {
      const given = isMapping(spec) ? spec.maxReplicas : undefined;
      if (given === undefined) reading.refuse("spec.maxReplicas", "a whole number", "nothing");
    }
  },
  targetOf: ({ spec }) => {
    const ref = isMapping(spec) ? spec.scaleTargetRef : undefined;
    if (!isMapping(ref) || typeof ref.name !== "string") return undefined;
    return { ...(typeof ref.kind === "string" && { kind: ref.kind }), name: ref.name };
  },
};

function readMetrics(value: unknown, key: string, reading: Reading): void {
  if (!Array.isArray(value)) return reading.refuse(key, "a list", showValue(value));
  let isTaken = false;
  value.forEach((metric, i) => {
    const here = `${key}[${i}]`;
    if (!isMapping(metric)) return reading.refuse(here, "a mapping", showValue(metric));
    if (isTaken) reading.leave(here, "one metric is simulated, the first of requests in flight");
    else isTaken = readMetric(metric, here, reading);
  });
}

/** Reads one metric. @returns Whether it is taken over. */
function readMetric(metric: Mapping, key: string, reading: Reading): boolean {
  const { type } = metric;
  if (type === "Resource" || type === "ContainerResource") {
    reading.leave(key, "use of processors or memory is not simulated");
    return false;
  }
  const source = type === "Pods"
    ? metric.pods
    : type === "External"
    ? metric.external
    : type === "Object"
    ? metric.object
    : undefined;
  const identity = isMapping(source) ? source.metric : undefined;
  const target = isMapping(source) ? source.target : undefined;
  if (!isMapping(identity) || typeof identity.name !== "string" || !isMapping(target)) {
    reading.refuse(key, "a metric with a name and a target", showValue(metric));
    return false;
  }
  const { name } = identity;
  if (!IN_FLIGHT.test(name)) {
    const why = WAITING.test(name)
      ? "requests that wait are no metric of its own: scaling.hpa.target counts all in flight"
      : "the metric of scaling.hpa is requests in flight";
    reading.leave(`${key} ${name}`, why);
    return false;
  }
  if (target.averageValue === undefined) {
    reading.leave(`${key} ${name}`, "a target for all pods together is not simulated");
    return false;
  }
  const average = reading.read(
    `${key}.target.averageValue`,
    target.averageValue,
    kubernetesQuantity,
  );
  if (average === undefined || average <= 0) return false;
  reading.take(
    `${key} ${name}`,
    "scaling.hpa.target",
    average,
    "requests in flight, waiting ones too",
  );
  return true;
}
