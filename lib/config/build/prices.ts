import type { FunctionFacts } from "../../metrics/summary.ts";
import type { Configuration } from "../configuration.ts";
import type { Deployment } from "./deployment.ts";

/** Price of one GPU, dollars per hour: the configuration's, else the catalogue's; 0 when unknown. */
export function gpuUsdPerHour(
  cost: Configuration["cost"],
  gpuType: string,
  gpuName: string,
  catalogue: (gpu: string) => number | undefined,
): number {
  const own = cost.gpu_cost_per_hour[gpuType] ?? cost.gpu_cost_per_hour[gpuName];
  return own ?? catalogue(gpuName) ?? 0;
}

/** Dollars per second of one instance by use. */
export function instancePrice(
  config: Configuration,
  { gpu, gpus }: Deployment,
  catalogue: (gpu: string) => number | undefined,
): FunctionFacts["price"] {
  const { cost, cluster } = config;
  const perSecond = gpuUsdPerHour(cost, cluster.gpu_type, gpu.name, catalogue) * gpus / 3600;
  return {
    startingUsdPerSecond: cost.billing.from === "ready" ? 0 : perSecond,
    busyUsdPerSecond: cost.compute_cost ? perSecond : 0,
    idleUsdPerSecond: cost.idle_cost ? perSecond * cost.idle_factor : 0,
  };
}
