import {
  BILLING_PRESETS,
  type BillingPlan,
  priceList,
  simfaasinferPlan,
} from "../serverless/cost/mod.ts";
import type { Configuration } from "../config/configuration.ts";
import { lackingPrice, type ListedPrice, listedPrice } from "./listed_price.ts";
import { ownPrice } from "./prices.ts";

/** Instances that are paid from the beginning to the end of the run. */
export interface ReservedInstances {
  /** How many. */
  readonly count: number;
  /** Dollars per GPU and second; absent where no price is known. */
  readonly usdPerGpuSecond?: number;
}

/** How instances are billed, and where the prices come from. */
export interface BuiltBilling {
  readonly plan: BillingPlan;
  /** Whether billing begins with the fetch of the weights. */
  readonly fromLoad: boolean;
  /** What renting the GPU throughout costs, dollars per second; absent when it has no price. */
  readonly alwaysOnUsdPerGpuSecond?: number;
  /** Whether some price that is needed is not known. */
  readonly lacksPrice: boolean;
  /** Absent where none is reserved. */
  readonly reserved?: ReservedInstances;
  /** Dollars per request that is served. */
  readonly usdPerRequest: number;
  readonly notices: readonly string[];
}

/** The billing of a function: its own price of the GPU, else that of its provider. */
export function buildBilling(config: Configuration, gpuName: string): BuiltBilling {
  const { cost, cluster } = config;
  const own = ownPrice(cost.gpu_cost_per_hour, cluster.gpu_type, gpuName);
  const found = own === undefined ? listedPrice(config, gpuName) : undefined;
  const gpuCostPerHour = own ?? (found?.price ? found.price.usdPerGpuSecond * 3600 : 0);
  const rented = own === undefined
    ? (listedPrice(config, gpuName, ["on-demand"]).price ?? found?.price)?.usdPerGpuSecond
    : own / 3600;
  const reserved = reservedInstances(config, gpuName);
  const container = containerPrice(config);
  return {
    plan: {
      ...billingPlan(config, gpuCostPerHour),
      ...(container.usdPerSecond > 0 && { usdPerInstanceSecond: container.usdPerSecond }),
    },
    fromLoad: billsFromLoad(config),
    lacksPrice: (found !== undefined && found.price === undefined) || container.lacksPrice ||
      (reserved !== undefined && reserved.usdPerGpuSecond === undefined),
    ...(rented !== undefined && { alwaysOnUsdPerGpuSecond: rented }),
    ...(reserved && { reserved }),
    usdPerRequest: cost.million_requests_cost / 1e6,
    notices: [
      ...(found ? [priceNotice(config, gpuName, found)] : []),
      ...(reserved ? [reserved.notice] : []),
      ...container.notices,
    ],
  };
}

function billsFromLoad({ cost: { billing } }: Configuration): boolean {
  return billing.preset === null && billing.from === "load";
}

function billingPlan(config: Configuration, gpuCostPerHour: number): BillingPlan {
  const { cost, scaling } = config;
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
  const { of } = scaling.prewarmed_pool;
  const poolHoldsGpus = of === "engine" || of === "node";
  return {
    ...rules,
    asleepShare: cost.sleep_factor,
    pooledShare: cost.pool_factor ??
      (poolHoldsGpus && !billsFromLoad(config) ? rules.startShare : 0),
  };
}

function priceNotice(config: Configuration, gpuName: string, found: ListedPrice): string {
  const { price } = found;
  if (price === undefined) return lackingPrice(config, gpuName, found);
  const usd = (price.usdPerGpuSecond * 3600).toFixed(2);
  return `price of ${gpuName}: ${usd} USD per GPU-hour ` +
    `(${price.provider}, ${price.kind}, ${price.asOf})`;
}

/** The instances that are reserved, and a sentence on their price; undefined: none. */
function reservedInstances(
  config: Configuration,
  gpuName: string,
): ReservedInstances & { readonly notice: string } | undefined {
  const { reserved_instances: count, reserved_terms: terms, reserved_cost_per_hour: own } =
    config.cost;
  if (count === 0) return undefined;
  const found = own === null ? listedPrice(config, gpuName, [terms]) : undefined;
  const usdPerGpuSecond = own === null ? found!.price?.usdPerGpuSecond : own / 3600;
  const price = usdPerGpuSecond === undefined
    ? `${lackingPrice(config, gpuName, found!)} or cost.reserved_cost_per_hour`
    : `${(usdPerGpuSecond * 3600).toFixed(2)} USD per GPU-hour of ${gpuName}` +
      (found ? ` (${found.price!.provider}, ${terms}, ${found.price!.asOf})` : "");
  return {
    count,
    ...(usdPerGpuSecond !== undefined && { usdPerGpuSecond }),
    notice: `reserved instances: ${count}, paid throughout: ${price}`,
  };
}

/** What the processors and the memory of an instance cost, dollars per second. */
function containerPrice({ cost }: Configuration): {
  readonly usdPerSecond: number;
  readonly lacksPrice: boolean;
  readonly notices: readonly string[];
} {
  const gib = cost.memory / 2 ** 30;
  const isListed = (cost.cpu_cores > 0 && cost.core_cost_per_hour === null) ||
    (gib > 0 && cost.gib_cost_per_hour === null);
  const listed = isListed ? priceList(cost.provider).containers : undefined;
  if (isListed && listed === undefined) {
    return {
      usdPerSecond: 0,
      lacksPrice: true,
      notices: [
        `no price of processors and memory (${cost.provider}), so costs are null; set ` +
        "cost.core_cost_per_hour and cost.gib_cost_per_hour, or a cost.provider that bills them",
      ],
    };
  }
  const core = cost.core_cost_per_hour === null
    ? listed?.usdPerCoreSecond ?? 0
    : cost.core_cost_per_hour / 3600;
  const memory = cost.gib_cost_per_hour === null
    ? listed?.usdPerGibSecond ?? 0
    : cost.gib_cost_per_hour / 3600;
  const usdPerSecond = cost.cpu_cores * core + gib * memory;
  return {
    usdPerSecond,
    lacksPrice: false,
    notices: listed === undefined ? [] : [
      `processors and memory of an instance: ${(usdPerSecond * 3600).toFixed(2)} USD per hour ` +
      `(${cost.provider}, ${listed.asOf})`,
    ],
  };
}
