import { parse } from "../../std/yaml.ts";
import { parseEntriesAt } from "../../std/yaml_entries.ts";
import {
  list,
  mapping,
  number,
  oneOf,
  optional,
  readShape,
  type Shape,
  type Shaped,
  text,
  where,
} from "../../std/shape.ts";
import type { WeightTier } from "../cold_start/stages.ts";
import aws from "../../../data/prices/aws.yaml" with { type: "text" };
import azure from "../../../data/prices/azure.yaml" with { type: "text" };
import gcp from "../../../data/prices/gcp.yaml" with { type: "text" };
import lambda from "../../../data/prices/lambda.yaml" with { type: "text" };
import modal from "../../../data/prices/modal.yaml" with { type: "text" };
import runpod from "../../../data/prices/runpod.yaml" with { type: "text" };
import simfaasinfer from "../../../data/prices/simfaasinfer.yaml" with { type: "text" };

/**
 * How a GPU is rented: by the second as long as one likes, as spot capacity, for one or three years,
 * as a worker of a serverless platform that lives as long as it is used (`flex`) or around the clock
 * (`active`).
 */
export const PRICE_TERMS = [
  "on-demand",
  "spot",
  "reserved-1y",
  "reserved-3y",
  "flex",
  "active",
] as const;
/** One of `PRICE_TERMS`. */
export type PriceTerms = (typeof PRICE_TERMS)[number];

/** One price with its date. */
export interface Price {
  /** Who rents it out. */
  readonly provider: string;
  /** GPU, such as "A100-80GB". */
  readonly gpu: string;
  /** How it is rented. */
  readonly kind: PriceTerms;
  /** Region or market segment; "any" when there is one price. */
  readonly region: string;
  /** Dollars per GPU and second. */
  readonly usdPerGpuSecond: number;
  /** Date of the price: year, year-month or year-month-day. */
  readonly asOf: string;
  /** Where the price stands. */
  readonly source: string;
}

/** The price of one place to keep weights in, with its date. */
export interface StoragePrice {
  /** Host memory, local disk, or the store that machines fetch from. */
  readonly tier: WeightTier;
  /** Dollars per 10^9 bytes and 30 days. */
  readonly usdPerGbMonth: number;
  /** Region or market segment; "any" when there is one price. */
  readonly region: string;
  /** Date of the price: year, year-month or year-month-day. */
  readonly asOf: string;
  /** Where the price stands. */
  readonly source: string;
}

/** What a container's processors and memory cost beside its GPUs. */
export interface ContainerPrice {
  /** Dollars per core and second. */
  readonly usdPerCoreSecond: number;
  /** Dollars per 2^30 bytes of memory and second. */
  readonly usdPerGibSecond: number;
  /** Date of the prices: year, year-month or year-month-day. */
  readonly asOf: string;
  /** Where the prices stand. */
  readonly source: string;
}

/** One file of data/prices. */
export interface PriceList {
  /** Who asks these prices. */
  readonly provider: string;
  /** Prices of GPUs. */
  readonly prices: readonly Price[];
  /** Prices of keeping bytes. */
  readonly storage: readonly StoragePrice[];
  /** Prices of processors and memory; absent where they are part of the GPU's price. */
  readonly containers?: ContainerPrice;
}

/** 2^30 bytes for a second, in 10^9 bytes for 30 days. */
const GB_MONTHS_PER_GIB_SECOND = 2 ** 30 / 1e9 / (30 * 86_400);

const dated = {
  as_of: text(/^\d{4}(-\d{2}(-\d{2})?)?$/, "a date: year, year-month or year-month-day"),
  source: text(),
};
const origin = { region: text(), ...dated };
const usd = number({ above: 0 });
const rowShape = where(
  mapping({
    gpu: text(),
    kind: oneOf(PRICE_TERMS),
    usd_per_gpu_hour: optional(usd),
    usd_per_gpu_second: optional(usd),
    ...origin,
  }),
  "a price with one of usd_per_gpu_hour and usd_per_gpu_second",
  (row) => (row.usd_per_gpu_hour === undefined) !== (row.usd_per_gpu_second === undefined),
);
const storageShape = where(
  mapping({
    tier: oneOf(["dram", "ssd", "remote"]),
    usd_per_gb_month: optional(usd),
    usd_per_gib_second: optional(usd),
    ...origin,
  }),
  "a price with one of usd_per_gb_month and usd_per_gib_second",
  (row) => (row.usd_per_gb_month === undefined) !== (row.usd_per_gib_second === undefined),
);
const fileShape = mapping({
  provider: text(),
  prices: list(rowShape),
  storage: optional(list(storageShape)),
  containers: optional(mapping({
    cpu: mapping({ usd_per_core_second: usd }),
    memory: mapping({ usd_per_gib_second: usd }),
    ...dated,
  })),
});

/** What a shape makes of a part of a price list. @throws {SyntaxError} If it has another form. */
function checked<T>(shape: Shape<T>, value: unknown, where: string): T {
  const read = readShape(shape, value);
  if (read.wrong === undefined) return read.data;
  throw new SyntaxError(
    `Cannot read ${where} as a price list at ${read.wrong.path} ${read.wrong.text}`,
  );
}

function priceOf(provider: string, row: Shaped<typeof rowShape>): Price {
  return {
    provider,
    gpu: row.gpu,
    kind: row.kind,
    region: row.region,
    usdPerGpuSecond: row.usd_per_gpu_second ?? row.usd_per_gpu_hour! / 3600,
    asOf: row.as_of,
    source: row.source,
  };
}

/**
 * Reads a price list.
 *
 * @param where Name of the text, for errors.
 * @throws {SyntaxError} If the text does not have the form of the files in data/prices.
 */
export function parsePrices(content: string, where: string): PriceList {
  const file = checked(fileShape, parse(content), where);
  const { provider, prices, storage = [], containers } = file;
  return {
    provider,
    prices: prices.map((row) => priceOf(provider, row)),
    storage: storage.map((row) => ({
      tier: row.tier,
      usdPerGbMonth: row.usd_per_gb_month ?? row.usd_per_gib_second! / GB_MONTHS_PER_GIB_SECOND,
      region: row.region,
      asOf: row.as_of,
      source: row.source,
    })),
    ...(containers && {
      containers: {
        usdPerCoreSecond: containers.cpu.usd_per_core_second,
        usdPerGibSecond: containers.memory.usd_per_gib_second,
        asOf: containers.as_of,
        source: containers.source,
      },
    }),
  };
}

const TEXTS = { aws, azure, gcp, lambda, modal, runpod, simfaasinfer } as const;

/** Providers in data/prices. */
export const PRICE_PROVIDERS = Object.keys(TEXTS) as readonly PriceProvider[];
/** A provider in data/prices. */
export type PriceProvider = keyof typeof TEXTS;

const parsed = new Map<PriceProvider, PriceList>();

/** The file of one provider, read when it is first asked for. */
export function priceList(provider: PriceProvider): PriceList {
  let list = parsed.get(provider);
  if (list === undefined) {
    list = parsePrices(TEXTS[provider], `data/prices/${provider}.yaml`);
    parsed.set(provider, list);
  }
  return list;
}

/**
 * Prices of one provider's file, in its order; no other entries of it are read.
 *
 * @param wanted Whether an entry is read, by its text.
 */
export function pricesWhere(
  provider: PriceProvider,
  wanted: (text: string) => boolean,
): readonly Price[] {
  return parseEntriesAt(TEXTS[provider], "prices", wanted)
    .map((row) => priceOf(provider, checked(rowShape, row, `data/prices/${provider}.yaml`)));
}

/** The files of data/prices by provider. */
export function priceLists(): readonly PriceList[] {
  return PRICE_PROVIDERS.map(priceList);
}

/** The prices of data/prices, by provider, in the order of the files. */
export function priceCatalogue(): readonly Price[] {
  return priceLists().flatMap(({ prices }) => prices);
}

/** What price is wanted; absent fields match any. */
export interface PriceQuery {
  /** GPU, such as "A100-80GB". */
  readonly gpu: string;
  /** Who rents it out. */
  readonly provider?: string;
  /** How it is rented. */
  readonly kind?: PriceTerms;
  /** Region or market segment. */
  readonly region?: string;
  /** The latest price of this date or before; by default the latest. */
  readonly asOf?: string;
}

/**
 * The latest price that matches. Equally recent ones: the first provider in alphabetical order, the
 * first in its file.
 *
 * @throws {RangeError} If there is none.
 *
 * @example
 * ```ts
 * import { findPrice } from "./mod.ts";
 * const price = findPrice({ gpu: "H100", provider: "modal" });
 * console.log(price.usdPerGpuSecond, price.asOf); // 0.001097 2026-07
 * ```
 */
export function findPrice(query: PriceQuery, prices: readonly Price[] = priceCatalogue()): Price {
  const { gpu, provider, kind, region, asOf } = query;
  let best: Price | undefined;
  for (const price of prices) {
    if (price.gpu.toLowerCase() !== gpu.toLowerCase()) continue;
    if (provider !== undefined && price.provider !== provider) continue;
    if (kind !== undefined && price.kind !== kind) continue;
    if (region !== undefined && price.region !== region && price.region !== "any") continue;
    if (asOf !== undefined && price.asOf > asOf) continue;
    if (best === undefined || price.asOf > best.asOf) best = price;
  }
  if (best !== undefined) return best;
  const known = [...new Set(prices.map((price) => price.gpu))].sort().join(", ");
  throw new RangeError(
    `Cannot find a price as one of data/prices (GPUs: ${known}): current value is ${
      JSON.stringify(query)
    }`,
  );
}
