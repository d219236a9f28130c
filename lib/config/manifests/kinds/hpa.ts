import { showValue } from "../../../std/show_value.ts";
import { isMapping, type Mapping } from "../../normalize.ts";
import { custom, HEAD, notes, quiet } from "../keys.ts";
import type { ManifestKind } from "../kind.ts";
import { isMeanName, metricOf } from "../metric_of.ts";
import { seriesMeaning } from "../promql/series.ts";
import { kubernetesQuantity, whole } from "../readers.ts";
import type { Reading } from "../reading.ts";
import { behavior } from "./behavior.ts";
import { defaults } from "./keda.ts";

const PROCESSORS = "use of processors is not simulated";

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
      metrics: custom(["scaling.hpa.metrics"], readMetrics),
      behavior: behavior("scaling.hpa"),
      targetCPUUtilizationPercentage: {
        why: PROCESSORS,
        apply: (_, key, reading) => {
          reading.leave(key, PROCESSORS);
          if (reading.facts.strangeMetrics === undefined) reading.note("strangeMetrics", key, key);
        },
      },
    },
  },
  finish: (reading, { spec }) => {
    reading.settings.set("scaling.policy", "hpa");
    defaults(reading, { minReplicas: 1 }, "Kubernetes");
    const given = isMapping(spec) ? spec.maxReplicas : undefined;
    if (given === undefined) reading.refuse("spec.maxReplicas", "a whole number", "nothing");
  },
  targetOf: ({ spec }) => {
    const ref = isMapping(spec) ? spec.scaleTargetRef : undefined;
    if (!isMapping(ref) || typeof ref.name !== "string") return undefined;
    return { ...(typeof ref.kind === "string" && { kind: ref.kind }), name: ref.name };
  },
};

/** Where the metric stands, by its type, and what that is called here. */
const SOURCES: Readonly<Record<string, readonly [key: string, type: string]>> = {
  Pods: ["pods", "pods"],
  Object: ["object", "object"],
  External: ["external", "external"],
};

function readMetrics(value: unknown, key: string, reading: Reading): void {
  if (!Array.isArray(value)) return reading.refuse(key, "a list", showValue(value));
  const metrics = value.flatMap((metric, i) => {
    const here = `${key}[${i}]`;
    if (!isMapping(metric)) {
      reading.refuse(here, "a mapping", showValue(metric));
      return [];
    }
    return readMetric(metric, here, reading) ?? [];
  });
  if (metrics.length > 0) reading.settings.set("scaling.hpa.metrics", metrics);
  else if (value.length > 0) reading.note("strangeMetrics", key, key);
}

/** One metric as a setting; undefined for one that is not taken over. */
function readMetric(metric: Mapping, key: string, reading: Reading): Mapping | undefined {
  const type = String(metric.type);
  if (type === "Resource" || type === "ContainerResource") {
    reading.leave(key, "use of processors or memory is not simulated");
    return undefined;
  }
  const [place, name] = Object.hasOwn(SOURCES, type) ? SOURCES[type] : [];
  const source = place === undefined ? undefined : metric[place];
  const identity = isMapping(source) ? source.metric : undefined;
  const target = isMapping(source) ? source.target : undefined;
  if (!isMapping(identity) || typeof identity.name !== "string" || !isMapping(target)) {
    reading.refuse(key, "a metric with a name and a target", showValue(metric));
    return undefined;
  }
  const here = `${key} ${identity.name}`;
  const counted = metricOf(identity.name);
  if (counted === undefined) {
    reading.leave(here, "what it counts is not simulated");
    return undefined;
  }
  const isAverage = target.averageValue !== undefined;
  const amount = isAverage ? target.averageValue : target.value;
  const read = reading.read(`${key}.${place}.target`, amount, kubernetesQuantity);
  if (read === undefined) return undefined;
  if (read <= 0) {
    reading.refuse(`${key}.${place}.target`, "an amount above 0", showValue(amount));
    return undefined;
  }
  // Of pods the autoscaler makes the mean itself; what is a mean already is not to be added up.
  const isUsual = name === "pods" || (!isAverage && counted === "kv_utilization");
  const isMean = !isUsual && isMeanName(identity.name);
  const setting = {
    metric: counted,
    type: name,
    target_type: isAverage ? "average-value" : "value",
    ...(isMean && { aggregate: "mean" }),
    target: read,
  };
  const notes = [
    ...seriesMeaning(identity.name)?.form === "counter"
      ? ["the adapter is taken to serve a rate"]
      : [],
    ...isMapping(identity.selector) ? ["its selector is taken as that of the workload"] : [],
  ];
  const said = notes.length === 0 ? "" : ` (${notes.join("; ")})`;
  reading.tell(here, `scaling.hpa.metrics: ${showValue(setting)}${said}`);
  return setting;
}
