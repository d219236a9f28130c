import { showValue } from "../../../std/show_value.ts";
import { findLaunchInLine } from "../command/launch.ts";
import {
  custom,
  type KeyRule,
  type KeyTable,
  leaves,
  notes,
  quiet,
  quietly,
  takes,
} from "../keys.ts";
import type { ManifestKind } from "../kind.ts";
import { isModal } from "../likeness.ts";
import { COMPUTED_KEYS } from "../python.ts";
import { noteGpu, readContainer, readLaunch } from "../pod.ts";
import { notNegative, positive, whole } from "../readers.ts";

const GPU: KeyRule = custom(
  ["cluster.gpu_type", "cluster.num_gpus_per_replica"],
  (value, key, reading) => {
    const wishes = Array.isArray(value) ? value : [value];
    const [first] = wishes;
    const match = typeof first === "string" ? /^\s*([\w-]+)(!?)(?::(\d+))?\s*$/.exec(first) : null;
    if (match === null) return reading.refuse(key, 'a GPU such as "H100:2"', showValue(value));
    noteGpu(match[1], key, reading);
    reading.note("gpusPerPod", key, Number(match[3] ?? 1));
    if (wishes.length > 1) {
      reading.assume(`${key} allows several GPUs, of which the first is taken`);
    }
  },
);

const MIN = notes("minReplicas", whole(0), ["scaling.min_instances"]);
const MAX = notes("maxReplicas", whole(1), ["scaling.max_instances"]);
const WINDOW = takes("scaling.keep_alive.seconds", notNegative);
const INPUTS = notes("podConcurrency", whole(1), [
  "gateway.concurrency_per_instance",
  "scaling.request_count.requests",
]);

/** A container's command, as a line or as words. */
const COMMAND: KeyRule = custom(
  ["model", "parallelization", "scheduler", "memory"],
  (value, key, reading) => {
    if (typeof value !== "string") return readContainer({ command: value }, key, reading);
    const launch = findLaunchInLine(value);
    if (launch === undefined) reading.leave(key, "it starts neither vLLM nor SGLang");
    else readLaunch(launch, reading);
  },
);

/** Settings of a function by Modal's own names, those of earlier versions too. */
const FUNCTION: KeyTable = {
  name: quiet,
  gpu: GPU,
  min_containers: MIN,
  keep_warm: MIN,
  max_containers: MAX,
  concurrency_limit: MAX,
  buffer_containers: takes("scaling.request_count.buffer", whole(0)),
  scaledown_window: WINDOW,
  container_idle_timeout: WINDOW,
  max_inputs: INPUTS,
  allow_concurrent_inputs: INPUTS,
  target_inputs: notes("concurrencyTarget", whole(1), ["scaling.request_count.requests"]),
  timeout: takes("gateway.execution_limit", positive),
  startup_timeout: leaves("starts are those of cold_start.preset"),
  enable_memory_snapshot: leaves("starts are those of cold_start.preset"),
  experimental_options: leaves("starts are those of cold_start.preset"),
  cpu: leaves("processors cost where cost.cpu_cores says how many"),
  memory: leaves("host memory costs where cost.memory says how much"),
  [COMPUTED_KEYS]: custom([], (value, _, reading) => {
    for (const name of value as readonly string[]) {
      if ((FUNCTION[name] as KeyRule | undefined)?.isQuiet) continue;
      reading.leave(name, "the running program alone knows its value");
    }
  }),
  command: COMMAND,
  cmd: COMMAND,
  ...quietly(
    "app image secrets volumes region cloud retries ephemeral_disk network_file_systems mounts " +
      "proxy schedule serialized env i6pn experimental single_use_containers",
  ),
};

/** The settings of a function of Modal's. */
export const MODAL_FUNCTION: ManifestKind = {
  name: "Modal function",
  isLike: isModal,
  role: "workload",
  platform: "modal-like",
  keys: FUNCTION,
  finish: (reading) => {
    // What max_inputs and target_inputs are of.
    reading.settings.set("scaling.policy", "request-count");
    reading.noteDefault("podConcurrency", "max_inputs", 1, "Modal");
  },
};
