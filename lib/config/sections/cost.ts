import { all, type Condition, is, isNot, isNotSet, isSet, when } from "../applies.ts";
import { numberMap } from "../../settings/collections.ts";
import { BILLING_PRESETS, type BillingPresetName } from "../../serverless/cost/billing_plan.ts";
import { PRICE_PROVIDERS, PRICE_TERMS } from "../../serverless/cost/prices.ts";
import { STORAGE_PROVIDERS } from "../../serverless/cost/storage.ts";
import { section } from "../section.ts";
import { choice, count, flag, quantity } from "../../settings/quantities.ts";

/** Each rule of billing is a setting of its own. */
const BY_SETTINGS = isNotSet("cost.billing.preset");

const MACHINES = isSet("cluster.nodes");

const billing = section({
  preset: choice(Object.keys(BILLING_PRESETS) as BillingPresetName[], {
    wanted: "a way to bill",
    default: null,
    describe: "What is billed, in place of all other settings but the price; null: as they say.",
  }),
  from: choice(["start", "load", "ready"], {
    wanted: "the beginning of billing",
    default: "start",
    appliesWhen: BY_SETTINGS,
    describe: "Instances are billed from their start, from the load of weights, or when ready.",
  }),
  granularity: quantity("seconds", {
    min: 0,
    default: 1,
    appliesWhen: BY_SETTINGS,
    describe: "The life of an instance is billed in whole multiples of this, seconds; 0: exactly.",
  }),
  whole_machines: flag({
    default: false,
    appliesWhen: MACHINES,
    describe:
      "A machine of `cluster.nodes` is paid for with all of its GPUs while any instance is " +
      "on it.",
  }),
  minimum: quantity("seconds", {
    min: 0,
    default: 0,
    appliesWhen: BY_SETTINGS,
    describe: "Least time billed for an instance, seconds.",
  }),
}, { describe: "What time of an instance is billed." });

const tierPrice = (tier: string, appliesWhen?: Condition) =>
  quantity("number", {
    min: 0,
    default: null,
    appliesWhen,
    describe: `Price of ${tier} for weights, dollars per 10^9 bytes and 30 days; null: the ` +
      "provider's, or nothing.",
  });

const storage = section({
  provider: choice(STORAGE_PROVIDERS, {
    wanted: "a price list with storage",
    default: null,
    appliesWhen: when(
      "some tier has no price of its own",
      "every tier has a price of its own",
      ({ cost: { storage } }) => [storage.dram, storage.ssd, storage.remote].includes(null),
    ),
    describe: "Price list in data/prices that says what keeping weights costs; null: nothing.",
  }),
  dram: tierPrice("host memory", MACHINES),
  ssd: tierPrice("local disks", MACHINES),
  remote: tierPrice("the store that machines fetch from"),
}, { isCommon: true, describe: "What keeping weights costs, as long as the run lasts." });

/** What the fleet costs. */
export const cost = section({
  gpu_cost_per_hour: numberMap("dollars per GPU-hour", {
    default: {},
    describe: "Price by GPU, dollars per GPU-hour; others come from data/prices.",
  }),
  provider: choice(PRICE_PROVIDERS, {
    wanted: "a price list",
    default: "aws",
    describe: "Price list in data/prices for GPUs without a price of their own; platforms have " +
      "theirs. A GPU that it does not list has no price, and costs are null.",
  }),
  terms: choice(PRICE_TERMS, {
    wanted: "a way to rent a GPU",
    default: null,
    describe: "How GPUs are rented; null: spot where `faults.spot` preempts them, else on demand " +
      "or, where the provider has no such price, per use (`flex`).",
  }),
  compute_cost: flag({
    default: true,
    appliesWhen: BY_SETTINGS,
    describe: "Bill the time in which instances work.",
  }),
  idle_cost: flag({
    default: true,
    appliesWhen: BY_SETTINGS,
    describe: "Bill the time in which ready instances are idle.",
  }),
  idle_factor: quantity("fraction", {
    min: 0,
    max: 1,
    default: 1,
    appliesWhen: all(BY_SETTINGS, is("cost.idle_cost", true)),
    describe: "Share of the price that idle time costs.",
  }),
  sleep_factor: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0,
    appliesWhen: isNot("scaling.keep_alive.sleep.level", 0),
    describe: "Share of the price of its GPUs that a sleeping instance costs.",
  }),
  pool_factor: quantity("fraction", {
    min: 0,
    max: 1,
    default: null,
    appliesWhen: isSet("scaling.prewarmed_pool.of"),
    describe:
      "Share of the price of an instance's GPUs that a member of a pool costs; null: that " +
      "of a start where members hold GPUs (engines, nodes), 0 for containers.",
  }),
  cpu_cores: quantity("number", {
    min: 0,
    default: 0,
    describe: "Processor cores of an instance that are billed beside its GPUs, at " +
      "`core_cost_per_hour`.",
  }),
  memory: quantity("bytes", {
    min: 0,
    default: 0,
    describe:
      "Memory of an instance that is billed beside its GPUs, at `gib_cost_per_hour`, bytes.",
  }),
  core_cost_per_hour: quantity("number", {
    min: 0,
    default: null,
    appliesWhen: isNot("cost.cpu_cores", 0),
    describe: "Price of a core, dollars per hour; null: the provider's.",
  }),
  gib_cost_per_hour: quantity("number", {
    min: 0,
    default: null,
    appliesWhen: isNot("cost.memory", 0),
    describe: "Price of 2^30 bytes of memory, dollars per hour; null: the provider's.",
  }),
  million_requests_cost: quantity("number", {
    min: 0,
    default: 0,
    describe: "Price of a million requests that are served, dollars.",
  }),
  reserved_instances: count({
    min: 0,
    default: 0,
    describe: "Instances of the function whose GPUs are paid from the beginning to the end, used " +
      "or not; those beyond them are billed by use.",
  }),
  reserved_terms: choice(["reserved-1y", "reserved-3y", "active", "on-demand"], {
    wanted: "a way to rent for long",
    default: "reserved-1y",
    appliesWhen: isNot("cost.reserved_instances", 0),
    describe: "How reserved instances are rented.",
  }),
  reserved_cost_per_hour: quantity("number", {
    min: 0,
    default: null,
    appliesWhen: isNot("cost.reserved_instances", 0),
    describe: "Price of a reserved GPU, dollars per hour; null: the provider's.",
  }),
  billing,
  storage,
}, { describe: "What the fleet costs." });
