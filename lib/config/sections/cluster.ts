import { MACHINE_SOURCES } from "../../execution/sources/sources.ts";
import { KV_LINK_NAMES } from "../../hardware/kv_link.ts";
import { ROUTING_POLICIES } from "../../scheduling/routing/policies.ts";
import type { RoutingEntry } from "../../scheduling/routing/policy.ts";
import { EVICTION_POLICIES } from "../../serverless/cold_start/eviction.ts";
import { PLACEMENT_POLICIES } from "../../serverless/placement/policies.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { nameList } from "../../settings/collections.ts";
import { choice, count, flag, quantity, text } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import { all, any, is, isNot, isNotSet, isSet, never } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { chosenBy, policySettings } from "../policy_settings.ts";
import { section, sectionList, sectionOf } from "../section.ts";
import { BETWEEN_GROUPS } from "./groups.ts";
import { COPIES } from "./migration.ts";

const routingPolicies = policySettings({
  table: ROUTING_POLICIES,
  path: "cluster.routing",
  ...chosenBy("cluster.routing.policy"),
});

const BLIND = (ROUTING_POLICIES.entries as readonly RoutingEntry<string, unknown>[])
  .filter(({ isBlind }) => isBlind).map(({ name }) => name);

const routing = sectionOf<Configuration["cluster"]["routing"]>({
  policy: policyChoice(ROUTING_POLICIES, {
    default: "least-loaded",
    describe: "Which ready instance takes a request; ties go to the lowest id.",
  }),
  staleness: quantity("seconds", {
    appliesWhen: isNot("cluster.routing.policy", ...BLIND),
    min: 0,
    default: 0,
    describe: "Age of the signals that the router sees, seconds.",
  }),
  ...routingPolicies.beside,
  ...routingPolicies.sections,
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
    default: null,
    describe: "Machine in data/hardware: memory, disks, network, PCIe; null: `generic`, with the " +
      "links that the preset of a start has.",
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
  present: nameList({
    wanted: "what is there when the run begins",
    default: [],
    appliesWhen: is("cold_start.enabled", true),
    describe: "What these machines have when the run begins, beside `cold_start.present`.",
  }),
}, { describe: "One kind of machine." });

const zone = section({
  name: text({
    default: "zone",
    appliesWhen: never("no result names zones"),
    describe: "Accepted; no result names zones.",
  }),
  spot: text({
    default: "1",
    describe:
      "Spot instances that can run there, interval by interval: counts, each with how often " +
      "it comes, such as `4x28 0x9 4`; the last one stays.",
  }),
  interval: quantity("seconds", {
    min: LIMITS.shortestPeriodSeconds.value,
    default: 300,
    describe: "Length of an interval of `spot`, seconds.",
  }),
  spot_price: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0.3,
    describe: "Price of a spot instance as a share of that on demand.",
  }),
}, { describe: "One zone." });

const placementPolicies = policySettings({
  table: PLACEMENT_POLICIES,
  path: "cluster.placement",
  ...chosenBy("cluster.placement.policy"),
});

const placement = sectionOf<Configuration["cluster"]["placement"]>({
  policy: policyChoice(PLACEMENT_POLICIES, {
    default: "first-fit",
    describe: "Which machine a new instance runs on; ties go to the lowest id.",
  }),
  ...placementPolicies.beside,
  evict_idle: flag({
    default: true,
    describe: "Idle instances of other functions stop for one that finds no free GPU.",
  }),
  backfill: flag({
    default: false,
    describe: "Instances may start before others of their GPU type that wait for more GPUs.",
  }),
  ...placementPolicies.sections,
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
  eviction: policyChoice(EVICTION_POLICIES, {
    default: "lru",
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

const gpuLink = section({
  kind: choice(["nvlink", "pcie-5", "pcie-4", "none"], {
    wanted: "a link between GPUs",
    default: null,
    describe:
      "What connects the GPUs of an instance in the machine: NVLink at the GPU's rate, PCIe 5 or 4 " +
      "(64 and 32 GB/s each way), or nothing but the host's memory; null: as `rate` or " +
      "`nccl_tests` say, else as the machine has it (NVLink GPUs: NVLink; else the slower PCIe of " +
      "`cluster.nodes` and the GPU, measured where a profile has it at the GPU's own rate).",
  }),
  rate: quantity("bytes per second", {
    above: 0,
    default: null,
    describe:
      "What each GPU sends to the others, bytes per second; null: as the profile has measured " +
      "it, else by the GPU.",
  }),
  latency: quantity("seconds", {
    min: 0,
    default: 10e-6,
    appliesWhen: isSet("cluster.gpu_link.rate"),
    describe: "Time of the smallest collective, seconds.",
  }),
  nccl_tests: text({
    default: null,
    describe:
      "File with the output of `all_reduce_perf` of nccl-tests, as it is, in place of `rate`; " +
      "over other numbers n of GPUs times are in proportion to (n - 1) / n.",
  }),
}, {
  appliesWhen: all(
    is("execution.source", ...MACHINE_SOURCES),
    isNot("parallelization.tensor_parallel_size", 1),
  ),
  describe: "Link between the GPUs of an instance, over which they add up what each has computed.",
});

const kvTransfer = section({
  preset: choice(KV_LINK_NAMES, {
    wanted: "a link for KV entries",
    default: null,
    describe: "Link whose `rate`, `efficiency` and `setup` hold where these are null; those of " +
      "`mooncake-...` are fitted to measured transfers of up to 2,048 tokens.",
  }),
  rate: quantity("bytes per second", {
    above: 0,
    default: null,
    appliesWhen: isNotSet("cluster.nodes"),
    describe: "What the card of an instance sends, and what it receives, bytes per second; null: " +
      "as the preset. With `cluster.nodes` their cards decide.",
  }),
  efficiency: quantity("fraction", {
    above: 0,
    max: 1,
    default: null,
    describe: "Share of the link that KV entries make use of; null: as the preset, else 1.",
  }),
  setup: quantity("seconds", {
    min: 0,
    default: null,
    describe: "Time before the first byte of a transfer, seconds; null: as the preset, else 0.",
  }),
  message: quantity("bytes", {
    above: 0,
    default: null,
    describe: "Bytes of one message; null: a transfer is one.",
  }),
  message_overhead: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Time that each message adds, seconds.",
  }),
}, {
  appliesWhen: any(BETWEEN_GROUPS, COPIES),
  describe:
    "How KV entries get from one instance to another, where `groups` are apart or running " +
    "requests move.",
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
    describe:
      "GPU in data/hardware; where there are several sizes, `gpu_memory_gb` chooses. Or one that the " +
      "file of `execution.profile` describes.",
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
  gpu_link: gpuLink,
  nodes: sectionList(node, { describe: "Machines; none: as many GPUs as instances need." }),
  zones: sectionList(zone, {
    appliesWhen: is("scaling.policy", "sky-serve"),
    describe: "Zones with spot capacity, whose instances `scaling.policy: sky-serve` mixes with " +
      "on-demand ones; none: all instances are on demand.",
  }),
  placement,
  weight_cache: weightCache,
  kv_transfer: kvTransfer,
  routing,
}, { describe: "The GPUs and how requests find an instance." });
