import { mentionsGpu, namesOneGpu } from "../hardware/mod.ts";
import {
  type Price,
  PRICE_PROVIDERS,
  type PriceProvider,
  pricesWhere,
  type PriceTerms,
} from "../serverless/cost/mod.ts";
import type { Configuration } from "../config/configuration.ts";

const known = new Map<string, readonly Price[]>();

/** Prices of a GPU in a provider's list, in its order. */
function pricesOf(provider: PriceProvider, gpuName: string): readonly Price[] {
  const key = `${provider} ${gpuName}`;
  let prices = known.get(key);
  if (prices === undefined) {
    const isName = namesOneGpu(gpuName);
    prices = pricesWhere(provider, mentionsGpu(gpuName)).filter(({ gpu }) => isName(gpu));
    known.set(key, prices);
  }
  return prices;
}

/** The latest of some prices under some terms; equally recent ones: the first. */
function latest(prices: readonly Price[], terms: PriceTerms): Price | undefined {
  return prices
    .filter(({ kind }) => kind === terms)
    .reduce<Price | undefined>(
      (best, price) => best === undefined || price.asOf > best.asOf ? price : best,
      undefined,
    );
}

/**
 * Terms that a price is looked for under, the first that the list has being taken: those that are
 * set; spot where instances are preempted; else on demand or, of serverless platforms, per use.
 */
function wantedTerms({ cost, faults }: Configuration): readonly PriceTerms[] {
  if (cost.terms !== null) return [cost.terms];
  return faults.spot.mtbf !== null ? ["spot"] : ["on-demand", "flex"];
}

/** The price of a GPU at a provider. */
export interface ListedPrice {
  /** Absent where the provider has none under the terms. */
  readonly price?: Price;
  /** The terms that were looked for, the preferred ones first. */
  readonly terms: readonly PriceTerms[];
}

/** What data/prices has for a GPU under the configuration's provider and terms. */
export function listedPrice(
  config: Configuration,
  gpuName: string,
  terms: readonly PriceTerms[] = wantedTerms(config),
): ListedPrice {
  const price = priceAt(config.cost.provider, gpuName, terms);
  return { ...(price && { price }), terms };
}

/** The price of a GPU in one list under the first of the terms that the list has. */
function priceAt(
  provider: PriceProvider,
  gpuName: string,
  terms: readonly PriceTerms[],
): Price | undefined {
  const prices = pricesOf(provider, gpuName);
  for (const kind of terms) {
    const found = latest(prices, kind);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Says that a GPU has no price, and where one is to be had: only then are the other lists looked at. */
export function lackingPrice(
  { cost: { provider } }: Configuration,
  gpuName: string,
  { terms }: ListedPrice,
): string {
  const others = PRICE_PROVIDERS.filter((one) =>
    one !== provider && one !== "simfaasinfer" && priceAt(one, gpuName, terms) !== undefined
  );
  const listed = others.length === 0 ? "" : ` (${others.join(", ")})`;
  return `no price of ${gpuName} (${provider}, ${terms.join(" or ")}), so costs are null; ` +
    `set cost.gpu_cost_per_hour or cost.provider${listed}`;
}
