import { ROUTING_POLICIES, type RoutingName } from "../../scheduling/routing/create_routing.ts";
import { EVICTION_POLICIES } from "../../serverless/cold_start/eviction.ts";
import { PLACEMENT_POLICIES, type PlacementName } from "../../serverless/placement/policies.ts";
import { LIMITS } from "../../sim/limits.ts";
import { all, is, isNot, isSet, never } from "../applies.ts";
import { section, sectionList } from "../section.ts";
import { choice, count, flag, quantity, text } from "../../settings/quantities.ts";

const routing = section({
  policy: choice(Object.keys(ROUTING_POLICIES) as RoutingName[], {
    wanted: "a routing policy",
    default: "least-loaded",
    otherNames: { "least-outstanding": "least-loaded" },
    describe: "Which ready instance takes a request; ties go to the lowest id.",
  }),
  staleness: quantity("seconds", {
    appliesWhen: isNot("cluster.routing.policy", "round-robin", "random"),
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
  }, {
    appliesWhen: is("cluster.routing.policy", "prefix-affinity"),
    describe: "Settings of `policy: prefix-affinity`.",
  }),
}, { describe: "Routing of requests to instances." });

const node = section({
  name: text({
    default: "node",
    appliesWhen: never("no result names machines"),
    describe: "Accepted; no result names machines.",
  }),
  count: count({
    min: 1,
    max: LIMITS.machines.value,
    default: 1,
    describe: "Machines of this kind.",
  }),
  type: text({
    default: "generic",
    describe: "Machine in data/hardware: memory, disks, network, PCIe.",
  }),
  gpu_type: text({
    default: null,
    describe: "GPU in data/hardware; null: the machine's, or `cluster.gpu_type`.",
  }),
  gpus: count({
    min: 1,
    max: LIMITS.gpusPerMachine.value,
    default: null,
    describe: "GPUs of each machine; null: as its type.",
  }),
}, { describe: "One kind of machine." });

const placement = section({
  policy: choice(Object.keys(PLACEMENT_POLICIES) as PlacementName[], {
    wanted: "a placement policy",
    default: "first-fit",
    describe: "Which machine a new instance runs on; ties go to the lowest id.",
  }),
  evict_idle: flag({
    default: true,
    describe: "Idle instances of other functions stop for one that finds no free GPU.",
  }),
  backfill: flag({
    default: false,
    describe: "Instances may start before others of their GPU type that wait for more GPUs.",
  }),
}, { appliesWhen: isSet("cluster.nodes"), describe: "Placement of instances on `nodes`." });

const weightCache = section({
  dram: quantity("bytes", {
    min: 0,
    default: null,
    describe: "Host memory of each machine for weights, bytes; null: half of it.",
  }),
  ssd: quantity("bytes", {
    min: 0,
    default: null,
    describe: "Disk of each machine for weights, bytes; null: all of it.",
  }),
  eviction: choice(Object.keys(EVICTION_POLICIES) as (keyof typeof EVICTION_POLICIES)[], {
    wanted: "an eviction policy",
    default: "lru",
    otherNames: { "cost-aware": "greedy-dual" },
    describe: "Whose weights go first.",
  }),
  warm: choice(["none", "ssd", "dram"], {
    wanted: "a place of weights",
    default: "none",
    describe: "Where each machine has the weights of the functions at first, as far as they fit.",
  }),
}, {
  appliesWhen: all(isSet("cluster.nodes"), is("cold_start.enabled", true)),
  describe: "Weights kept on `nodes` between starts.",
});

/** The GPUs and how requests find an instance. */
export const cluster = section({
  num_replicas: count({
    min: 1,
    max: LIMITS.initialInstances.value,
    default: 1,
    appliesWhen: is("scaling.enabled", false),
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
  placement,
  weight_cache: weightCache,
  routing,
}, { describe: "The GPUs and how requests find an instance." });
