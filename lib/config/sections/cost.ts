import { numberMap } from "../collections.ts";
import { BILLING_PRESETS, type BillingPresetName } from "../../serverless/cost/billing_plan.ts";
import { STORAGE_PROVIDERS } from "../../serverless/cost/storage.ts";
import { section } from "../section.ts";
import { choice, flag, quantity } from "../settings.ts";

const billing = section({
  preset: choice(Object.keys(BILLING_PRESETS) as BillingPresetName[], {
    wanted: "a way to bill",
    default: null,
    describe: "What is billed, in place of all other settings but the price; null: as they say.",
  }),
  from: choice(["start", "load", "ready"], {
    wanted: "the beginning of billing",
    default: "start",
    describe: "Instances are billed from their start, from the load of weights, or when ready.",
  }),
  granularity: quantity("seconds", {
    min: 0,
    default: 1,
    describe: "The life of an instance is billed in whole multiples of this, seconds; 0: exactly.",
  }),
  minimum: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Least time billed for an instance, seconds.",
  }),
}, { describe: "What time of an instance is billed." });

const tierPrice = (tier: string) =>
  quantity("number", {
    min: 0,
    default: null,
    describe: `Price of ${tier} for weights, dollars per 10^9 bytes and 30 days; null: the ` +
      "provider's, or nothing.",
  });

const storage = section({
  provider: choice(STORAGE_PROVIDERS, {
    wanted: "a price list with storage",
    default: null,
    describe: "Price list in data/prices that says what keeping weights costs; null: nothing.",
  }),
  dram: tierPrice("host memory"),
  ssd: tierPrice("local disks"),
  remote: tierPrice("the store that machines fetch from"),
}, { describe: "What keeping weights costs, as long as the run lasts." });

/** What the fleet costs. */
export const cost = section({
  gpu_cost_per_hour: numberMap("dollars per GPU-hour", {
    default: {},
    describe: "Price by GPU, dollars per GPU-hour; others come from data/prices.",
  }),
  compute_cost: flag({ default: true, describe: "Bill the time in which instances work." }),
  idle_cost: flag({ default: true, describe: "Bill the time in which ready instances are idle." }),
  idle_factor: quantity("fraction", {
    min: 0,
    max: 1,
    default: 1,
    describe: "Share of the price that idle time costs.",
  }),
  sleep_factor: quantity("fraction", {
    min: 0,
    max: 1,
    default: 0,
    describe: "Share of the price of its GPUs that a sleeping instance costs.",
  }),
  pool_factor: quantity("fraction", {
    min: 0,
    max: 1,
    default: null,
    describe:
      "Share of the price of an instance's GPUs that a member of a pool costs; null: that " +
      "of a start where members hold GPUs (engines, nodes), 0 for containers.",
  }),
  billing,
  storage,
}, { describe: "What the fleet costs." });
