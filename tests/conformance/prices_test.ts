import { deepEqual, equal, ok } from "#assert";
import { buildBilling } from "../../lib/run/billing.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { type Price, priceCatalogue, priceLists } from "../../lib/serverless/cost/mod.ts";
import { PLATFORMS } from "../../lib/serverless/platforms/mod.ts";

/**
 * What the sources of data/prices publish, written from them by hand: dollars, for how many GPUs, for how
 * many hours. Modal's page gives an hour beside the second.
 */
const PUBLISHED: readonly (readonly [where: string, usd: number, gpus: number])[] = [
  ["aws H100 on-demand us-east-1 2025-05", 98.32, 8],
  ["aws H100 on-demand us-east-1 2026-11-09", 55.04, 8],
  ["aws A100-40GB on-demand us-east-1 2023", 32.77, 8],
  ["aws A100-40GB on-demand us-east-1 2026-11-09", 21.9576, 8],
  ["aws A100-80GB on-demand us-east-1 2026-11-09", 27.4472, 8],
  ["aws A10G on-demand us-east-1 2023", 16.29, 8],
  ["aws H100 spot any 2026-03", 2.25, 1],
  ["azure A100-40GB on-demand eastus 2026-11-09", 27.197, 8],
  ["azure H100 on-demand eastus 2026-11-09", 98.32, 8],
  ["gcp A100-80GB on-demand us-central1 2024", 40.44, 8],
  ["gcp H100 on-demand us-central1 2024", 88.25, 8],
  ["gcp H100 on-demand us-central1 2026-03", 3, 1],
  ["gcp H100 spot any 2026-03", 2.25, 1],
  ["lambda A100-40GB on-demand any 2026-09", 1.99, 1],
  ["lambda H100 on-demand any 2026-09", 4.29, 1],
  ["modal B200 flex any 2026-07", 6.25, 1],
  ["modal H200 flex any 2026-07", 4.54, 1],
  ["modal H100 flex any 2026-07", 3.95, 1],
  ["modal A100-80GB flex any 2026-07", 2.5, 1],
  ["modal A100-40GB flex any 2026-07", 2.1, 1],
  ["modal L40S flex any 2026-07", 1.95, 1],
  ["modal A10 flex any 2026-07", 1.1, 1],
  ["modal L4 flex any 2026-07", 0.8, 1],
  ["modal T4 flex any 2026-07", 0.59, 1],
  ["runpod H100 on-demand community 2026-10", 2.69, 1],
  ["runpod H100 on-demand secure 2026-10", 3.49, 1],
  ["runpod A100-80GB on-demand community 2026-10", 1.19, 1],
  ["runpod H200 on-demand secure 2026-10", 4.59, 1],
  ["runpod B200 on-demand secure 2026-10", 6.79, 1],
  ["aws H200 on-demand us-east-1 2026", 63.296, 8],
  ["aws B200 on-demand us-east-1 2026", 113.9328, 8],
  ["aws L40S on-demand us-east-1 2026", 1.861, 1],
  ["aws L4 on-demand us-east-1 2026", 0.8048, 1],
  ["aws A10G on-demand us-east-1 2026-06", 1.006, 1],
  ["aws T4 on-demand us-east-1 2026", 0.526, 1],
  ["aws A100-40GB reserved-1y us-east-1 2023", 19.22, 8],
  ["aws A100-40GB reserved-3y us-east-1 2023", 11.57, 8],
  ["azure A100-80GB on-demand eastus 2026-11-09", 3.673, 1],
  ["gcp L4 flex us-central1 2026-08", 0.672, 1],
  ["runpod H100-PCIe on-demand community 2026-11-09", 1.99, 1],
  ["runpod B300 on-demand secure 2026-10", 7.89, 1],
  ["runpod H200 flex any 2026-10", 155e-5 * 3600, 1],
  ["runpod H200 active any 2026-10", 124e-5 * 3600, 1],
  ["runpod B200 flex any 2026-10", 240e-5 * 3600, 1],
  ["runpod B200 active any 2026-10", 190e-5 * 3600, 1],
  ["runpod H100 flex any 2026-10", 116e-5 * 3600, 1],
  ["runpod H100 active any 2026-10", 93e-5 * 3600, 1],
  ["runpod A100-80GB flex any 2026-10", 76e-5 * 3600, 1],
  ["runpod A100-80GB active any 2026-10", 60e-5 * 3600, 1],
  ["runpod L40S flex any 2026-10", 53e-5 * 3600, 1],
  ["runpod L40S active any 2026-10", 37e-5 * 3600, 1],
  ["runpod A6000 flex any 2026-10", 34e-5 * 3600, 1],
  ["runpod A6000 active any 2026-10", 24e-5 * 3600, 1],
  ["runpod A40 flex any 2026-10", 34e-5 * 3600, 1],
  ["runpod A40 active any 2026-10", 24e-5 * 3600, 1],
  ["runpod L4 flex any 2026-10", 19e-5 * 3600, 1],
  ["runpod L4 active any 2026-10", 13e-5 * 3600, 1],
  ["runpod RTX-3090 flex any 2026-10", 19e-5 * 3600, 1],
  ["runpod RTX-3090 active any 2026-10", 13e-5 * 3600, 1],
  ["runpod RTX-4090 flex any 2026-10", 31e-5 * 3600, 1],
  ["runpod RTX-4090 active any 2026-10", 21e-5 * 3600, 1],
  ["simfaasinfer A100-40GB on-demand any 2024", 3.06, 1],
  ["simfaasinfer A100-80GB on-demand any 2024", 3.06, 1],
  ["simfaasinfer H100 on-demand any 2024", 5.12, 1],
];

const nameOf = ({ provider, gpu, kind, region, asOf }: Price) =>
  `${provider} ${gpu} ${kind} ${region} ${asOf}`;

Deno.test("each price of data/prices is what its source publishes, in the unit of the source", () => {
  const prices = priceCatalogue();
  deepEqual(prices.map(nameOf).sort(), PUBLISHED.map(([where]) => where).sort());
  for (const [where, usd, gpus] of PUBLISHED) {
    const perHour = prices.find((price) => nameOf(price) === where)!.usdPerGpuSecond * 60 * 60;
    // Published prices are rounded to the cent or to the millionth of a dollar per second.
    ok(Math.abs(perHour / (usd / gpus) - 1) < 3e-3, `${where}: ${perHour}, not ${usd / gpus}`);
  }
});

Deno.test("each price of storage is what its source publishes", () => {
  const rows = priceLists().flatMap(({ provider, storage }) =>
    storage.map(({ tier, usdPerGbMonth }) => [`${provider} ${tier}`, usdPerGbMonth])
  );
  const published: Record<string, number> = {
    "aws ssd": 0.08,
    "aws remote": 0.023,
    // 2.22 millionths of a dollar per GiB and second.
    "modal dram": 2.22e-6 * 30 * 24 * 60 * 60 / 1.073741824,
    "runpod ssd": 0.1,
    "runpod remote": 0.07,
  };
  deepEqual(rows.map(([name]) => name).sort(), Object.keys(published).sort());
  for (const [name, usd] of rows) {
    ok(Math.abs(usd as number / published[name] - 1) < 1e-3, `${name}: ${usd}`);
  }
});

/** The plan that a configuration leads to, and the price of a GPU-hour in it. */
function billing(cost: string, more = "") {
  const config = loadConfig([`cost: ${cost}`, more]);
  const built = buildBilling(config, "h100-sxm");
  return { ...built, usdPerGpuHour: built.plan.usdPerGpuSecond * 60 * 60 };
}

Deno.test("a configured price is dollars per GPU-hour, however it is billed", () => {
  for (const terms of ["from: start", "from: load", "from: ready", "preset: per-second-busy"]) {
    const own = billing(`{ gpu_cost_per_hour: { H100: 7.2 }, billing: { ${terms} } }`);
    ok(Math.abs(own.usdPerGpuHour - 7.2) < 1e-12, `${terms}: ${own.usdPerGpuHour}`);
    deepEqual(own.notices, []);
    // Renting the GPUs throughout costs what the configuration says that they cost.
    ok(Math.abs(own.alwaysOnUsdPerGpuSecond! * 3600 - 7.2) < 1e-12);
    const listed = billing(`{ billing: { ${terms} } }`);
    ok(Math.abs(listed.usdPerGpuHour - 6.88) < 1e-12, `${terms}: ${listed.usdPerGpuHour}`);
    deepEqual(listed.notices, [
      "price of h100-sxm: 6.88 USD per GPU-hour (aws, on-demand, 2026-11-09)",
    ]);
    equal(own.fromLoad, terms === "from: load");
  }
});

Deno.test("members of a pool cost what a start costs where they hold GPUs, and only there", () => {
  const share = (of: string, cost = "{}") =>
    billing(cost, `scaling: { prewarmed_pool: { of: ${of} } }`).plan.pooledShare;
  const shares = (cost?: string) => ["container", "engine", "node"].map((of) => share(of, cost));
  deepEqual(shares(), [0, 1, 1]);
  deepEqual(shares("{ billing: { from: ready } }"), [0, 0, 0]);
  deepEqual(shares("{ billing: { from: load } }"), [0, 0, 0]);
  deepEqual(shares("{ compute_cost: false }"), [0, 0, 0]);
  deepEqual(shares("{ billing: { preset: instance-hours } }"), [0, 1, 1]);
  deepEqual(shares("{ billing: { preset: per-second-busy } }"), [0, 0, 0]);
  deepEqual(shares("{ pool_factor: 0.4 }"), [0.4, 0.4, 0.4]);
  equal(billing("{ sleep_factor: 0.3 }").plan.asleepShare, 0.3);
});

Deno.test("platforms bill whole lives by the second, Cloud Run in tenths, SageMaker's instances a minute at least", () => {
  for (const name of PLATFORMS) {
    const { plan } = buildBilling(loadConfig(`platform: ${name}`), "h100-sxm");
    const { startShare, busyShare, idleShare, drainingShare, granularitySeconds } = plan;
    deepEqual([startShare, busyShare, idleShare, drainingShare], [1, 1, 1, 1], name);
    equal(granularitySeconds, name === "cloud-run-like" ? 0.1 : 1, name);
    equal(plan.minimumSeconds, name === "sagemaker-like" ? 60 : 0, name);
  }
});

/** The price of a GPU under settings, dollars per GPU-hour; undefined: none. */
function usdPerHour(gpu: string, settings: string): number | undefined {
  const { plan, lacksPrice } = buildBilling(loadConfig(settings), gpu);
  return lacksPrice ? undefined : Math.round(plan.usdPerGpuSecond * 3600 * 1e6) / 1e6;
}

Deno.test("one provider prices all GPUs: a newer card is never cheaper by a change of the list", () => {
  deepEqual(
    ["t4", "l4", "l40s", "a100-sxm-80gb", "h100-sxm", "h200-sxm", "b200-sxm"]
      .map((gpu) => usdPerHour(gpu, "{}")),
    [0.526, 0.8048, 1.861, 3.4309, 6.88, 7.912, 14.2416],
  );
});

Deno.test("a platform has its provider's prices, and a provider is asked for its own alone", () => {
  equal(usdPerHour("h100-sxm", "platform: modal-like"), 3.9492);
  equal(usdPerHour("a10", "platform: modal-like"), 1.1016);
  equal(usdPerHour("h100-sxm", "platform: runpod-like"), 4.176);
  equal(usdPerHour("l4", "platform: cloud-run-like"), 0.67212);
  equal(usdPerHour("h100-sxm", "cost: { provider: runpod }"), 2.69);
  equal(
    usdPerHour("h100-sxm", "{ platform: modal-like, cost: { gpu_cost_per_hour: { H100: 1 } } }"),
    1,
  );
  equal(usdPerHour("a10", "{}"), undefined);
  equal(usdPerHour("h100-pcie", "{}"), undefined);
});

Deno.test("terms choose among a provider's prices; spot instances are billed as such", () => {
  const spot = "faults: { spot: { mtbf: 3600s } }";
  equal(usdPerHour("h100-sxm", `{ ${spot} }`), 2.25);
  equal(usdPerHour("h100-sxm", `{ ${spot}, cost: { terms: on-demand } }`), 6.88);
  equal(usdPerHour("h100-sxm", "cost: { provider: gcp, terms: spot }"), 2.25);
  equal(usdPerHour("a100-sxm-40gb", "cost: { terms: reserved-1y }"), 2.4025);
  equal(usdPerHour("b200-sxm", `{ ${spot} }`), undefined);
});

Deno.test("a GPU without a price says which settings give it one, and who lists it", () => {
  const lacking = (gpu: string, settings = "{}") => buildBilling(loadConfig(settings), gpu);
  const a10 = lacking("a10");
  equal(
    a10.notices[0],
    "no price of a10 (aws, on-demand or flex), so costs are null; " +
      "set cost.gpu_cost_per_hour or cost.provider (modal)",
  );
  equal(a10.alwaysOnUsdPerGpuSecond, undefined);
  equal(
    lacking("mi300x", "cost: { provider: lambda, terms: flex }").notices[0],
    "no price of mi300x (lambda, flex), so costs are null; " +
      "set cost.gpu_cost_per_hour or cost.provider",
  );
});
