import { showValue } from "../../../std/show_value.ts";
import { isMapping, type Mapping } from "../../normalize.ts";
import { custom, HEAD, type KeyTable, leaves, notes, quiet, quietly } from "../keys.ts";
import type { ManifestKind, SplitPart } from "../kind.ts";
import { POD_SPEC, readContainer, RESOURCES } from "../pod.ts";
import { oneOf, whole } from "../readers.ts";
import type { Reading } from "../reading.ts";

const ROLE = oneOf({ prefill: "prefill", decode: "decode" } as const);

/** One service of a graph. */
const SERVICE: KeyTable = {
  componentType: quiet,
  subComponentType: notes("role", ROLE, []),
  replicas: notes("replicas", whole(0), ["cluster.num_replicas"]),
  resources: RESOURCES,
  multinode: { nodeCount: notes("podsPerInstance", whole(1), ["cluster.nodes"]) },
  autoscaling: custom(["scaling.hpa"], (value, key, reading) => {
    if (!isMapping(value)) return reading.refuse(key, "a mapping", showValue(value));
    if (value.enabled !== true) return reading.leave(key, "it is not enabled");
    reading.take(key, "scaling.policy", "hpa");
    for (const name of ["minReplicas", "maxReplicas"] as const) {
      const count = value[name] === undefined
        ? undefined
        : reading.read(`${key}.${name}`, value[name], whole(0));
      if (count !== undefined) reading.note(name, `${key}.${name}`, count);
    }
    if (value.metrics !== undefined) {
      reading.leave(`${key}.metrics`, "these metrics are not read: give scaling.hpa.metrics");
      reading.note("strangeMetrics", `${key}.metrics`, key);
    }
    if (value.behavior !== undefined) reading.leave(`${key}.behavior`, BEHAVIOR_LEFT);
  }),
  scalingAdapter: leaves("what scales it is not in the manifest"),
  extraPodSpec: {
    ...POD_SPEC,
    mainContainer: custom(
      ["model", "parallelization", "scheduler", "memory"],
      (value, key, reading) => {
        if (!isMapping(value)) return reading.refuse(key, "a mapping", showValue(value));
        readContainer(value, key, reading);
      },
    ),
  },
  envs: leaves("no setting is known for these variables"),
  ...quietly(
    "modelRef dynamoNamespace globalDynamoNamespace envFromSecret sharedMemory volumeMounts ingress " +
      "annotations labels serviceName extraPodMetadata livenessProbe readinessProbe pvc eppConfig",
  ),
};

const BEHAVIOR_LEFT = "give scaling.hpa.scale_down_stabilization";

/** NVIDIA Dynamo's graph of services, of which the workers are instances. */
export const DYNAMO_GRAPH: ManifestKind = {
  name: "DynamoGraphDeployment",
  group: /^nvidia\.com$/,
  kinds: ["DynamoGraphDeployment"],
  role: "workload",
  isHolder: true,
  keys: {
    ...HEAD,
    spec: {
      services: quiet,
      backendFramework: notes("engine", oneOf({ vllm: "vllm", sglang: "sglang" }), []),
      envs: leaves("no setting is known for these variables"),
      pvcs: quiet,
      annotations: quiet,
      labels: quiet,
      restart: quiet,
    },
  },
  split: servicesOf,
};

/** One service of Dynamo's by itself. */
export const DYNAMO_COMPONENT: ManifestKind = {
  name: "DynamoComponentDeployment",
  group: /^nvidia\.com$/,
  kinds: ["DynamoComponentDeployment"],
  role: "workload",
  keys: {
    ...HEAD,
    spec: {
      ...SERVICE,
      backendFramework: notes("engine", oneOf({ vllm: "vllm", sglang: "sglang" }), []),
    },
  },
};

/** Services that serve no model, by what they are. */
const NO_WORKER = /^(frontend|planner|epp|main|router|gateway)$/i;

function servicesOf({ spec }: Mapping): readonly SplitPart[] {
  const services = isMapping(spec) ? spec.services : undefined;
  if (!isMapping(services)) return [];
  return Object.keys(services).flatMap((name) => {
    const service = services[name];
    if (!isMapping(service)) return [];
    const path = `spec.services.${name}`;
    const type = String(service.componentType ?? name);
    const isWorker = !NO_WORKER.test(type) || hasGpu(service);
    return [{
      name,
      content: service,
      path,
      keys: isWorker ? SERVICE : { "*": quiet },
      finish: (reading: Reading) =>
        isWorker
          ? roleByName(name, path, reading)
          : reading.leave(path, "it serves no model: routing is cluster.routing.policy"),
      ...(!isWorker && { isBystander: true }),
    }];
  });
}

function hasGpu({ resources }: Mapping): boolean {
  return /"(nvidia\.com\/)?gpu":/.test(JSON.stringify(resources ?? null));
}

/** Older graphs tell a worker's half of the work by its name alone. */
function roleByName(name: string, path: string, reading: Reading): void {
  if (reading.facts.role === undefined && /prefill/i.test(name)) {
    reading.note("role", path, "prefill");
  }
}
