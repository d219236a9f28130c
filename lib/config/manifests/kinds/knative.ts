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
import { goDuration, oneOf, percent, positive, whole, yesOrNo } from "../readers.ts";

const KPA = "scaling.knative_kpa";

/** Autoscalers by the class that a revision names. */
export const SCALER_CLASS: KeyRule = takes(
  "scaling.policy",
  oneOf({
    "kpa.autoscaling.knative.dev": "knative-kpa",
    "hpa.autoscaling.knative.dev": "hpa",
  }),
);

const BURST = "requests of a revision that scales wait at the gateway, as behind the activator";
const RETENTION = "the last pod goes by scaling.knative_kpa.scale_to_zero_grace alone";

/** Settings of one revision, by the name behind "autoscaling.knative.dev/". */
const REVISION: KeyTable = {
  class: SCALER_CLASS,
  metric: notes(
    "metric",
    oneOf({ concurrency: "concurrency", rps: "rps", cpu: "cpu", memory: "memory" }),
    [
      `${KPA}.target`,
    ],
  ),
  target: notes("concurrencyTarget", positive, [`${KPA}.target`]),
  "target-utilization-percentage": takes(`${KPA}.target_utilization`, percent({ orShare: true })),
  "min-scale": notes("minReplicas", whole(0), ["scaling.min_instances"]),
  "max-scale": notes("maxReplicas", whole(0), ["scaling.max_instances"]),
  "initial-scale": notes("initialReplicas", whole(0), ["cold_start.initial_instances"]),
  "activation-scale": takes(`${KPA}.activation_scale`, whole(1)),
  window: takes(`${KPA}.stable_window`, goDuration),
  "panic-window-percentage": takes(`${KPA}.panic_window_fraction`, percent()),
  "panic-threshold-percentage": takes(`${KPA}.panic_threshold`, percent({ most: 1000 })),
  "scale-down-delay": takes(`${KPA}.scale_down_delay`, goDuration),
  "scale-to-zero-pod-retention-period": leaves(RETENTION),
  "target-burst-capacity": leaves(BURST),
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
      "container-concurrency-target-default": notes("defaultConcurrencyTarget", positive, [
        `${KPA}.target`,
      ]),
      "requests-per-second-target-default": leaves("requests in flight are the metric"),
      "target-burst-capacity": leaves(BURST),
      "stable-window": takes(`${KPA}.stable_window`, goDuration),
      "panic-window-percentage": takes(`${KPA}.panic_window_fraction`, percent()),
      "panic-threshold-percentage": takes(`${KPA}.panic_threshold`, percent({ most: 1000 })),
      "max-scale-up-rate": takes(`${KPA}.max_scale_up_rate`, positive),
      "max-scale-down-rate": takes(`${KPA}.max_scale_down_rate`, positive),
      "enable-scale-to-zero": notes("scalesToZero", yesOrNo, ["scaling.min_instances"]),
      "scale-to-zero-grace-period": takes(`${KPA}.scale_to_zero_grace`, goDuration),
      "scale-to-zero-pod-retention-period": leaves(RETENTION),
      "scale-down-delay": takes(`${KPA}.scale_down_delay`, goDuration),
      "pod-autoscaler-class": SCALER_CLASS,
      "initial-scale": notes("initialReplicas", whole(0), ["cold_start.initial_instances"]),
      "allow-zero-initial-scale": quiet,
      "min-scale": notes("minReplicas", whole(0), ["scaling.min_instances"]),
      "max-scale": notes("maxReplicas", whole(0), ["scaling.max_instances"]),
      "max-scale-limit": leaves("it bounds what annotations may ask for"),
      "activator-capacity": leaves(BURST),
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
      "container-concurrency-max-limit": quiet,
      "revision-timeout-seconds": TIME_LIMIT,
      "max-revision-timeout-seconds": quiet,
      "*": leaves("pods have what their services say"),
    },
  },
};

function nameIn(metadata: unknown): unknown {
  return (metadata as { readonly name?: unknown } | undefined)?.name;
}
