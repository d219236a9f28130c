import { isMapping } from "../../normalize.ts";
import { custom, HEAD, type KeyTable, leaves, notes, quiet, takes } from "../keys.ts";
import type { ManifestKind } from "../kind.ts";
import { notNegative, oneOf, positive, whole } from "../readers.ts";
import type { Reading } from "../reading.ts";
import { behavior } from "./behavior.ts";
import { readTriggers } from "./keda_triggers.ts";

const FORMULA = "formulas of metrics are not read";

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
    scalingModifiers: leaves(FORMULA),
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
  finish: (reading, { spec }) => {
    reading.settings.set("scaling.policy", "keda");
    leaveTermsOfFormula(spec, reading);
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

/** Triggers that a formula makes one metric of are no metrics by themselves. */
function leaveTermsOfFormula(spec: unknown, reading: Reading): void {
  const advanced = isMapping(spec) ? spec.advanced : undefined;
  const modifiers = isMapping(advanced) ? advanced.scalingModifiers : undefined;
  if (!isMapping(modifiers) || modifiers.formula === undefined) return;
  reading.settings.delete("scaling.keda.triggers");
  reading.note("strangeMetrics", "spec.triggers", "spec.triggers");
  reading.leaveAfterAll("spec.triggers[", "a formula makes one metric of the triggers");
}
