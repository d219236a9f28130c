import { suggest } from "../../../std/suggest.ts";
import {
  HEAD,
  type KeyRule,
  type KeyTable,
  leaves,
  NOT_KNOWN,
  notes,
  quiet,
  quietly,
  takes,
} from "../keys.ts";
import type { ManifestKind } from "../kind.ts";
import { POD_SPEC } from "../pod.ts";
import {
  above,
  from,
  goDuration,
  goDurationWithin,
  notNegative,
  oneOf,
  percent,
  positive,
  type Reader,
  whole,
  yesOrNo,
} from "../readers.ts";

const KPA = "scaling.knative_kpa";

/** Autoscalers by the class that a revision names. */
export const SCALER_CLASS: KeyRule = takes(
  "scaling.policy",
  oneOf({
    "kpa.autoscaling.knative.dev": "knative-kpa",
    "hpa.autoscaling.knative.dev": "hpa",
  }),
);

/** Requests that instances should have room for; -1: all of them. */
const BURST: Reader<number> = {
  wanted: "a number from -1 on",
  read: (value) => {
    const number = value === "-1" || value === -1 ? -1 : notNegative.read(value);
    return number;
  },
};

/** What Knative's autoscaler looks at. Its other class has metrics of its own. */
export const METRIC: KeyRule = notes(
  "metric",
  oneOf({ concurrency: "concurrency", rps: "rps", cpu: "cpu", memory: "memory" }),
  [`${KPA}.metric`],
);

/**
 * What Knative's webhooks let through: windows of 6 s to 1 h in whole seconds, the panic window from
 * 1 % of the stable one, panic from 110 %, targets from 0.01.
 *
 * @source Knative Serving, pkg/apis/autoscaling/annotation_validation.go, register.go;
 *   pkg/autoscaler/config/config.go (validate)
 */
const WINDOW = goDurationWithin({ least: 6, most: 3600 });
const PANIC_WINDOW = percent({ least: 1 });
const LEAST_TARGET = from(0.01);

/** Settings of one revision, by the name behind "autoscaling.knative.dev/". */
const REVISION: KeyTable = {
  class: SCALER_CLASS,
  metric: METRIC,
  target: notes("concurrencyTarget", LEAST_TARGET, [`${KPA}.target`]),
  "target-utilization-percentage": takes(`${KPA}.target_utilization`, percent({ least: 1 })),
  "min-scale": notes("minReplicas", whole(0), ["scaling.min_instances"]),
  "max-scale": notes("maxReplicas", whole(0), ["scaling.max_instances"]),
  "initial-scale": takes(`${KPA}.initial_scale`, whole(0)),
  "activation-scale": takes(`${KPA}.activation_scale`, whole(1)),
  window: takes(`${KPA}.stable_window`, WINDOW),
  "panic-window-percentage": takes(`${KPA}.panic_window_fraction`, PANIC_WINDOW),
  "panic-threshold-percentage": takes(
    `${KPA}.panic_threshold`,
    percent({ least: 110, most: 1000 }),
  ),
  "scale-down-delay": takes(`${KPA}.scale_down_delay`, goDurationWithin({ least: 0, most: 3600 })),
  "scale-to-zero-pod-retention-period": takes(
    `${KPA}.scale_to_zero_pod_retention_period`,
    goDurationWithin({ least: 0, most: 3600, hasParts: true }),
  ),
  "target-burst-capacity": takes(`${KPA}.target_burst_capacity`, BURST),
};

/** Names that had another spelling once. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  minScale: "min-scale",
  maxScale: "max-scale",
  initialScale: "initial-scale",
  targetUtilizationPercentage: "target-utilization-percentage",
  targetBurstCapacity: "target-burst-capacity",
  panicWindowPercentage: "panic-window-percentage",
  panicThresholdPercentage: "panic-threshold-percentage",
  scaleDownDelay: "scale-down-delay",
  scaleToZeroPodRetentionPeriod: "scale-to-zero-pod-retention-period",
  activationScale: "activation-scale",
};

/** Annotations of Knative and KServe that no table has; those of other tools say nothing of load. */
export const OTHER_ANNOTATION: KeyRule = {
  isQuiet: true,
  apply: (_, key, reading) => {
    const name = /\[((?:autoscaling|serving)\.(?:knative\.dev|kserve\.io)\/[^\]]+)\]$/.exec(key)
      ?.[1];
    if (name === undefined || HARMLESS.test(name)) return;
    const near = suggest(name, Object.keys(KNATIVE_ANNOTATIONS));
    reading.leave(key, NOT_KNOWN + (near === undefined ? "" : `; is ${near} meant?`));
  },
};

/** Annotations that controllers write, or that are about other things than load. */
const HARMLESS = /\/(creator|lastModifier|revision\w*|enable-\w[\w-]*|rollout\w*)$/;

/** Annotations of a revision. */
export const KNATIVE_ANNOTATIONS: KeyTable = {
  ...Object.fromEntries(
    Object.entries(REVISION).map(([name, rule]) => [`autoscaling.knative.dev/${name}`, rule]),
  ),
  "serving.knative.dev/progress-deadline": takes(`${KPA}.progress_deadline`, goDuration),
  ...Object.fromEntries(
    Object.entries(OLD_NAMES).map(([old, name]) => [
      `autoscaling.knative.dev/${old}`,
      REVISION[name],
    ]),
  ),
};

/** Seconds that a request may be in a pod. */
export const TIME_LIMIT: KeyRule = takes("gateway.execution_limit", positive);

const REVISION_TEMPLATE: KeyTable = {
  metadata: {
    annotations: { ...KNATIVE_ANNOTATIONS, "*": OTHER_ANNOTATION },
    "*": quiet,
  },
  spec: {
    ...POD_SPEC,
    containerConcurrency: notes("podConcurrency", whole(0), [
      "gateway.concurrency_per_instance",
      `${KPA}.target`,
    ]),
    timeoutSeconds: TIME_LIMIT,
    responseStartTimeoutSeconds: leaves("a request's whole time is limited, not its beginning"),
    idleTimeoutSeconds: leaves("a request's whole time is limited, not its pauses"),
  },
};

const AT_TEMPLATE = "what autoscalers read stands at spec.template.metadata.annotations";

/** An annotation of the service itself does not reach the autoscaler. */
const MISPLACED: KeyRule = {
  why: AT_TEMPLATE,
  apply: (_, key, reading) => {
    if (key.includes("[autoscaling.knative.dev/")) reading.leave(key, AT_TEMPLATE);
  },
};

/** Knative's Service and Configuration, whose revisions read alike. */
export const KNATIVE_SERVICE: ManifestKind = {
  name: "Knative Service",
  group: /^serving\.knative\.dev$/,
  kinds: ["Service", "Configuration"],
  role: "workload",
  platform: "knative",
  keys: {
    ...HEAD,
    metadata: { annotations: { "*": MISPLACED }, "*": quiet },
    spec: {
      template: REVISION_TEMPLATE,
      traffic: leaves("all requests go to the newest revision"),
    },
  },
};

/** What a cluster's ConfigMap says for all revisions. */
export const CONFIG_AUTOSCALER: ManifestKind = {
  name: "ConfigMap config-autoscaler",
  group: /^$/,
  kinds: ["ConfigMap"],
  isLike: ({ metadata }) => nameIn(metadata) === "config-autoscaler",
  role: "defaults",
  platform: "knative",
  keys: {
    ...HEAD,
    ...quietly("binaryData immutable"),
    data: {
      _example: quiet,
      "container-concurrency-target-percentage": takes(
        `${KPA}.target_utilization`,
        percent({ orShare: true }),
      ),
      "container-concurrency-target-default": notes("defaultConcurrencyTarget", LEAST_TARGET, [
        `${KPA}.target`,
      ]),
      "requests-per-second-target-default": notes("defaultRateTarget", LEAST_TARGET, [
        `${KPA}.target`,
      ]),
      "target-burst-capacity": takes(`${KPA}.target_burst_capacity`, BURST),
      "stable-window": takes(`${KPA}.stable_window`, WINDOW),
      "panic-window-percentage": takes(`${KPA}.panic_window_fraction`, PANIC_WINDOW),
      "panic-threshold-percentage": takes(
        `${KPA}.panic_threshold`,
        percent({ least: 110, most: 1000 }),
      ),
      "max-scale-up-rate": takes(`${KPA}.max_scale_up_rate`, above(1)),
      "max-scale-down-rate": takes(`${KPA}.max_scale_down_rate`, above(1)),
      "enable-scale-to-zero": takes(`${KPA}.enable_scale_to_zero`, yesOrNo),
      "scale-to-zero-grace-period": takes(`${KPA}.scale_to_zero_grace`, goDuration),
      "scale-to-zero-pod-retention-period": takes(
        `${KPA}.scale_to_zero_pod_retention_period`,
        goDuration,
      ),
      "scale-down-delay": takes(`${KPA}.scale_down_delay`, goDurationWithin({ least: 0 })),
      "pod-autoscaler-class": SCALER_CLASS,
      "initial-scale": takes(`${KPA}.initial_scale`, whole(0)),
      "allow-zero-initial-scale": notes("allowsZeroInitialScale", yesOrNo, []),
      "min-scale": notes("minReplicas", whole(0), ["scaling.min_instances"]),
      "max-scale": notes("maxReplicas", whole(0), ["scaling.max_instances"]),
      "max-scale-limit": leaves("it bounds what annotations may ask for"),
      "activator-capacity": leaves("there is one activator, which has room"),
      "tick-interval": takes("scaling.period", goDuration),
    },
  },
};

/** What a cluster's ConfigMap says of revisions that say nothing else. */
export const CONFIG_DEFAULTS: ManifestKind = {
  name: "ConfigMap config-defaults",
  group: /^$/,
  kinds: ["ConfigMap"],
  isLike: ({ metadata }) => nameIn(metadata) === "config-defaults",
  role: "defaults",
  platform: "knative",
  keys: {
    ...HEAD,
    ...quietly("binaryData immutable"),
    data: {
      _example: quiet,
      "container-concurrency": notes("podConcurrency", whole(0), [
        "gateway.concurrency_per_instance",
      ]),
      "container-concurrency-max-limit": notes("mostPodConcurrency", whole(1), []),
      "revision-timeout-seconds": TIME_LIMIT,
      "max-revision-timeout-seconds": quiet,
      "*": leaves("pods have what their services say"),
    },
  },
};

function nameIn(metadata: unknown): unknown {
  return (metadata as { readonly name?: unknown } | undefined)?.name;
}
