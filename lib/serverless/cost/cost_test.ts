import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import * as fc from "fast-check";
import { bill, type InstanceDurations, roundedSeconds } from "./bill.ts";
import { BILLING_PRESETS, type BillingPlan, simfaasinferPlan } from "./billing_plan.ts";
import { findPrice, parsePrices, priceCatalogue, priceLists } from "./prices.ts";
import { STORAGE_PROVIDERS, storagePrices, storageUsd } from "./storage.ts";

function near(actual: number, expected: number) {
  ok(
    Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual}, ${expected}`,
  );
}

/** Rows of [start, busy, idle, draining, asleep, pooled] seconds; the last two may be left out. */
function durationsOf(rows: readonly (readonly number[])[], gpus?: number[]): InstanceDurations {
  const column = (i: number) => Float64Array.from(rows, (row) => row[i] ?? 0);
  return {
    count: rows.length,
    startSeconds: column(0),
    busySeconds: column(1),
    idleSeconds: column(2),
    drainingSeconds: column(3),
    asleepSeconds: column(4),
    pooledSeconds: column(5),
    gpus: gpus && Int32Array.from(gpus),
  };
}

const seconds = fc.double({ min: 0, max: 10_000, noNaN: true });
const rows = fc.array(fc.tuple(seconds, seconds, seconds, seconds), { maxLength: 20 });
const rowsWithStandby = fc.array(fc.array(seconds, { minLength: 6, maxLength: 6 }), {
  maxLength: 20,
});
const share = fc.double({ min: 0, max: 1, noNaN: true });
const plan: fc.Arbitrary<BillingPlan> = fc.record({
  usdPerGpuSecond: fc.double({ min: 0, max: 0.01, noNaN: true }),
  startShare: share,
  busyShare: share,
  idleShare: share,
  drainingShare: share,
  asleepShare: share,
  pooledShare: share,
  granularitySeconds: fc.constantFrom(0, 1, 60, 3600),
  minimumSeconds: fc.constantFrom(0, 30, 600),
});

Deno.test("bill(): the parts add up to the total, and rounding never gives money back", () => {
  fc.assert(fc.property(rowsWithStandby, plan, (table, terms) => {
    const b = bill(durationsOf(table), terms);
    const used = b.busyUsd + b.idleUsd + b.coldStartUsd + b.drainingUsd;
    near(b.totalUsd, used + b.asleepUsd + b.pooledUsd + b.roundingUsd);
    near(b.totalUsd, b.billedGpuSeconds * terms.usdPerGpuSecond);
    ok(b.roundingUsd >= 0);
    // Asleep and in a pool an instance is not in service.
    near(b.gpuSeconds, table.flatMap((row) => row.slice(0, 4)).reduce((a, c) => a + c, 0));
  }));
});

Deno.test("bill(): with everything billed exactly, cost is GPU-seconds times price", () => {
  fc.assert(fc.property(rows, (table) => {
    const b = bill(durationsOf(table, table.map((_, i) => 1 + i % 4)), {
      ...BILLING_PRESETS["per-second-from-start"],
      granularitySeconds: 0,
      usdPerGpuSecond: 0.002,
    });
    near(b.totalUsd, 0.002 * b.gpuSeconds);
    near(
      b.gpuSeconds,
      table.reduce((sum, r, i) => sum + (1 + i % 4) * (r[0] + r[1] + r[2] + r[3]), 0),
    );
  }));
});

Deno.test("bill(): more idle time never costs less, more instances cost the sum", () => {
  fc.assert(fc.property(rows, rows, plan, (one, two, terms) => {
    const total = (table: readonly (readonly number[])[]) =>
      bill(durationsOf(table), terms).totalUsd;
    near(total([...one, ...two]), total(one) + total(two));
    const idler = one.map(([a, b, c, d]) => [a, b, c + 100, d]);
    ok(total(idler) >= total(one) * (1 - 1e-12) - 1e-12);
  }));
});

Deno.test("bill(): the presets on one instance, by hand", () => {
  const life = durationsOf([[30.4, 100.2, 50.1, 4]], [2]);
  const total = (rules: Omit<BillingPlan, "usdPerGpuSecond">) =>
    bill(life, { ...rules, usdPerGpuSecond: 0.001 });
  near(total(BILLING_PRESETS["per-second-from-start"]).totalUsd, 2 * 185 * 0.001);
  near(total(BILLING_PRESETS["per-second-ready"]).totalUsd, 2 * 155 * 0.001);
  near(total(BILLING_PRESETS["per-second-busy"]).totalUsd, 2 * 105 * 0.001);
  near(total(BILLING_PRESETS["instance-hours"]).totalUsd, 2 * 3600 * 0.001);
  near(total(BILLING_PRESETS["per-second-from-start"]).coldStartUsd, 2 * 30.4 * 0.001);
  near(total(BILLING_PRESETS["per-second-ready"]).roundingUsd, 2 * (155 - 154.3) * 0.001);
});

Deno.test("roundedSeconds() rounds up, keeps whole multiples, and bills nothing for nothing", () => {
  const terms = { granularitySeconds: 60, minimumSeconds: 90 };
  strictEqual(roundedSeconds(0, terms), 0);
  strictEqual(roundedSeconds(1, terms), 120);
  strictEqual(roundedSeconds(120, terms), 120);
  strictEqual(roundedSeconds(120.1, terms), 180);
  strictEqual(
    roundedSeconds(0.1 + 0.2, { granularitySeconds: 0.1, minimumSeconds: 0 }).toFixed(9),
    "0.300000000",
  );
});

Deno.test("simfaasinferPlan() bills idle time by its factor and starts as work", () => {
  const life = durationsOf([[60, 100, 40, 0]]);
  const cost = { gpuCostPerHour: 3.6, granularitySeconds: 0 };
  near(bill(life, simfaasinferPlan({ ...cost, idleFactor: 0.5 })).totalUsd, 0.16 + 0.02);
  near(bill(life, simfaasinferPlan({ ...cost, idleCost: false })).totalUsd, 0.16);
  near(bill(life, simfaasinferPlan({ ...cost, computeCost: false })).totalUsd, 0.04);
  near(bill(life, simfaasinferPlan({ ...cost, from: "ready" })).totalUsd, 0.14);
  throws(() => simfaasinferPlan({ gpuCostPerHour: 1, idleFactor: 2 }), {
    name: "RangeError",
    message: "Cannot use idleFactor as a share from 0 to 1: current value is 2",
  });
});

Deno.test("storageUsd() is the price for a GB kept for thirty days", () => {
  near(storageUsd(16e9 * 30 * 86_400, 0.02), 0.32);
});

Deno.test("storage has its price at the providers that say they have one, in one unit", () => {
  const lists = priceLists().filter(({ storage }) => storage.length > 0);
  deepStrictEqual(lists.map(({ provider }) => provider).sort(), [...STORAGE_PROVIDERS]);
  for (const { tier, usdPerGbMonth, source } of lists.flatMap(({ storage }) => storage)) {
    const [least, most] = tier === "dram" ? [1, 20] : [0.01, 0.3];
    ok(usdPerGbMonth > least && usdPerGbMonth < most, source);
  }
  deepStrictEqual(storagePrices("runpod"), { dram: 0, ssd: 0.1, remote: 0.07 });
  // 2^30 bytes for a second at 2.22e-6 dollars.
  near(storageUsd(2 ** 30, storagePrices("modal").dram), 2.22e-6);
  throws(() => storagePrices("lambda"), {
    name: "RangeError",
    message:
      /^Cannot find prices of storage as those of one of aws, .*: current value is "lambda"$/,
  });
});

Deno.test("storagePrices() takes the latest", () => {
  const row = (usd: number, date: string) =>
    `{ tier: ssd, usd_per_gb_month: ${usd}, region: any, as_of: "${date}", source: s }`;
  const { storage } = parsePrices(
    `provider: x\nprices: []\nstorage: [${row(1, "2025")}, ${row(2, "2026-01")}]`,
    "x",
  );
  deepStrictEqual(storage.map(({ usdPerGbMonth }) => usdPerGbMonth), [1, 2]);
  throws(
    () => parsePrices(`provider: x\nprices: []\nstorage: [{ tier: tape }]`, "x"),
    /Cannot read x as a price list at storage\[0\]\.tier as one of dram/,
  );
});

Deno.test("every price has its date and source; hourly and per-second prices agree in unit", () => {
  const prices = priceCatalogue();
  ok(prices.length >= 25);
  for (const price of prices) {
    ok(price.usdPerGpuSecond > 4e-5 && price.usdPerGpuSecond < 4e-3, price.source);
  }
  near(findPrice({ gpu: "h100", provider: "modal" }).usdPerGpuSecond * 3600, 3.9492);
});

Deno.test("findPrice() takes the latest, or the latest at a date", () => {
  near(findPrice({ gpu: "H100", provider: "aws", kind: "on-demand" }).usdPerGpuSecond * 3600, 6.88);
  near(findPrice({ gpu: "H100", provider: "aws", asOf: "2025-12" }).usdPerGpuSecond * 3600, 12.29);
  throws(() => findPrice({ gpu: "TPU" }), { name: "RangeError", message: /GPUs: A10, A100-40GB/ });
});

Deno.test("parsePrices() names what is wrong", () => {
  throws(
    () =>
      parsePrices(
        "provider: x\nprices: [{gpu: A, kind: spot, region: any, as_of: '2026', source: s}]",
        "x",
      ),
    {
      name: "SyntaxError",
      message: /Cannot read x as a price list at prices\[0\] as a price with one of/,
    },
  );
});
