import { findGpu, gpuEntries } from "../hardware/mod.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { listed } from "../config/listed.ts";
import { showValue } from "../config/show_value.ts";
import { suggest } from "../std/suggest.ts";
import type { StartKind } from "./starts.ts";

type Prices = Configuration["cost"]["gpu_cost_per_hour"];

/** Names compare without capitals, blanks, hyphens and underscores. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}

/** Names that mean a GPU, those that say most exactly which one first. */
function namesOfGpu(prices: Prices, gpuType: string, gpuName: string): string[][] {
  const names = Object.keys(prices);
  return [
    names.filter((name) => name === gpuType),
    names.filter((name) => plain(name) === plain(gpuType)),
    names.filter((name) => findGpu(name)?.name === gpuName),
    // A family, such as "A100" for the A100 of 40 GB.
    names.filter((name) => plain(gpuName).startsWith(plain(name)) && isFamily(name, gpuName)),
  ];
}

function isFamily(name: string, gpuName: string): boolean {
  const own = name.toLowerCase().split(/[\s_-]+/);
  return gpuName.split("-").slice(0, own.length).join("-") === own.join("-");
}

/**
 * The configuration's own price of a GPU, whatever it is called there; undefined without one.
 *
 * @param what Where the prices stand, and what they are.
 * @throws {ConfigError} If two of its names have different prices.
 */
export function ownPrice(
  prices: Prices,
  gpuType: string,
  gpuName: string,
  what: readonly [path: string, name: string] = ["cost.gpu_cost_per_hour", "prices"],
): number | undefined {
  const tiers = namesOfGpu(prices, gpuType, gpuName);
  // All names of this very GPU must agree; that of its family counts where there is none.
  const exact = [...new Set(tiers.slice(0, -1).flat())];
  const names = exact.length > 0 ? exact : tiers[tiers.length - 1];
  if (names.length === 0) return undefined;
  const other = names.find((name) => prices[name] !== prices[names[0]]);
  if (other === undefined) return prices[names[0]];
  throw new ConfigError([
    `Cannot read "${what[0]}" as ${what[1]}: "${names[0]}" and "${other}" are names of one ` +
    `GPU and have different ${what[1]}`,
  ]);
}

/**
 * Says which prices are of GPUs that no function runs on.
 *
 * @throws {ConfigError} If a price is of no GPU at all.
 */
export function priceNotices(config: Configuration, kinds: readonly StartKind[]): string[] {
  const maps = [
    { path: "cost.gpu_cost_per_hour", prices: config.cost.gpu_cost_per_hour, users: kinds },
    ...(config.energy.enabled
      ? [{ path: "energy.idle_watts", prices: config.energy.idle_watts, users: kinds }]
      : []),
    ...config.functions.flatMap(({ cost }, i) => {
      const own = cost?.gpu_cost_per_hour;
      if (own === undefined || own === null) return [];
      const path = `functions[${i}].cost.gpu_cost_per_hour`;
      return [{ path, prices: own as Prices, users: [kinds[i]] }];
    }),
  ];
  return maps.flatMap(({ path, prices, users }) => {
    const unused = Object.keys(prices).filter((name) => {
      const isUsed = users.some(({ config: own, deployment }) =>
        namesOfGpu(prices, own.cluster.gpu_type, deployment.gpu.name).flat().includes(name)
      );
      if (!isUsed) checkGpuName(path, name);
      return !isUsed;
    });
    if (unused.length === 0) return [];
    const gpus = [...new Set(users.map(({ deployment }) => deployment.gpu.name))];
    return [
      `${path}.${listed(unused)} ${unused.length === 1 ? "has" : "have"} no effect: ` +
      `instances run on ${listed(gpus)}`,
    ];
  });
}

/** Refuses a name that no GPU has. */
function checkGpuName(path: string, name: string): void {
  if (findGpu(name) !== undefined) return;
  const entries = gpuEntries();
  const isOfFamily = entries.some((gpu) => isFamily(name, gpu.name));
  if (isOfFamily) return;
  const near = suggest(name, entries.flatMap((gpu) => [...gpu.aliases, gpu.name]));
  throw new ConfigError([
    `Cannot read "${path}" as ${
      path.startsWith("energy") ? "watts" : "prices"
    } by GPU: current value is ${showValue(name)} ` +
    `(allowed: ${entries.map((gpu) => gpu.name).join(", ")})` +
    (near === undefined ? "" : `; did you mean "${near}"?`),
  ]);
}
