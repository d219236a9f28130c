import { ROUTING_POLICIES, type RoutingName } from "../../scheduling/routing/create_routing.ts";
import { section, sectionList } from "../section.ts";
import { choice, count, quantity, text } from "../settings.ts";

const routing = section({
  policy: choice(Object.keys(ROUTING_POLICIES) as RoutingName[], {
    wanted: "a routing policy",
    default: "least-loaded",
    otherNames: { "least-outstanding": "least-loaded" },
    describe: "Which ready instance takes a request; ties go to the lowest id.",
  }),
  staleness: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Age of the signals that the router sees, seconds.",
  }),
  prefix_affinity: section({
    minimum_match: quantity("fraction", {
      min: 0,
      max: 1,
      default: 0.3,
      describe: "Least cached share of the prompt that is worth following.",
    }),
    load_difference: quantity("number", {
      min: 0,
      default: 64,
      describe: "An instance is overloaded when it has this many requests more than the least " +
        "loaded one, and more than `load_ratio` times as many.",
    }),
    load_ratio: quantity("number", { min: 1, default: 1.5, describe: "See `load_difference`." }),
  }, { describe: "Settings of `policy: prefix-affinity`." }),
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
