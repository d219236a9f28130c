import { deepEqual, equal, ok, rejects } from "#assert";
import { BILLING_PRESETS } from "../serverless/cost/mod.ts";
import { loadConfig } from "./load.ts";
import { simulate } from "../run/simulate.ts";

const BASE = `
  simulation: { duration: 300s }
  workload: { type: poisson, arrival_rate: 2, num_requests: 400 }
  cold_start: { preset: simple }
  slo: { ttft_s: 1s }`;

const run = async (yaml: string) => (await simulate(loadConfig([BASE, yaml]))).summary;

Deno.test("shares of the bill add up to 1, and the stages of a wait to the mean wait", async () => {
  const { requests, summary: { cost, cold_start_stages_s: stages } } = await simulate(
    loadConfig([BASE, "scaling: { keep_alive: { seconds: 1s } }"]),
  );
  const shares = [cost.busy_share, cost.idle_share, cost.cold_start_share, cost.waste_share];
  ok(Math.abs(shares.reduce<number>((sum, share) => sum + share!, 0) - 1) < 1e-9);
  const waits = requests.coldStartWaitSeconds.filter((seconds) => seconds > 0);
  ok(waits.length > 3);
  const mean = waits.reduce((sum, seconds) => sum + seconds, 0) / waits.length;
  const parts = Object.values(stages).reduce((sum, seconds) => sum + seconds, 0);
  ok(Math.abs(parts - mean) < 1e-9, `${parts}, ${mean}`);
  ok(stages.weights_load > 0 && stages.container_create > 0);
});

Deno.test("the stages of each request's wait add up to it, in starts of every shape", async () => {
  for (const preset of ["simple", "vllm-v1", "vllm-async", "serverlessllm"]) {
    const { requests, coldStartWaits: waits } = await simulate(loadConfig([
      BASE,
      `{ cold_start: { preset: ${preset}, jitter: 0.3 }, scaling: { keep_alive: { seconds: 1s } } }`,
    ]));
    const sums = new Float64Array(requests.count);
    for (let row = 0; row < waits.count; row++) sums[waits.request[row]] += waits.waitSeconds[row];
    ok(waits.count > 30, preset);
    sums.forEach((sum, i) => ok(Math.abs(sum - requests.coldStartWaitSeconds[i]) < 1e-9));
  }
});

Deno.test("billing presets charge for what their names say", async () => {
  const bills = new Map<string, number>();
  for (const preset of Object.keys(BILLING_PRESETS)) {
    const { cost } = await run(`cost: { billing: { preset: ${preset} } }`);
    bills.set(preset, cost.total_usd!);
    if (preset !== "per-second-from-start" && preset !== "instance-hours") {
      equal(cost.cold_start_usd, 0, preset);
    }
    if (preset === "per-second-busy") equal(cost.idle_usd, 0);
  }
  ok(bills.get("per-second-busy")! < bills.get("per-second-ready")!);
  ok(bills.get("per-second-ready")! < bills.get("per-second-from-start")!);
  ok(bills.get("per-second-from-start")! < bills.get("instance-hours")!);
});

Deno.test("billing from the load of weights leaves out what comes before", async () => {
  const start = await run("");
  const load = await run("cost: { billing: { from: load } }");
  const ready = await run("cost: { billing: { from: ready } }");
  ok(load.cost.cold_start_usd! < start.cost.cold_start_usd!);
  ok(load.cost.cold_start_usd! > ready.cost.cold_start_usd!);
  equal(ready.cost.cold_start_usd, 0);
});

Deno.test("costs per unit divide the bill by what was done", async () => {
  const { cost, requests, slo_attainment } = await run("cost: { gpu_cost_per_hour: { H100: 20 } }");
  const good = slo_attainment! * requests.arrived;
  ok(Math.abs(cost.per_slo_good_request_usd! * good - cost.total_usd!) < 1e-9);
  ok(cost.per_million_total_tokens_usd! < cost.per_million_output_tokens_usd!);
  // Whoever has a price of their own rents at it, too; Modal's is far above a reserved machine's.
  equal(cost.break_even_utilization, 1);
  equal((await run("")).cost.break_even_utilization, 1);
  // Spot capacity is compared with the same GPUs on demand, 3.00 dollars at this provider.
  const spot = await run("cost: { provider: gcp, terms: spot }");
  const listed = await run("");
  ok(Math.abs(spot.cost.always_on_usd! / listed.cost.always_on_usd! - 3 / 6.88) < 1e-9);
});

Deno.test("starts find the weights that earlier starts left on their machine", async () => {
  const { weight_cache, cold_starts } = await run(
    "{ cluster: { nodes: [{ gpus: 4 }] }, scaling: { keep_alive: { policy: none } } }",
  );
  ok(cold_starts > 10);
  equal(weight_cache!.lookups, cold_starts);
  ok(weight_cache!.dram_hit_rate! > 0.8, "all but the first");
});

/** Weights of Llama-3.1-8B, 10^9 bytes. */
const WEIGHTS_GB = 8_030_261_248 * 2 / 1e9;

Deno.test("weights kept are billed by place, beside the phases: together the total", async () => {
  const machines = (warm: string) =>
    `cluster: { nodes: [{ gpus: 4, count: 2 }], weight_cache: { warm: ${warm} } }`;
  const prices = "cost: { storage: { dram: 5, ssd: 0.1, remote: 0.02 } }";
  const [free, paid, cold] = await Promise.all([
    run(machines("ssd")),
    run(`{ ${machines("ssd")}, ${prices} }`),
    run(`{ ${machines("none")}, ${prices} }`),
  ]);
  const near = (actual: number, expected: number) =>
    ok(Math.abs(actual - expected) <= 1e-9 * (1 + expected), `${actual}, ${expected}`);
  equal(free.cost.storage_usd, 0);
  deepEqual(free.stored_weights_gb_hours, paid.stored_weights_gb_hours);
  const { cost, stored_weights_gb_hours: stored } = paid;
  // Two disks and the store hold them from the beginning to the end.
  near(stored.ssd, 2 * stored.remote);
  const hours = stored.remote / WEIGHTS_GB;
  ok(hours > 200 / 3600 && hours < 400 / 3600);
  near(cost.storage_usd, (0.1 * stored.ssd + 0.02 * stored.remote) / 720);
  const { dram, ssd, remote } = cold.stored_weights_gb_hours;
  ok(dram > 0 && ssd > 0 && dram < remote, "from the first start on, where it is");
  near(cold.cost.storage_usd, (5 * dram + 0.1 * ssd + 0.02 * remote) / 720);
  near(cost.total_usd!, free.cost.total_usd! + cost.storage_usd);
  near(
    cost.busy_usd! + cost.idle_usd! + cost.cold_start_usd! + cost.asleep_usd! + cost.pooled_usd! +
      cost.rounding_usd! + cost.storage_usd,
    cost.total_usd!,
  );
  const shares = [
    cost.busy_share,
    cost.idle_share,
    cost.cold_start_share,
    cost.asleep_share,
    cost.pooled_share,
    cost.waste_share,
    cost.storage_share,
  ];
  near(shares.reduce<number>((sum, share) => sum + share!, 0), 1);
  ok(cost.storage_share! > 0);
  near(cost.per_request_usd! * paid.requests.completed, cost.total_usd!);
});

Deno.test("the store holds each model once; a provider's prices hold where none is given", async () => {
  const functions = "functions: [{ count: 2 }, { model: { weight_dtype: fp8 } }]";
  const { stored_weights_gb_hours: stored, cost } = await run(
    `{ ${functions}, cost: { storage: { provider: aws } } }`,
  );
  const one = await run("cost: { storage: { provider: aws, remote: 0 } }");
  equal(one.cost.storage_usd, 0);
  equal(stored.dram + stored.ssd, 0, "without machines nothing else is kept");
  ok(Math.abs(cost.storage_usd - stored.remote * 0.023 / 720) < 1e-12);
  const hours = one.stored_weights_gb_hours.remote / WEIGHTS_GB;
  // Eight and sixteen bits of each parameter, but for embedding and head.
  ok(stored.remote > 1.5 * WEIGHTS_GB * hours * 0.9 && stored.remote < 1.7 * WEIGHTS_GB * hours);
});

Deno.test("names of one GPU with different prices are refused, whichever is the spelling in use", async () => {
  for (const prices of ["{ h100: 2, H100-SXM: 3 }", "{ h100: 2, H100: 3 }"]) {
    const config = loadConfig(
      `workload: { num_requests: 1 }\ncost: { gpu_cost_per_hour: ${prices} }`,
    );
    await rejects(simulate(config), /are names of one GPU and have different prices/);
  }
});
