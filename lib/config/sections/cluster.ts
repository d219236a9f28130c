import { section, sectionList } from "../section.ts";
import { choice, count, quantity, text } from "../settings.ts";

const routing = section({
  policy: choice(
    [
      "round-robin",
      "least-loaded",
      "random",
      "power-of-two",
      "least-tokens",
      "kv-aware",
      "prefix-affinity",
      "session",
    ],
    {
      wanted: "a routing policy",
      default: "least-loaded",
      otherNames: { "least-outstanding": "least-loaded" },
      describe: "Which ready instance takes a request; ties go to the lowest id.",
    },
  ),
  staleness: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Age of the signals that the router sees, seconds.",
  }),
  max_imbalance: quantity("number", {
    min: 1,
    default: 1.5,
    describe: "`prefix-affinity` leaves an instance whose load is above this multiple of the mean.",
  }),
}, { describe: "Routing of requests to instances." });

const node = section({
  name: text({ default: "node", describe: "Name in the results." }),
  count: count({ min: 1, default: 1, describe: "Machines of this kind." }),
  gpu_type: text({ default: null, describe: "GPU in data/hardware; null: `cluster.gpu_type`." }),
  gpus: count({ min: 1, default: 8, describe: "GPUs of each machine." }),
}, { describe: "One kind of machine." });

/** The GPUs and how requests find an instance. */
export const cluster = section({
  num_replicas: count({
    min: 1,
    default: 1,
    describe: "Instances of a fleet of fixed size (`scaling.enabled: false`).",
  }),
  gpu_type: text({
    default: "H100",
    describe: "GPU in data/hardware; where there are several sizes, `gpu_memory_gb` chooses.",
  }),
  gpu_memory_gb: quantity("gigabytes", {
    above: 0,
    default: null,
    describe: "Memory of a GPU, gigabytes; null: that of the data sheet.",
  }),
  num_gpus_per_replica: count({
    min: 1,
    default: null,
    describe: "GPUs of an instance; must equal the product of the parallel degrees. null: that.",
  }),
  nodes: sectionList(node, { describe: "Machines; none: as many GPUs as instances need." }),
  routing,
}, { describe: "The GPUs and how requests find an instance." });
