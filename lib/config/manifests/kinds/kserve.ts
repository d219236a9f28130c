import { showValue } from "../../../std/show_value.ts";
import { isMapping, type Mapping } from "../../normalize.ts";
import {
  custom,
  HEAD,
  type KeyRule,
  type KeyTable,
  leaves,
  notes,
  quiet,
  quietly,
  readKeys,
  takes,
} from "../keys.ts";
import type { ManifestKind, SplitPart } from "../kind.ts";
import { POD_SPEC, readContainer } from "../pod.ts";
import { anyText, oneOf, percent, positive, whole } from "../readers.ts";
import type { Reading } from "../reading.ts";
import { KEDA_SETTINGS } from "./keda.ts";
import { KNATIVE_ANNOTATIONS, METRIC, OTHER_ANNOTATION, TIME_LIMIT } from "./knative.ts";

/** A model's address, such as "hf://Qwen/Qwen3-32B". */
const ADDRESS: KeyRule = notes("modelAddress", anyText, ["model.name"]);

/** Whose arguments a model's server takes, by its format's name. */
const FORMAT: KeyRule = custom([], (value, key, reading) => {
  const name = isMapping(value) ? String(value.name).toLowerCase() : "";
  if (/^(vllm|huggingface)$/.test(name)) reading.note("engine", key, "vllm");
  else if (name === "sglang") reading.note("engine", key, "sglang");
  else {
    reading.note("formatName", key, name);
    reading.leave(key, `models of the format ${showValue(name)} are not simulated as such`);
  }
});

/** The server of a predictor: a container with a model. */
const MODEL: KeyRule = custom(
  ["model", "parallelization", "scheduler", "memory", "cluster.num_gpus_per_replica"],
  (value, key, reading) => {
    if (!isMapping(value)) return reading.refuse(key, "a mapping", showValue(value));
    const { modelFormat, storageUri, storage, ...others } = value;
    const { runtime: _, protocolVersion: __, runtimeVersion: ___, ...rest } = others;
    if (modelFormat === undefined && others.runtime === undefined) {
      return reading.refuse(
        `${key}.modelFormat`,
        "the format that says which server it has",
        "nothing",
      );
    }
    if (modelFormat !== undefined) FORMAT.apply(modelFormat, `${key}.modelFormat`, reading);
    if (storageUri !== undefined) ADDRESS.apply(storageUri, `${key}.storageUri`, reading);
    if (isMapping(storage)) {
      const address = storage.storageUri ?? storage.path;
      if (address !== undefined) ADDRESS.apply(address, `${key}.storage.path`, reading);
    }
    readContainer(rest, key, reading);
  },
);

const OWN_METRICS = "scaling by metrics of one's own is not read: give scaling.policy";

const PREDICTOR: KeyTable = {
  ...POD_SPEC,
  minReplicas: notes("minReplicas", whole(0), ["scaling.min_instances"]),
  maxReplicas: notes("maxReplicas", whole(0), ["scaling.max_instances"]),
  scaleTarget: notes("concurrencyTarget", positive, ["scaling.knative_kpa.target"]),
  scaleMetric: METRIC,
  scaleMetricType: leaves("the metric is a mean over pods"),
  autoScaling: {
    why: OWN_METRICS,
    apply: (_, key, reading) => {
      reading.leave(key, OWN_METRICS);
      reading.note("strangeMetrics", key, key);
    },
  },
  containerConcurrency: notes("podConcurrency", whole(0), [
    "gateway.concurrency_per_instance",
    "scaling.knative_kpa.target",
  ]),
  timeout: TIME_LIMIT,
  canaryTrafficPercent: leaves("all requests go to the newest revision"),
  batcher: leaves("requests are batched by the engine"),
  logger: quiet,
  deploymentStrategy: quiet,
  model: MODEL,
  workerSpec: {
    pipelineParallelSize: notes("pipelineParallel", whole(1), [
      "parallelization.pipeline_parallel_size",
    ]),
    tensorParallelSize: notes("tensorParallel", whole(1), [
      "parallelization.tensor_parallel_size",
    ]),
    size: quiet,
    "*": leaves("the pods of a group are alike"),
  },
};

/** KServe's InferenceService. */
export const INFERENCE_SERVICE: ManifestKind = {
  name: "KServe InferenceService",
  group: /^serving\.kserve\.io$/,
  kinds: ["InferenceService"],
  role: "workload",
  platform: "knative",
  keys: {
    ...HEAD,
    metadata: {
      annotations: {
        ...KNATIVE_ANNOTATIONS,
        "serving.kserve.io/deploymentMode": takes(
          "scaling.policy",
          oneOf({
            Serverless: "knative-kpa",
            Knative: "knative-kpa",
            RawDeployment: "hpa",
            Standard: "hpa",
          }),
        ),
        "serving.kserve.io/autoscalerClass": takes(
          "scaling.policy",
          oneOf({ hpa: "hpa", keda: "keda", external: "none", none: "none" }),
        ),
        "serving.kserve.io/metric": METRIC,
        "serving.kserve.io/targetUtilizationPercentage": custom([], (value, key, reading) => {
          if (reading.read(key, value, percent({ most: 1000 })) !== undefined) {
            reading.leave(key, "use of processors or memory is not simulated");
          }
        }),
        "*": OTHER_ANNOTATION,
      },
      "*": quiet,
    },
    spec: {
      predictor: PREDICTOR,
      transformer: leaves("what stands before the model takes no time here"),
      explainer: leaves("what stands beside the model takes no time here"),
    },
  },
  finish: (reading, content) => {
    reading.noteDefault("minReplicas", "spec.predictor.minReplicas", 1, "KServe");
    const predictor = predictorOf(content);
    if (isMapping(predictor?.workerSpec)) {
      const pipeline = Number(predictor.workerSpec.pipelineParallelSize ?? 2);
      if (Number.isInteger(pipeline) && pipeline > 1) {
        reading.note("podsPerInstance", "spec.predictor.workerSpec", pipeline);
      }
    }
  },
  runtimeOf: (content) => {
    const model = predictorOf(content)?.model;
    return isMapping(model) && typeof model.runtime === "string" ? model.runtime : undefined;
  },
};

function predictorOf({ spec }: Mapping): Mapping | undefined {
  const predictor = isMapping(spec) ? spec.predictor : undefined;
  return isMapping(predictor) ? predictor : undefined;
}

/** KServe's runtimes: what the services that name them begin with. */
export const SERVING_RUNTIME: ManifestKind = {
  name: "KServe ServingRuntime",
  group: /^serving\.kserve\.io$/,
  kinds: ["ServingRuntime", "ClusterServingRuntime"],
  role: "runtime",
  keys: {
    ...HEAD,
    spec: {
      ...POD_SPEC,
      ...quietly(
        "supportedModelFormats protocolVersions multiModel annotations labels disabled " +
          "grpcEndpoint grpcDataEndpoint httpDataEndpoint storageHelper builtInAdapter",
      ),
      workerSpec: PREDICTOR.workerSpec,
    },
  },
};

const PARALLELISM: KeyTable = {
  tensor: notes("tensorParallel", whole(1), ["parallelization.tensor_parallel_size"]),
  pipeline: notes("pipelineParallel", whole(1), ["parallelization.pipeline_parallel_size"]),
  data: notes("dataParallel", whole(1), ["parallelization.data_parallel_attention"]),
  dataLocal: leaves("ranks are divided over the pods of the group"),
  dataRPCPort: quiet,
  expert: custom(["parallelization.expert_parallel_size"], (value, key, reading) => {
    reading.note("expertParallel", key, value === true);
  }),
};

/** What the main workload and the one for prompts have alike. */
const LLM_WORKLOAD: KeyTable = {
  replicas: notes("replicas", whole(0), ["cluster.num_replicas"]),
  parallelism: PARALLELISM,
  template: POD_SPEC,
  worker: leaves("the pods of a group are alike"),
  scaling: {
    minReplicas: notes("minReplicas", whole(0), ["scaling.min_instances"]),
    maxReplicas: notes("maxReplicas", whole(1), ["scaling.max_instances"]),
    keda: custom(["scaling.keda"], (value, key, reading) => {
      reading.take(key, "scaling.policy", "keda");
      readKeys(KEDA_SETTINGS, value, reading, key);
    }),
    wva: leaves("llm-d's autoscaler is not simulated: give scaling.policy"),
  },
};

/** KServe's LLMInferenceService, which llm-d serves. */
export const LLM_INFERENCE_SERVICE: ManifestKind = {
  name: "KServe LLMInferenceService",
  group: /^serving\.kserve\.io$/,
  kinds: ["LLMInferenceService"],
  role: "workload",
  keys: {
    ...HEAD,
    spec: {
      ...LLM_WORKLOAD,
      model: {
        uri: ADDRESS,
        name: quiet,
        criticality: leaves("classes of requests are workload.classes"),
        lora: leaves("adapters are not simulated"),
      },
      prefill: quiet,
      router: leaves("routing is cluster.routing.policy"),
      storageInitializer: quiet,
      baseRefs: leaves("configurations that it begins with are not read"),
    },
  },
  finish: llmFinish,
  split: (content): readonly SplitPart[] => {
    const prefill = isMapping(content.spec) ? content.spec.prefill : undefined;
    return isMapping(prefill)
      ? [{
        name: "prefill",
        keys: LLM_WORKLOAD,
        content: prefill,
        path: "spec.prefill",
        finish: (reading) => reading.note("role", "spec.prefill", "prefill"),
      }]
      : [];
  },
};

/** Engine and role that an LLMInferenceService has without saying so. */
function llmFinish(reading: Reading, { spec }: Mapping): void {
  if (reading.facts.engine === undefined) reading.note("engine", "spec", "vllm");
  if (isMapping(spec) && isMapping(spec.prefill)) reading.note("role", "spec", "decode");
}
