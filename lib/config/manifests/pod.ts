import { shownName } from "../../std/safe_text.ts";
import { showValue } from "../../std/show_value.ts";
import { isMapping, type Mapping } from "../normalize.ts";
import { type EnvironmentList, readEnvironment } from "./command/environment.ts";
import { isUnknown, readFlags, UNKNOWN_VALUE } from "./command/flags.ts";
import { engineOfImage, findLaunch, type Launch, versionOfImage } from "./command/launch.ts";
import { SGLANG_FLAG_TABLE } from "./command/sglang_flags.ts";
import { VLLM_FLAG_TABLE } from "./command/vllm_flags.ts";
import { type Cloud, cloudOf, GPU_LABELS, gpuOf, SHARE, shareOf } from "./gpu_of.ts";
import {
  custom,
  joined,
  type KeyRule,
  type KeyTable,
  leaves,
  notes,
  quiet,
  quietly,
  readKeys,
} from "./keys.ts";
import { kubernetesQuantity, notNegative, wholeQuantity } from "./readers.ts";
import type { EngineName, Reading } from "./reading.ts";

/** Settings that a server's command may become; for the page. */
const BY_COMMAND = ["model", "parallelization", "scheduler", "memory"];
const STARTS = "how an instance starts is cold_start.preset";

/** Names of containers that hold the server, in files where several have GPUs or none has. */
const SERVER_NAMES = /^(main|vllm|sglang|kserve-container|user-container|server|worker)$/;

/** A key that names the GPU. */
export const GPU_NAME: KeyRule = custom(["cluster.gpu_type"], (value, key, reading) => {
  const name = Array.isArray(value) ? value[0] : value;
  if (typeof name !== "string") return reading.refuse(key, "the name of a GPU", showValue(value));
  noteGpu(name, key, reading);
});

/** Notes the GPU that a name means, or says that it is not known. */
export function noteGpu(name: string, key: string, reading: Reading): void {
  const gpu = gpuOf(name);
  if (gpu === undefined) {
    const share = shareOf(name);
    if (share !== undefined) noteShare(key, `${showValue(name)}: ${share}`, reading);
    else reading.leave(key, `no ${showValue(name)} is in data/hardware: pass a GPU with --gpu`);
    return;
  }
  const { gpu: other } = reading.facts;
  if (other !== undefined && other.defaultOf === undefined && other.value !== gpu.name) {
    // A machine has one kind of GPU; a product's name may leave open which.
    const isSurer = cloudOf(name) !== undefined;
    const [lost, kept, its] = isSurer ? [other.key, key, gpu.name] : [key, other.key, other.value];
    reading.leave(lost, `it contradicts ${kept}, by which the GPU is ${its}`);
    if (!isSurer) return;
  }
  reading.note("gpu", key, gpu.name);
  if (gpu.differs !== undefined) reading.assume(`${key} ${showValue(name)} is ${gpu.differs}`);
}

/** Says that a key gives a share of a GPU: what else names the GPU means no whole one then. */
function noteShare(key: string, why: string, reading: Reading): void {
  reading.leave(key, `${why}: pass a GPU with --gpu`);
  reading.note("gpuShare", key, key);
}

/** A label that names the GPU, and with it whose machine it is in. */
function gpuLabel(cloud?: Cloud): KeyRule {
  return custom(["cluster.gpu_type", "cost.provider"], (value, key, reading) => {
    GPU_NAME.apply(value, key, reading);
    const name = Array.isArray(value) ? value[0] : value;
    const provider = cloud ?? (typeof name === "string" ? cloudOf(name) : undefined);
    if (provider !== undefined) reading.note("provider", key, provider);
  });
}

/** Labels that say whether a node may be taken away. */
const SPOT_LABELS = [
  "karpenter.sh/capacity-type",
  "eks.amazonaws.com/capacityType",
  "cloud.google.com/gke-spot",
  "kubernetes.azure.com/scalesetpriority",
];

const SPOT: KeyRule = custom(["cost.terms"], (value, key, reading) => {
  const word = String(Array.isArray(value) ? value[0] : value).toLowerCase();
  if (word === "spot" || word === "true") {
    reading.take(key, "cost.terms", "spot", "faults.spot says when it is taken away");
  } else reading.leave(key, "on demand, as here");
});

/** Labels of nodes whose GPUs are cut in slices or shared by pods. */
const SHARE_LABELS = [
  "cloud.google.com/gke-gpu-partition-size",
  "cloud.google.com/gke-gpu-sharing-strategy",
  "cloud.google.com/gke-max-shared-clients-per-gpu",
  "nvidia.com/gpu.sharing-strategy",
  "nvidia.com/gpu.replicas",
  "nvidia.com/mig.config",
];

const SHARED: KeyRule = {
  why: SHARE,
  apply: (value, key, reading) => {
    const word = String(Array.isArray(value) ? value[0] : value);
    if (/^(|none|all-disabled|false|[01])$/i.test(word)) reading.leave(key, "GPUs are whole here");
    else noteShare(key, SHARE, reading);
  },
};

const NODE_LABEL: KeyTable = {
  ...Object.fromEntries(
    Object.entries(GPU_LABELS).map(([label, cloud]) => [label, gpuLabel(cloud ?? undefined)]),
  ),
  ...Object.fromEntries(SPOT_LABELS.map((label) => [label, SPOT])),
  ...Object.fromEntries(SHARE_LABELS.map((label) => [label, SHARED])),
  "*": leaves("it says nothing of the GPU"),
};

/** A term of an affinity: labels that a node has to have. */
const AFFINITY: KeyRule = custom(["cluster.gpu_type", "cost.provider"], (value, key, reading) => {
  const required = at(value, "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  const terms = at(required, "nodeSelectorTerms");
  for (const term of Array.isArray(terms) ? terms : []) {
    const expressions = at(term, "matchExpressions");
    for (const one of Array.isArray(expressions) ? expressions : []) {
      const [label, values] = [at(one, "key"), at(one, "values")];
      const path = joined(key, shownName(String(label)));
      const isKnown = label !== "*" && Object.hasOwn(NODE_LABEL, String(label));
      if (at(one, "operator") === "In" && isKnown) {
        readKeys(NODE_LABEL[String(label)], values, reading, path);
      } else reading.leave(path, "it names no GPU that pods have to have");
      if (isKnown && Array.isArray(values) && values.length > 1) {
        reading.assume(`${path} allows several GPUs, of which the first is taken`);
      }
    }
  }
  if (at(value, "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution") !== undefined) {
    reading.leave(`${key}.nodeAffinity`, "what is preferred only is not read");
  }
  if (at(value, "podAffinity") ?? at(value, "podAntiAffinity") ?? undefined) {
    reading.leave(key, "where pods stand to each other is cluster.placement");
  }
});

const AMOUNT_LEFT = (why: string): KeyRule => ({
  why,
  apply: (value, key, reading) => {
    if (reading.read(key, value, kubernetesQuantity) !== undefined) reading.leave(key, why);
  },
});

const GPUS: KeyRule = custom(["cluster.num_gpus_per_replica"], (value, key, reading) => {
  const count = reading.read(key, value, wholeQuantity);
  if (count !== undefined && count > 0) reading.note("gpusPerPod", key, count);
});

/** GPUs of AMD; of those in the catalogue there is one kind. */
const AMD_GPUS: KeyRule = custom(["cluster.num_gpus_per_replica"], (value, key, reading) => {
  GPUS.apply(value, key, reading);
  reading.noteDefault("gpu", "the kind of its GPUs", "mi300x", "amd.com/gpu here");
});

/** Whether a device of this name is a part of a GPU. */
const isPart = (key: string) => /mig-|shared|vgpu|gpu-?mem|gpucores/.test(key);

/** What a container may have. Requests are passed over: of devices they equal the limits. */
const AMOUNTS: KeyTable = {
  "nvidia.com/gpu": GPUS,
  "amd.com/gpu": AMD_GPUS,
  gpu: GPUS,
  custom: {
    "nvidia.com/gpu": GPUS,
    "amd.com/gpu": AMD_GPUS,
    "*": {
      isQuiet: true,
      apply: (_, key, reading) => {
        if (isPart(key)) noteShare(key, SHARE, reading);
      },
    },
  },
  gpuType: GPU_NAME,
  cpu: AMOUNT_LEFT("processors cost where cost.cpu_cores says how many"),
  memory: AMOUNT_LEFT("host memory costs where cost.memory says how much"),
  "ephemeral-storage": AMOUNT_LEFT("disks are those of cluster.nodes"),
  "*": {
    why: "it is no whole GPU of a kind in data/hardware",
    apply: (_, key, reading) => {
      if (isPart(key)) noteShare(key, SHARE, reading);
      else reading.leave(key, "it is no GPU of data/hardware");
    },
  },
};

/** Resources of a container: limits count, requests where there are no limits. */
export const RESOURCES: KeyRule = custom(
  ["cluster.num_gpus_per_replica"],
  (value, key, reading) => {
    if (!isMapping(value)) return reading.refuse(key, "a mapping", showValue(value));
    const { limits, requests, claims, ...others } = value;
    readKeys({}, others, reading, key);
    if (claims !== undefined) reading.leave(`${key}.claims`, "claims of devices are not read");
    const isLimited = isMapping(limits) && Object.keys(limits).length > 0;
    if (isLimited) readKeys(AMOUNTS, limits, reading, `${key}.limits`);
    else if (requests !== undefined) readKeys(AMOUNTS, requests, reading, `${key}.requests`);
  },
);

/** Keys of a container beside its command. */
export const CONTAINER: KeyTable = {
  resources: RESOURCES,
  envFrom: leaves("variables from elsewhere are not seen"),
  livenessProbe: quiet,
  readinessProbe: leaves(STARTS),
  startupProbe: leaves(STARTS),
  lifecycle: leaves(STARTS),
  ...quietly(
    "name imagePullPolicy ports securityContext stdin stdinOnce terminationMessagePath " +
      "terminationMessagePolicy tty volumeDevices volumeMounts workingDir restartPolicy resizePolicy",
  ),
  // Of llm-d's chart.
  ...quietly("modelCommand mountModelVolume"),
};

/** A pod's template below its `spec`. */
export const POD_SPEC: KeyTable = {
  containers: custom(BY_COMMAND, (value, key, reading) => readContainers(value, key, reading)),
  initContainers: leaves(STARTS),
  nodeSelector: NODE_LABEL,
  affinity: AFFINITY,
  topologySpreadConstraints: leaves("where pods stand to each other is cluster.placement"),
  terminationGracePeriodSeconds: notes("drainSeconds", notNegative, ["scaling.drain_limit"]),
  resourceClaims: leaves("claims of devices are not read"),
  activeDeadlineSeconds: leaves("an instance lives as long as it is wanted"),
  ...quietly(
    "automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks ephemeralContainers " +
      "hostAliases hostIPC hostNetwork hostPID hostUsers hostname imagePullSecrets nodeName os " +
      "overhead preemptionPolicy priority priorityClassName readinessGates restartPolicy " +
      "runtimeClassName schedulerName schedulingGates securityContext serviceAccount " +
      "serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain tolerations volumes",
  ),
};

/** A pod's template. */
export const POD_TEMPLATE: KeyTable = { metadata: quiet, spec: POD_SPEC };

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => isMapping(inner) ? inner[key] : undefined,
    value,
  );
}

/** Whether a container's resources have a GPU. */
function hasGpu(container: Mapping): boolean {
  const amounts = { ...at(container, "resources", "requests") as object } as Mapping;
  Object.assign(amounts, at(container, "resources", "limits"));
  return Object.keys(amounts).some((name) => /gpu|nvidia\.com\/mig/.test(name));
}

/** Reads the container that serves, and says which others there are. */
function readContainers(value: unknown, key: string, reading: Reading): void {
  if (!Array.isArray(value)) return reading.refuse(key, "a list", showValue(value));
  const wrong = value.findIndex((one) => !isMapping(one));
  if (wrong !== -1) {
    return reading.refuse(`${key}[${wrong}]`, "a mapping", showValue(value[wrong]));
  }
  const containers = value as readonly Mapping[];
  const serves = [
    (one: Mapping) => launchOf(one, environmentOf(one.env)) !== undefined && hasGpu(one),
    (one: Mapping) => launchOf(one, environmentOf(one.env)) !== undefined,
    hasGpu,
    (one: Mapping) => SERVER_NAMES.test(String(one.name)),
    () => true,
  ];
  const chosen = serves.map((test) => containers.findIndex(test)).find((index) => index !== -1);
  containers.forEach((container, i) => {
    if (i === chosen) readContainer(container, `${key}[${i}]`, reading);
    else reading.leave(`${key}[${i}]`, `it stands beside the server${nameOf(container)}`);
  });
}

function nameOf({ name }: Mapping): string {
  return typeof name === "string" ? `: ${showValue(name)}` : "";
}

/** Reads one container: image, command, variables, resources. */
export function readContainer(container: Mapping, key: string, reading: Reading): void {
  const { image, command, args, env, ...others } = container;
  if (typeof image === "string") readImage(image, `${key}.image`, reading);
  for (const [name, list] of [["command", command], ["args", args]] as const) {
    if (list !== undefined && list !== null && wordsOf(list) === undefined) {
      reading.refuse(`${key}.${name}`, "a list of texts", showValue(list));
    }
  }
  const variables = environmentOf(env);
  const launch = launchOf(container, variables, reading.facts.engine?.value);
  if (launch !== undefined) readLaunch(launch, reading);
  else if (command !== undefined || args !== undefined) {
    reading.leave(`${key}.command`, "it starts neither vLLM nor SGLang");
  }
  if (variables.length > 0) readEnvironment(variables, reading, "env ");
  readKeys(CONTAINER, others, reading, key);
}

/** Reads a server's arguments. */
export function readLaunch({ engine, args, takesModel, open }: Launch, reading: Reading): void {
  if (open !== undefined) {
    return reading.refuse(
      "the command",
      "one whose quotes are closed",
      `an open ${open}`,
    );
  }
  reading.note("engine", "command", engine);
  const table = engine === "vllm" ? VLLM_FLAG_TABLE : SGLANG_FLAG_TABLE;
  const first = takesModel && args[0]?.startsWith("-") === false ? args[0] : undefined;
  const others = first === undefined ? args : args.slice(1);
  const stray = readFlags(others, table, reading);
  // "vllm serve --port 80 MODEL" is as good.
  const model = first ?? (takesModel ? stray[0] : undefined);
  if (model === undefined) return;
  if (isUnknown(model)) reading.leave("serve MODEL", UNKNOWN_VALUE);
  else reading.note("model", "serve MODEL", model);
}

/** Notes engine and version that an image tells. */
export function readImage(image: string, key: string, reading: Reading): void {
  const engine = engineOfImage(image);
  if (engine !== undefined && reading.facts.engine === undefined) {
    reading.note("engine", key, engine);
  }
  const version = versionOfImage(image);
  if (version !== undefined) reading.note("engineVersion", key, version);
}

/** The words of a command; undefined for what is no list of texts. */
function wordsOf(list: unknown): readonly string[] | undefined {
  if (typeof list === "string") return [list];
  if (!Array.isArray(list)) return undefined;
  const isWord = (one: unknown) => ["string", "number", "boolean"].includes(typeof one);
  return list.every(isWord) ? list.map(String) : undefined;
}

/** The server that a container starts. */
function launchOf(
  container: Mapping,
  environment: EnvironmentList,
  engine?: EngineName,
): Launch | undefined {
  const command = wordsOf(container.command ?? []) ?? [];
  const args = wordsOf(container.args ?? []) ?? [];
  const variables = new Map(
    environment.flatMap(({ name, value }) => value === undefined ? [] : [[name, value] as const]),
  );
  // Kubernetes itself replaces $(NAME) in commands.
  const expand = (word: string) =>
    word.replace(/\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name) => variables.get(name) ?? whole);
  const words = [...command, ...args].map(expand);
  const found = findLaunch(words, variables);
  if (found !== undefined) return found;
  const image = typeof container.image === "string" ? engineOfImage(container.image) : undefined;
  const own = image ?? engine;
  const isFlags = command.length === 0 && args.length > 0;
  return own === undefined || !isFlags
    ? undefined
    : { engine: own, args: args.map(expand), takesModel: true };
}

/** The variables of a container, those without a value of their own too. */
export function environmentOf(env: unknown): EnvironmentList {
  if (isMapping(env)) {
    return Object.entries(env).map(([name, value]) => ({ name, value: String(value) }));
  }
  if (!Array.isArray(env)) return [];
  return env.filter(isMapping).flatMap(({ name, value }) =>
    typeof name !== "string"
      ? []
      : [{ name, ...(value !== undefined && value !== null && { value: String(value) }) }]
  );
}
