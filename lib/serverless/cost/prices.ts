import { parse } from "../../std/yaml.ts";
import { z } from "../../std/zod.ts";
import type { WeightTier } from "../cold_start/stages.ts";
import aws from "../../../data/prices/aws.yaml" with { type: "text" };
import azure from "../../../data/prices/azure.yaml" with { type: "text" };
import gcp from "../../../data/prices/gcp.yaml" with { type: "text" };
import lambda from "../../../data/prices/lambda.yaml" with { type: "text" };
import modal from "../../../data/prices/modal.yaml" with { type: "text" };
import runpod from "../../../data/prices/runpod.yaml" with { type: "text" };
import simfaasinfer from "../../../data/prices/simfaasinfer.yaml" with { type: "text" };

/** How a GPU is rented. */
export type PriceKind = "on-demand" | "reserved" | "spot" | "serverless";

/** One price with its date. */
export interface Price {
  /** Who rents it out. */
  readonly provider: string;
  /** GPU, such as "A100-80GB". */
  readonly gpu: string;
  /** How it is rented. */
  readonly kind: PriceKind;
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

/** One file of data/prices. */
export interface PriceList {
  /** Who asks these prices. */
  readonly provider: string;
  /** Prices of GPUs. */
  readonly prices: readonly Price[];
  /** Prices of keeping bytes. */
  readonly storage: readonly StoragePrice[];
}

/** 2^30 bytes for a second, in 10^9 bytes for 30 days. */
const GB_MONTHS_PER_GIB_SECOND = 2 ** 30 / 1e9 / (30 * 86_400);

const origin = {
  region: z.string().min(1),
  as_of: z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/),
  source: z.string().min(1),
};
const rowSchema = z.strictObject({
  gpu: z.string().min(1),
  kind: z.enum(["on-demand", "reserved", "spot", "serverless"]),
  usd_per_gpu_hour: z.number().positive().optional(),
  usd_per_gpu_second: z.number().positive().optional(),
  ...origin,
}).refine(
  (row) => (row.usd_per_gpu_hour === undefined) !== (row.usd_per_gpu_second === undefined),
  {
    message: "needs one of usd_per_gpu_hour and usd_per_gpu_second",
  },
);
const storageSchema = z.strictObject({
  tier: z.enum(["dram", "ssd", "remote"]),
  usd_per_gb_month: z.number().positive().optional(),
  usd_per_gib_second: z.number().positive().optional(),
  ...origin,
}).refine(
  (row) => (row.usd_per_gb_month === undefined) !== (row.usd_per_gib_second === undefined),
  {
    message: "needs one of usd_per_gb_month and usd_per_gib_second",
  },
);
const fileSchema = z.strictObject({
  provider: z.string().min(1),
  prices: z.array(rowSchema),
  storage: z.array(storageSchema).optional(),
});

/**
 * Reads a price list.
 *
 * @param where Name of the text, for errors.
 * @throws {SyntaxError} If the text does not have the form of the files in data/prices.
 */
export function parsePrices(text: string, where: string): PriceList {
  const result = fileSchema.safeParse(parse(text), { jitless: true });
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new SyntaxError(
      `Cannot read ${where} as a price list: ${issue.path.join(".")}: ${issue.message}`,
    );
  }
  const { provider, prices, storage = [] } = result.data;
  return {
    provider,
    prices: prices.map((row) => ({
      provider,
      gpu: row.gpu,
      kind: row.kind,
      region: row.region,
      usdPerGpuSecond: row.usd_per_gpu_second ?? row.usd_per_gpu_hour! / 3600,
      asOf: row.as_of,
      source: row.source,
    })),
    storage: storage.map((row) => ({
      tier: row.tier,
      usdPerGbMonth: row.usd_per_gb_month ?? row.usd_per_gib_second! / GB_MONTHS_PER_GIB_SECOND,
      region: row.region,
      asOf: row.as_of,
      source: row.source,
    })),
  };
}

const TEXTS: Readonly<Record<string, string>> = {
  aws,
  azure,
  gcp,
  lambda,
  modal,
  runpod,
  simfaasinfer,
};
const parsed = new Map<string, PriceList>();

/** The files of data/prices by provider. @param mention As in {@linkcode priceCatalogue}. */
export function priceLists(mention = ""): readonly PriceList[] {
  const wanted = mention.toLowerCase();
  return Object.entries(TEXTS).flatMap(([name, text]) => {
    if (!text.toLowerCase().includes(wanted)) return [];
    if (!parsed.has(name)) parsed.set(name, parsePrices(text, `data/prices/${name}.yaml`));
    return parsed.get(name)!;
  });
}

/**
 * The prices of data/prices, by provider, in the order of the files.
 *
 * @param mention Only lists that contain this text, capitals aside, are read; default all.
 */
export function priceCatalogue(mention = ""): readonly Price[] {
  return priceLists(mention).flatMap(({ prices }) => prices);
}

/** What price is wanted; absent fields match any. */
export interface PriceQuery {
  /** GPU, such as "A100-80GB". */
  readonly gpu: string;
  /** Who rents it out. */
  readonly provider?: string;
  /** How it is rented. */
  readonly kind?: PriceKind;
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
