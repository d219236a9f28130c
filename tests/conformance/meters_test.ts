import { deepEqual, equal, ok } from "#assert";
import { PLATFORMS } from "../../lib/serverless/platforms/mod.ts";
import { runWithStart } from "../support/one_stage_start.ts";

const BASE = `
workload: { type: trace, trace: { path: trace.csv } }
execution: { source: constant, step_seconds: 0.1 }
cold_start: { preset: start.yaml }
scaling: { max_instances: 8 }
cluster: { gpu_type: H100 }
`;
/** Requests of a second each at these instants; a start takes 10 s. */
const run = (arrivals: readonly number[], settings: string) =>
  runWithStart(arrivals, BASE, settings);

function near(actual: number | null, expected: number): void {
  ok(Math.abs(actual! - expected) < 1e-9 * Math.max(1, expected), `${actual}, not ${expected}`);
}

Deno.test("a RunPod worker is billed from its start until its idle timeout is over", async () => {
  // 10 s of start, 1 s of work, 5 s of idle timeout at 0.00116 dollars a second (flex).
  const { summary: { cost } } = await run([0], "platform: runpod-like");
  near(cost.total_usd, 16 * 0.00116);
  const own = await run(
    [0],
    "{ platform: runpod-like, cost: { gpu_cost_per_hour: { H100: 3.6 } } }",
  );
  near(own.summary.cost.total_usd, 0.016);
});

Deno.test("a Modal container is billed for its GPU and, where they are given, cores and memory", async () => {
  // 10 s of start, 1 s of work, 60 s of scaledown window.
  const gpu = await run([0], "platform: modal-like");
  near(gpu.summary.cost.total_usd, 71 * 0.001097);
  const all = await run([0], "{ platform: modal-like, cost: { cpu_cores: 4, memory: 32GiB } }");
  near(all.summary.cost.total_usd, 71 * (0.001097 + 4 * 0.0000131 + 32 * 0.00000222));
  ok(
    all.engine.notices.includes(
      "processors and memory of an instance: 0.44 USD per hour (modal, 2026-07)",
    ),
  );
});

Deno.test("Cloud Run bills the L4, eight cores and 32 GiB of an instance for its whole life", async () => {
  const { summary: { cost } } = await run(
    [0],
    `{ platform: cloud-run-like,
    cluster: { gpu_type: L4 }, model: { max_model_len: 8192 },
    cost: { cpu_cores: 8, memory: 32GiB }, scaling: { keep_alive: { policy: fixed, seconds: 60s },
    knative_kpa: { scale_to_zero_pod_retention_period: 15min } } }`,
  );
  near(cost.total_usd, 71 * (0.0001867 + 8 * 0.000018 + 32 * 0.000002));
});

Deno.test("Cloud Run bills whole lives in steps of 100 ms", async () => {
  const bill = async (keptSeconds: number) => {
    const { summary: { cost } } = await run(
      [0],
      `{ platform: cloud-run-like, cluster: { gpu_type: L4 }, model: { max_model_len: 8192 },
      cost: { cpu_cores: 8, memory: 32GiB },
      scaling: { keep_alive: { policy: fixed, seconds: ${keptSeconds} } } }`,
    );
    return cost.total_usd;
  };
  const perSecond = 0.0001867 + 8 * 0.000018 + 32 * 0.000002;
  // 10 s of start, 1 s of work, and the time that it is kept.
  near(await bill(60.04), 71.1 * perSecond);
  near(await bill(60.1), 71.1 * perSecond);
  near(await bill(60.11), 71.2 * perSecond);
});

Deno.test("each platform's bill of whole lives, by hand", async () => {
  // A GPU-second costs 0.001 dollars; a start takes 10 s, a request 1 s.
  const bills: readonly (readonly [platform: string, arrivals: readonly number[], usd: number])[] =
    [
      // Twice from the request to a stable window, a tick and three seconds after it: 100 to 175.
      ["knative", [100, 900], 2 * 75 * 0.001],
      // KEDA sees at 15 s what the request has started, and looks every 30 s: at 330 it is 300 s ago.
      ["azure-container-apps-like", [0], 330 * 0.001],
      // The first request fails; the minute's alarm brings a copy, which 15 quiet minutes from 120 on end.
      ["sagemaker-like", [0, 100], (960 - 60) * 0.001],
      // Idle for 15 minutes after the request.
      ["cloud-run-like", [0], 911 * 0.001],
      ["modal-like", [0], 71 * 0.001],
      ["runpod-like", [0], 16 * 0.001],
    ];
  for (const [platform, arrivals, usd] of bills) {
    const prices = `{ platform: ${platform}, cost: { gpu_cost_per_hour: { H100: 3.6 } } }`;
    near((await run(arrivals, prices)).summary.cost.total_usd, usd);
  }
  deepEqual(bills.map(([platform]) => platform).toSorted(), [...PLATFORMS].sort());
  // A copy of SageMaker's that lives 16 s is billed for a minute.
  const short =
    `{ platform: sagemaker-like, scaling: { activation: first, keep_alive: { policy: fixed, seconds: 5 } },
    gateway: { on_no_capacity: queue }, cost: { gpu_cost_per_hour: { H100: 3.6 } } }`;
  near((await run([0], short)).summary.cost.total_usd, 60 * 0.001);
});

Deno.test("cores and memory without a price leave the bill open, and say so", async () => {
  const { summary: { cost }, engine } = await run([0], "cost: { cpu_cores: 4 }");
  equal(cost.total_usd, null);
  ok(engine.notices.some((notice) => notice.startsWith("no price of processors and memory (aws)")));
  const own = "{ cpu_cores: 4, core_cost_per_hour: 0.09, gpu_cost_per_hour: { H100: 3.6 } }";
  const priced = await run([0], `{ scaling: { policy: none }, cost: ${own} }`);
  near(priced.summary.cost.total_usd, 71 * (0.001 + 4 * 0.09 / 3600));
});

Deno.test("requests that are served are billed by the million", async () => {
  const { summary: { cost } } = await run(
    [0, 20, 40],
    "{ scaling: { policy: none }, cost: { million_requests_cost: 400, gpu_cost_per_hour: { H100: 3.6 } } }",
  );
  near(cost.requests_usd, 3 * 400e-6);
  // Served from 10 to 41, kept until 101.
  near(cost.total_usd, 101 * 0.001 + 0.0012);
  near(cost.requests_share! * cost.total_usd!, 0.0012);
});

Deno.test("reserved instances are paid throughout, those beyond them by use", async () => {
  // Two instances at once from 50 on; the first has the reserved place.
  const settings =
    `{ gateway: { concurrency_per_instance: 1 }, scaling: { policy: none, activation: each },
    cost: { gpu_cost_per_hour: { H100: 7.2 }, reserved_instances: 1, reserved_cost_per_hour: 3.6 } }`;
  const { summary: { cost }, timeSeries } = await run([0, 50, 50], settings);
  // The second starts at 50, finds at 60 that the first has served both, and is kept until 120.
  const endsAt = timeSeries.timeSeconds.at(-1)!;
  equal(endsAt, 120);
  near(cost.reserved_usd, 120 * 0.001);
  near(cost.total_usd, 120 * 0.001 + 70 * 0.002);
  near(cost.cold_start_usd, 10 * 0.002);
  const listed = await run([0], "cost: { reserved_instances: 1 }");
  equal(listed.summary.cost.total_usd, null);
  ok(
    listed.engine.notices.some((notice) =>
      notice.includes("no price of h100-sxm (aws, reserved-1y)")
    ),
  );
});

Deno.test("a machine that is paid for whole costs all its GPUs while any instance is on it", async () => {
  const settings = `{ scaling: { policy: none }, cluster: { nodes: [{ count: 2, gpus: 8 }] },
    cost: { gpu_cost_per_hour: { H100: 3.6 }, billing: { whole_machines: true } } }`;
  const { summary: { cost } } = await run([0], settings);
  near(cost.unused_gpus_usd, 7 * 71 * 0.001);
  near(cost.total_usd, 8 * 71 * 0.001);
});

Deno.test("the shares of every meter's bill add up to 1", async () => {
  const { summary: { cost } } = await run(
    [0, 5, 5, 300],
    `
gateway: { concurrency_per_instance: 1 }
scaling: { policy: none, activation: each }
cluster: { nodes: [{ count: 3, gpus: 4 }] }
cost:
  gpu_cost_per_hour: { H100: 3.6 }
  cpu_cores: 2
  core_cost_per_hour: 0.1
  memory: 16GiB
  gib_cost_per_hour: 0.01
  million_requests_cost: 100
  reserved_instances: 1
  reserved_cost_per_hour: 2
  billing: { whole_machines: true, granularity: 7s }
  storage: { provider: aws }
`,
  );
  const shares = Object.entries(cost).filter(([key]) => key.endsWith("_share"));
  equal(shares.length, 11);
  near(shares.reduce((sum, [, share]) => sum + (share as number), 0), 1);
});
