import {
  BILLING_PRESETS,
  type BillingPlan,
  type Price,
  priceCatalogue,
  simfaasinferPlan,
} from "../serverless/cost/mod.ts";
import type { Configuration } from "../config/configuration.ts";

/** Price lists of general cloud providers; SimFaaSInfer's own prices are for its files alone. */
function currentPrices(mention: string): readonly Price[] {
  return priceCatalogue(mention).filter((price) =>
    price.provider !== "simfaasinfer" && price.kind === "on-demand"
  );
}

/** Letters and digits of a name, so that "A100-80GB" and "a100-sxm-80gb" can be compared. */
function words(name: string): string[] {
  return name.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== "sxm" && word !== "pcie");
}

/** The latest on-demand price of a GPU; undefined when no list has it. */
export function cataloguePrice(gpuName: string): Price | undefined {
  const wanted = words(gpuName);
  const matches = currentPrices(wanted[0]).filter((price) => {
    const own = words(price.gpu);
    return own.every((word) => wanted.includes(word)) && own[0] === wanted[0];
  });
  return matches.reduce<Price | undefined>(
    (best, price) => best === undefined || price.asOf > best.asOf ? price : best,
    undefined,
  );
}

/** How instances are billed, and where the price comes from. */
export interface BuiltBilling {
  readonly plan: BillingPlan;
  /** Whether billing begins with the fetch of the weights. */
  readonly fromLoad: boolean;
  /** Latest on-demand price of the GPU, dollars per second; absent when no list has it. */
  readonly alwaysOnUsdPerGpuSecond?: number;
  readonly notice: string | undefined;
}

/** The billing plan of the configuration: its own price of the GPU, else that of data/prices. */
export function buildBilling(config: Configuration, gpuName: string): BuiltBilling {
  const { cost, cluster } = config;
  const own = cost.gpu_cost_per_hour[cluster.gpu_type] ?? cost.gpu_cost_per_hour[gpuName];
  const listed = own === undefined ? cataloguePrice(gpuName) : undefined;
  const gpuCostPerHour = own ?? (listed ? listed.usdPerGpuSecond * 3600 : 0);
  const { preset } = cost.billing;
  const rules: BillingPlan = preset !== null
    ? { ...BILLING_PRESETS[preset], usdPerGpuSecond: gpuCostPerHour / 3600 }
    : simfaasinferPlan({
      gpuCostPerHour,
      computeCost: cost.compute_cost,
      idleCost: cost.idle_cost,
      idleFactor: cost.idle_factor,
      from: cost.billing.from === "ready" ? "ready" : "start",
      granularitySeconds: cost.billing.granularity,
      minimumSeconds: cost.billing.minimum,
    });
  const fromLoad = preset === null && cost.billing.from === "load";
  const { of } = config.scaling.prewarmed_pool;
  const poolHoldsGpus = of === "engine" || of === "node";
  const plan: BillingPlan = {
    ...rules,
    asleepShare: cost.sleep_factor,
    pooledShare: cost.pool_factor ?? (poolHoldsGpus && !fromLoad ? rules.startShare : 0),
  };
  const rented = own === undefined ? listed : cataloguePrice(gpuName);
  const price = `${gpuCostPerHour.toFixed(2)} USD per GPU-hour`;
  return {
    plan,
    fromLoad,
    ...(rented && { alwaysOnUsdPerGpuSecond: rented.usdPerGpuSecond }),
    notice: own !== undefined
      ? undefined
      : listed
      ? `price of ${gpuName}: ${price} (${listed.provider}, ${listed.kind}, ${listed.asOf})`
      : `no price of ${gpuName} is known, so costs are 0; set cost.gpu_cost_per_hour`,
  };
}
