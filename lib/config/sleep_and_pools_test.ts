import { deepEqual, equal, ok, throws } from "#assert";
import type { RunResult } from "../metrics/run_tables.ts";
import { loadConfig } from "./load.ts";
import { simulate } from "../run/simulate.ts";

/** Three requests, 100 s apart, to an instance that is kept for 10 s; starts of 16 GB of weights. */
const SPARSE = `
  workload: { type: uniform, arrival_rate: 0.01, num_requests: 3 }
  cold_start: { preset: simple }
  cost: { billing: { granularity: 0s } }`;

const run = (settings: string, workload = SPARSE) => simulate(loadConfig([workload, settings]));

const sleep = (settings: string) =>
  run(`scaling: { keep_alive: { seconds: 10s, sleep: ${settings} } }`);

const pool = (settings: string, more = "") =>
  run(`scaling: { keep_alive: { seconds: 10s }, prewarmed_pool: ${settings} }\n${more}`);

const waits = ({ requests }: RunResult) => [...requests.coldStartWaitSeconds];

const near = (actual: number, expected: number, what: string) =>
  ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${what}: ${actual}`);

/** Phases of the run and of its figures add up. */
function addsUp({ summary, instances }: RunResult): void {
  const { phase_seconds: phases, cost } = summary;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  near(sum(Object.values(phases)), summary.instance_seconds, "phase_seconds");
  for (const [phase, seconds] of Object.entries(phases)) {
    const code = instances.phaseNames.indexOf(phase);
    const rows = [...instances.phase.keys()].filter((row) => instances.phase[row] === code);
    const own = rows.map((row) => instances.endAtSeconds[row] - instances.startAtSeconds[row]);
    near(sum(own), seconds, phase);
  }
  const { busy_usd, idle_usd, cold_start_usd, asleep_usd, pooled_usd, rounding_usd } = cost;
  near(
    busy_usd! + idle_usd! + cold_start_usd! + asleep_usd! + pooled_usd! + rounding_usd!,
    cost.total_usd!,
    "total_usd",
  );
  const { busy_share, idle_share, cold_start_share, asleep_share, pooled_share, waste_share } =
    cost;
  const shares = [
    busy_share,
    idle_share,
    cold_start_share,
    asleep_share,
    pooled_share,
    waste_share,
  ];
  near(sum(shares as number[]), 1, "shares");
}

Deno.test("waking from host memory beats loading again, and that a start", async () => {
  const cold = waits(await sleep("{ level: 0 }"));
  const [awake, reloaded] = [
    waits(await sleep("{ level: 1 }")),
    waits(await sleep("{ level: 2 }")),
  ];
  for (const i of [1, 2]) {
    ok(awake[i] > 0 && awake[i] < reloaded[i], `${awake[i]}, ${reloaded[i]}`);
    ok(reloaded[i] < cold[i], `${reloaded[i]}, ${cold[i]}`);
  }
  // The first request waits for a start in any case.
  equal(awake[0], cold[0]);
});

Deno.test("a wake takes the weights' time over PCIe, at most at the loader's rate", async () => {
  const { requests, summary } = await sleep("{ level: 1 }");
  // 16.06 GB at 20 GB/s, the limit of the preset simple.
  near(requests.coldStartWaitSeconds[1], 8_030_261_248 * 2 / 20e9, "wake");
  // It goes to sleep after each of three requests, and the run ends with its last sleep.
  deepEqual([summary.sleep!.sleeps, summary.sleep!.wakes, summary.cold_starts], [3, 2, 1]);
  // Asleep from 10 s after a request ends to the next one, 16 GB each.
  near(
    summary.sleep!.memory_gb_hours,
    16.060522496 * summary.sleep!.instance_seconds / 3600,
    "memory",
  );
});

Deno.test("sleep without time, a pool without members and neither are the same run", async () => {
  const plain = await run("scaling: { keep_alive: { seconds: 10s } }");
  const asleep = await sleep("{ level: 1, ttl: 0s }");
  const pooled = await pool("{ of: container, size: 0 }");
  equal(plain.summary.sleep, null);
  deepEqual(plain.summary.prewarmed_pools, []);
  for (const { summary, instances } of [asleep, pooled]) {
    // What is null, and so what is explained, is not the same: sleep is allowed.
    const { undefined_figures } = plain.summary;
    deepEqual({ ...summary, sleep: null, prewarmed_pools: [], undefined_figures }, plain.summary);
    deepEqual(instances, plain.instances);
  }
});

Deno.test("seconds and dollars of all phases add up, asleep and pooled ones included", async () => {
  addsUp(await sleep("{ level: 1 }"));
  addsUp(await sleep("{ level: 2, ttl: 20s }"));
  addsUp(
    await run(`
    cost: { sleep_factor: 0.1, billing: { granularity: 60s } }
    scaling: { keep_alive: { seconds: 10s, sleep: { level: 1 } } }`),
  );
  addsUp(await pool("{ of: container, size: 2 }", "cost: { pool_factor: 0.2 }"));
  addsUp(await pool("{ of: engine, size: 2 }", "cost: { billing: { granularity: 60s } }"));
});

Deno.test("a sleeping instance costs its factor and holds no GPU; containers hold none either", async () => {
  const free = (await sleep("{ level: 1 }")).summary;
  equal(free.cost.asleep_usd, 0);
  near(
    free.gpu_hours * 3600,
    free.instance_seconds - free.phase_seconds.asleep,
    "GPU-seconds asleep",
  );
  const billed = await run(`
    cost: { gpu_cost_per_hour: { H100: 3.6 }, sleep_factor: 0.25 }
    cluster: { gpu_type: H100 }
    scaling: { keep_alive: { seconds: 10s, sleep: { level: 1 } } }`);
  const { cost, phase_seconds: phases } = billed.summary;
  near(cost.asleep_usd!, phases.asleep * 0.25 * 0.001, "asleep_usd");
  const containers = (await pool("{ of: container, size: 1 }")).summary;
  const pooled = containers.phase_seconds.warming + containers.phase_seconds.pooled;
  ok(pooled > 0);
  equal(containers.cost.pooled_usd, 0);
  near(containers.gpu_hours * 3600, containers.instance_seconds - pooled, "GPU-seconds pooled");
});

Deno.test("members with GPUs are billed as starts are", async () => {
  const usd = async (billing: string) => {
    const { summary } = await pool("{ of: engine, size: 1 }", `cost: { ${billing} }`);
    return summary.cost.pooled_usd!;
  };
  ok(await usd("billing: { from: start }") > 0);
  equal(await usd("billing: { from: ready }"), 0);
  equal(await usd("billing: { from: load }"), 0);
  equal(await usd("billing: { preset: per-second-busy }"), 0);
  equal(await usd("pool_factor: 0"), 0);
});

Deno.test("a pool shortens waits by the stages that are done ahead", async () => {
  const cold = waits(await pool("{ of: null }"));
  const warm = await pool("{ of: container, size: 1 }");
  // Preset simple: 1 s of container and .65 s of runtime, beside the fetch only in part.
  for (const i of [0, 1, 2]) ok(cold[i] - waits(warm)[i] >= 1 - 1e-9, `${cold}, ${waits(warm)}`);
  const [row] = warm.summary.prewarmed_pools;
  deepEqual([row.of, row.starts, row.hits, row.hit_rate], ["container", 3, 3, 1]);
  // Three made up for, one at the beginning.
  equal(row.members, 4);
});

Deno.test("functions whose starts begin alike share a pool", async () => {
  const functions = (second: string) =>
    run(`
      functions:
        - { name: a, count: 2, model: { name: llama-3.1-8b } }
        - { name: b, model: { name: mistral-7b }${second} }
      scaling: { prewarmed_pool: { of: container } }`);
  const names = async (second: string) =>
    (await functions(second)).summary.prewarmed_pools.map((row) => row.functions);
  deepEqual(await names(""), [["a-1", "a-2", "b"]]);
  deepEqual(await names(", cold_start: { preset: vllm-v1 }"), [["a-1", "a-2"], ["b"]]);
});

Deno.test("where functions share GPUs, sleep takes most of the wait for starts away", async () => {
  // Twelve functions on four GPUs, whose machine has memory for their weights: docs/elastic-fleets.md.
  const median = async (level: number) => {
    const { summary } = await run(
      `scaling: { max_instances: 2, keep_alive: { sleep: { level: ${level} } } }`,
      `
      workload: { type: poisson, arrival_rate: 0.5, num_requests: 400, functions: { zipf: 1 } }
      cluster: { nodes: [{ count: 1, gpus: 4, gpu_type: H100 }] }
      functions: [{ name: f, count: 12, model: { name: llama-3.1-8b } }]
      cold_start: { preset: vllm-v1 }`,
    );
    return summary.ttft_s.p50!;
  };
  const [stops, awake, reloaded] = [await median(0), await median(1), await median(2)];
  ok(awake < reloaded / 5 && reloaded < stops / 5, `${stops}, ${reloaded}, ${awake}`);
});

Deno.test("kept weights leave less memory for sleep; who does not fit stops", async () => {
  const sleeps = async (cache: string) => {
    const { summary } = await run(`
      cluster: { nodes: [{ count: 1, gpus: 1, gpu_type: H100 }], weight_cache: { dram: ${cache} } }
      scaling: { keep_alive: { seconds: 10s, sleep: { level: 1 } } }`);
    return summary.sleep!.sleeps;
  };
  deepEqual([await sleeps("0GB"), await sleeps("100TB")], [3, 0]);
});

Deno.test("mistakes are named: a preset that cannot wake, pools of what is there or never is", () => {
  const fails = (settings: string, message: RegExp) =>
    throws(() => loadConfig([SPARSE, settings]), message);
  fails(
    "scaling: { keep_alive: { sleep: { level: 3 } } }",
    /scaling.keep_alive.sleep.level.*0 to 2/,
  );
  fails(
    "{ scaling: { prewarmed_pool: { of: engine } }, cold_start: { enabled: false } }",
    /prewarmed_pool.of.*cold_start.enabled/,
  );
  fails(
    "{ scaling: { prewarmed_pool: { of: node } }, cluster: { nodes: [{ count: 1, gpus: 4 }] } }",
    /prewarmed_pool.of.*machines in cluster.nodes/,
  );
  fails(
    "scaling: { prewarmed_pool: { of: engine, policy: newsvendor, size: 9 } }",
    /prewarmed_pool.size.*<= max/,
  );
});

Deno.test("a preset that cannot wake, or has nothing to do ahead, is refused as the run is built", async () => {
  const message = async (settings: string) => {
    try {
      await run(settings);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const medusa = "cold_start: { preset: medusa }\nscaling: { keep_alive: { sleep: { level: 1 } } }";
  ok(/sleep.level.*"medusa" \(allowed: 0, 2\)/.test(await message(medusa)), await message(medusa));
  const node = "scaling: { prewarmed_pool: { of: node } }";
  ok(/pool as one of a node of simple/.test(await message(node)), await message(node));
});
