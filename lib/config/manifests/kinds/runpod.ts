import { showValue } from "../../../std/show_value.ts";
import { isMapping, type Mapping } from "../../normalize.ts";
import { readEnvironment, readFlagVariables } from "../command/environment.ts";
import { VLLM_FLAG_TABLE } from "../command/vllm_flags.ts";
import {
  custom,
  type KeyRule,
  type KeyTable,
  leaves,
  notes,
  quiet,
  quietly,
  readKeys,
  takes,
} from "../keys.ts";
import type { ManifestKind } from "../kind.ts";
import { isRunpod, snakeCase } from "../likeness.ts";
import { environmentOf, noteGpu, readContainer, readImage } from "../pod.ts";
import { notNegative, positive, whole } from "../readers.ts";
import type { Reading } from "../reading.ts";

/** Variables of RunPod's vLLM worker that are no flags of vLLM. */
const WORKER_VARIABLES: Readonly<Record<string, KeyRule>> = {
  MODEL_NAME: notes("model", { wanted: "a model", read: textOf }, ["model.name"]),
  MAX_MODEL_LENGTH: VLLM_FLAG_TABLE.get("--max-model-len")!.rule,
  MAX_CONCURRENCY: takes("gateway.concurrency_per_instance", whole(1)),
};

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

const ENVIRONMENT: KeyRule = custom(
  ["model", "parallelization", "scheduler", "memory", "gateway.concurrency_per_instance"],
  (value, key, reading) => {
    if (!isMapping(value) && !Array.isArray(value)) {
      return reading.refuse(key, "a mapping", showValue(value));
    }
    const others = environmentOf(value).filter(({ name, value: text }) => {
      if (!Object.hasOwn(WORKER_VARIABLES, name)) return true;
      WORKER_VARIABLES[name].apply(text, `env ${name}`, reading);
      return false;
    });
    const left = readFlagVariables(others, VLLM_FLAG_TABLE, reading);
    if (left.length > 0) readEnvironment(left, reading, "env ");
  },
);

/** GPUs in the order of one's wishes; the first counts. */
const WISHES: KeyRule = custom(["cluster.gpu_type"], (value, key, reading) => {
  const names = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(names) || typeof names[0] !== "string") {
    return reading.refuse(key, "names of GPUs", showValue(value));
  }
  noteGpu(names[0].trim().replace(/^-/, ""), key, reading);
  if (names.length > 1) reading.assume(`${key} allows several GPUs, of which the first is taken`);
});

const TEMPLATE_OTHERS: KeyTable = quietly(
  "name id ports readme isPublic isServerless category containerDiskInGb volumeInGb " +
    "volumeMountPath containerRegistryAuthId",
);

const TEMPLATE: KeyRule = custom(["model", "parallelization"], (value, key, reading) => {
  if (!isMapping(value)) return reading.refuse(key, "a mapping", showValue(value));
  const { imageName, env, dockerStartCmd, dockerEntrypoint, ...others } = value;
  readKeys(TEMPLATE_OTHERS, others, reading, key);
  if (typeof imageName === "string") readImage(imageName, `${key}.imageName`, reading);
  if (env !== undefined) ENVIRONMENT.apply(env, `${key}.env`, reading);
  if (dockerStartCmd === undefined && dockerEntrypoint === undefined) return;
  readContainer(
    { image: imageName, command: dockerEntrypoint, args: dockerStartCmd },
    key,
    reading,
  );
});

const CAMEL: KeyTable = {
  ...quietly("name id"),
  workersMin: notes("minReplicas", whole(0), ["scaling.min_instances"]),
  workersMax: notes("maxReplicas", whole(0), ["scaling.max_instances"]),
  workersStandby: leaves("workers that stand by are not simulated"),
  idleTimeout: takes("scaling.keep_alive.seconds", notNegative),
  scalerType: quiet,
  scalerValue: custom(
    ["scaling.queue_delay.threshold", "scaling.request_count.requests"],
    () => {},
  ),
  executionTimeoutMs: custom(["gateway.execution_limit"], (value, key, reading) => {
    const milliseconds = reading.read(key, value, notNegative);
    if (milliseconds === 0) reading.leave(key, "0 is RunPod's own limit, as here");
    else if (milliseconds !== undefined) {
      reading.take(key, "gateway.execution_limit", milliseconds / 1000);
    }
  }),
  flashboot: leaves("starts are those of cold_start.preset"),
  gpuTypeIds: WISHES,
  gpuIds: WISHES,
  gpuCount: notes("gpusPerPod", whole(1), ["cluster.num_gpus_per_replica"]),
  template: TEMPLATE,
  env: ENVIRONMENT,
  imageName: custom([], (value, key, reading) => {
    if (typeof value === "string") readImage(value, key, reading);
  }),
  ...quietly(
    "computeType dataCenterIds locations networkVolumeId networkVolumeIds allowedCudaVersions " +
      "minCudaVersion templateName userId version createdAt instanceIds containerDiskInGb",
  ),
  templateId: leaves("what the template says is elsewhere: write it as template"),
  modelReferences: leaves("the model is that of the environment"),
};

/** A serverless endpoint of RunPod, by the names of its API or, with underscores, of its tools. */
export const RUNPOD_ENDPOINT: ManifestKind = {
  name: "RunPod endpoint",
  isLike: isRunpod,
  role: "workload",
  platform: "runpod-like",
  keys: {
    ...CAMEL,
    ...Object.fromEntries(Object.entries(CAMEL).map(([name, node]) => [snakeCase(name), node])),
  },
  finish: readScaler,
};

/** The scaler's type decides what its value means. */
function readScaler(reading: Reading, content: Mapping): void {
  const type = content.scalerType ?? content.scaler_type;
  const value = content.scalerValue ?? content.scaler_value;
  if (type !== undefined && type !== "QUEUE_DELAY" && type !== "REQUEST_COUNT") {
    return reading.refuse("scalerType", "one of QUEUE_DELAY, REQUEST_COUNT", showValue(type));
  }
  if (type === "REQUEST_COUNT") {
    reading.take("scalerType", "scaling.policy", "request-count");
    const target = value === undefined ? 4 : reading.read("scalerValue", value, positive);
    if (value === undefined) reading.assume("scalerValue is not set: 4, as RunPod has it");
    if (target !== undefined) reading.take("scalerValue", "scaling.request_count.requests", target);
  } else if (value !== undefined) {
    const seconds = reading.read("scalerValue", value, positive);
    if (seconds !== undefined) {
      reading.take("scalerValue", "scaling.queue_delay.threshold", seconds);
    }
  }
}
