import { showValue } from "../../../std/show_value.ts";
import { isMapping, type Mapping } from "../../normalize.ts";
import { custom, HEAD, type KeyTable, leaves, notes, quiet, quietly } from "../keys.ts";
import type { ManifestKind, SplitPart } from "../kind.ts";
import { isLlmD } from "../likeness.ts";
import { GPU_NAME, POD_SPEC } from "../pod.ts";
import { anyText, whole } from "../readers.ts";
import type { Reading } from "../reading.ts";

/** One half of llm-d's chart: pods that decode, or compute prompts. */
const ROLE: KeyTable = {
  create: quiet,
  replicas: notes("replicas", whole(0), ["cluster.num_replicas"]),
  parallelism: {
    tensor: notes("tensorParallel", whole(1), ["parallelization.tensor_parallel_size"]),
    pipeline: notes("pipelineParallel", whole(1), ["parallelization.pipeline_parallel_size"]),
    data: notes("dataParallel", whole(1), ["parallelization.data_parallel_attention"]),
    dataLocal: leaves("ranks are divided over the pods of the group"),
    workers: notes("podsPerInstance", whole(1), ["cluster.nodes"]),
  },
  acceleratorTypes: {
    labelKey: quiet,
    labelValues: GPU_NAME,
    labelValue: GPU_NAME,
  },
  autoscaling: custom(["scaling.min_instances", "scaling.max_instances"], (value, key, reading) => {
    if (!isMapping(value)) return reading.refuse(key, "a mapping", showValue(value));
    if (value.enabled !== true) return;
    reading.take(key, "scaling.policy", "hpa", "Kubernetes' autoscaler, with its defaults");
    for (const name of ["minReplicas", "maxReplicas"] as const) {
      const count = value[name] === undefined
        ? undefined
        : reading.read(`${key}.${name}`, value[name], whole(0));
      if (count !== undefined) reading.note(name, `${key}.${name}`, count);
    }
  }),
  ...quietly(
    "monitoring enableService extraConfig annotations subGroupPolicy subGroupExclusiveToplogy name",
  ),
  ...POD_SPEC,
};

/** Values of llm-d's chart "modelservice". */
export const LLM_D_VALUES: ManifestKind = {
  name: "llm-d modelservice values",
  isLike: isLlmD,
  role: "workload",
  isHolder: true,
  keys: {
    modelArtifacts: {
      uri: notes("modelAddress", anyText, ["model.name"]),
      ...quietly("name size authSecretName mountPath labels prefix artifactLabels"),
    },
    multinode: quiet,
    accelerator: quiet,
    routing: leaves("routing is cluster.routing.policy"),
    // Each is read by itself.
    ...quietly("decode prefill"),
    ...quietly("nameOverride fullnameOverride serviceAccountOverride schedulerName extraObjects"),
  },
  finish: (reading) => reading.note("engine", "modelArtifacts", "vllm"),
  split: (content): readonly SplitPart[] => {
    const isUsed = (half: unknown): half is Mapping =>
      isMapping(half) && half.create !== false && half.replicas !== 0;
    const { decode, prefill } = content;
    return [
      ...isUsed(decode) ? [half("decode", decode, isUsed(prefill))] : [],
      ...isUsed(prefill) ? [half("prefill", prefill, isUsed(decode))] : [],
    ];
  },
};

function half(name: "decode" | "prefill", content: Mapping, isSplit: boolean): SplitPart {
  return {
    name,
    content,
    path: name,
    keys: ROLE,
    finish: (reading: Reading) => {
      if (isSplit) reading.note("role", name, name);
    },
  };
}

const WVA = "the autoscaler learns it from the engines: see scaling.llm_d_wva";

/** What llm-d's autoscaler of variants is told. */
export const VARIANT_AUTOSCALING: ManifestKind = {
  name: "llm-d VariantAutoscaling",
  group: /^(llmd\.ai|llm-d\.ai|autoscaling\.llm-d\.io)$/,
  kinds: ["VariantAutoscaling"],
  role: "scaler",
  keys: {
    ...HEAD,
    metadata: {
      labels: { "inference.optimization/acceleratorName": GPU_NAME, "*": quiet },
      "*": quiet,
    },
    spec: {
      scaleTargetRef: quiet,
      modelID: notes("modelAddress", anyText, ["model.name"]),
      minReplicas: notes("minReplicas", whole(0), ["scaling.min_instances"]),
      maxReplicas: notes("maxReplicas", whole(1), ["scaling.max_instances"]),
      accelerator: GPU_NAME,
      variantCost: leaves("prices are those of cost.provider"),
      ...quietly("acceleratorCount variantID"),
      sloClassRef: leaves("objectives are those of the section slo"),
      modelProfile: leaves(WVA),
      variantProfile: leaves(WVA),
    },
  },
  finish: (reading) => {
    reading.settings.set("scaling.policy", "llm-d-wva");
    reading.noteDefault("minReplicas", "spec.minReplicas", 1, "llm-d");
  },
  targetOf: ({ spec, metadata }) => {
    const ref = isMapping(spec) ? spec.scaleTargetRef : undefined;
    const name = isMapping(ref) ? ref.name : isMapping(metadata) ? metadata.name : undefined;
    if (typeof name !== "string") return undefined;
    const kind = isMapping(ref) && typeof ref.kind === "string" ? { kind: ref.kind } : {};
    return { ...kind, name };
  },
};
