import { deepEqual, equal, ok } from "#assert";
import { buildBilling } from "../../lib/run/prices.ts";
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
  ["modal B200 serverless any 2026-07", 6.25, 1],
  ["modal H200 serverless any 2026-07", 4.54, 1],
  ["modal H100 serverless any 2026-07", 3.95, 1],
  ["modal A100-80GB serverless any 2026-07", 2.5, 1],
  ["modal A100-40GB serverless any 2026-07", 2.1, 1],
  ["modal L40S serverless any 2026-07", 1.95, 1],
  ["modal A10 serverless any 2026-07", 1.1, 1],
  ["modal L4 serverless any 2026-07", 0.8, 1],
  ["modal T4 serverless any 2026-07", 0.59, 1],
  ["runpod H100 on-demand community 2026-10", 2.69, 1],
  ["runpod H100 on-demand secure 2026-10", 3.49, 1],
  ["runpod A100-80GB on-demand community 2026-10", 1.19, 1],
  ["runpod H200 on-demand secure 2026-10", 4.59, 1],
  ["runpod B200 on-demand secure 2026-10", 6.79, 1],
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
    equal(own.notice, undefined);
    // The newest on-demand price of a general provider, whatever is asked for the one in use.
    ok(Math.abs(own.alwaysOnUsdPerGpuSecond! * 3600 - 6.88) < 1e-12);
    const listed = billing(`{ billing: { ${terms} } }`);
    ok(Math.abs(listed.usdPerGpuHour - 6.88) < 1e-12, `${terms}: ${listed.usdPerGpuHour}`);
    equal(listed.notice, "price of h100-sxm: 6.88 USD per GPU-hour (aws, on-demand, 2026-11-09)");
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

Deno.test("platforms bill whole lives by the second, SageMaker's instances a minute at least", () => {
  for (const name of PLATFORMS) {
    const { plan } = buildBilling(loadConfig(`platform: ${name}`), "h100-sxm");
    const { startShare, busyShare, idleShare, drainingShare, granularitySeconds } = plan;
    deepEqual([startShare, busyShare, idleShare, drainingShare], [1, 1, 1, 1], name);
    equal(granularitySeconds, 1, name);
    equal(plan.minimumSeconds, name === "sagemaker-like" ? 60 : 0, name);
  }
});
