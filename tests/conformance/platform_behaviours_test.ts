import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import { OUTCOMES, type RunResult } from "../../lib/metrics/run_tables.ts";
import { simulate } from "../../lib/run/simulate.ts";
import { platformPreset, PLATFORMS } from "../../lib/serverless/platforms/mod.ts";

// A token takes 0.1 s, so that a request of n output tokens takes n / 10 s, alone or among others.

const BASE = `
workload: { type: trace, trace: { path: trace.csv } }
execution: { source: constant, step_seconds: 0.1 }
cold_start: { preset: start.yaml }
cluster: { gpu_type: H100 }
cost: { gpu_cost_per_hour: { H100: 3.6 } }
metrics: { collect_interval: 60 }
`;

/** A start of one stage. */
const started = (seconds: number) =>
  `id: start
summary: One stage
sources: ["made up"]
stages: [{ stage: container_create, after: [], seconds: ${seconds} }]
`;

/** Requests by arrival, seconds, and output tokens, on a platform whose starts take so many seconds. */
async function run(
  rows: readonly (readonly [at: number, tokens: number])[],
  settings: string,
  startSeconds = 10,
): Promise<RunResult> {
  const lines = rows.map(([at, tokens]) => `${at},10,${tokens}`).join("\n");
  return await simulate(loadConfig([BASE, settings]), {
    traceText: `arrival_s,prompt_tokens,output_tokens\n${lines}\n`,
    files: new Map([["start.yaml", started(startSeconds)]]),
  });
}

/** Requests at one instant. */
const many = (count: number, at: number, tokens: number) =>
  Array.from({ length: count }, () => [at, tokens] as const);

/** Instants at which instances were made and were gone, seconds, rounded to microseconds. */
function lives({ instances }: RunResult): (readonly [made: number, gone: number])[] {
  const round = (at: number) => Math.round(at * 1e6) / 1e6;
  const found = new Map<number, [number, number]>();
  for (let row = 0; row < instances.count; row++) {
    const { [row]: id } = instances.instanceId;
    const [from, to] = [instances.startAtSeconds[row], instances.endAtSeconds[row]].map(round);
    const life = found.get(id);
    if (life === undefined) found.set(id, [from, to]);
    else found.set(id, [Math.min(life[0], from), Math.max(life[1], to)]);
  }
  return [...found.entries()].sort(([a], [b]) => a - b).map(([, life]) => life);
}

const outcomes = ({ requests }: RunResult) =>
  Array.from(requests.outcome, (code) => OUTCOMES[code]);
const completions = ({ requests }: RunResult) =>
  Array.from(requests.completedAtSeconds, (at) => Math.round(at * 1e6) / 1e6);

Deno.test("Cloud Run: 80 requests at once, the others wait 3.5 starts and are refused", async () => {
  const result = await run(
    many(200, 301, 300),
    "{ platform: cloud-run-like, scaling: { max_instances: 1 } }",
  );
  // Ready at 311, the first eighty are served until 341; the pending limit of 35 s is over at 336.
  const { completed, rejected, timed_out, reasons } = result.summary.requests;
  deepEqual([completed, rejected, timed_out], [80, 120, 0]);
  deepEqual(reasons, { rejected_wait_limit: 120 });
  const served = completions(result).filter((at) => !Number.isNaN(at));
  deepEqual([served.length, new Set(served).size, served[0]], [80, 1, 341]);
  // A first answer in 335 s and a limit of 36 s would have let others in, had they waited that long.
  const longer = await run(
    many(200, 301, 300),
    "{ platform: cloud-run-like, scaling: { max_instances: 1 }, gateway: { timeout_starts: 4.01 } }",
  );
  deepEqual(longer.summary.requests.completed, 160);
});

Deno.test("Cloud Run: a pending request waits 10 s at least", async () => {
  const settings = "{ platform: cloud-run-like, scaling: { max_instances: 1 } }";
  // A start of 2 s: 3.5 of them are 7 s. Served at 2 s; a second eighty at 11.9 s, too late at 12.1 s.
  const inTime = await run(many(160, 0, 79), settings, 2);
  equal(inTime.summary.requests.completed, 160);
  const late = await run(many(160, 0, 81), settings, 2);
  deepEqual([late.summary.requests.completed, late.summary.requests.rejected], [80, 80]);
});

Deno.test("Cloud Run: an instance for each 48 requests", async () => {
  const instances = async (count: number) => {
    const result = await run(many(count, 0, 2000), "platform: cloud-run-like");
    return lives(result).length;
  };
  deepEqual([await instances(48), await instances(49), await instances(97)], [1, 2, 3]);
});

Deno.test("Cloud Run: the last instance is kept 15 minutes, and paid for", async () => {
  const result = await run([[0, 10]], "platform: cloud-run-like");
  deepEqual(lives(result), [[0, 911]]);
  ok(Math.abs(result.summary.cost.total_usd! - 0.911) < 1e-9);
});

Deno.test("Cloud Run: a request ends after 300 s", async () => {
  const result = await run([[0, 3000], [0, 3001]], "platform: cloud-run-like");
  deepEqual(outcomes(result), ["completed", "execution_limit"]);
  deepEqual(completions(result), [310, NaN]);
});

Deno.test("Modal: as many containers as the inputs ask for, at once", async () => {
  // The first is asked for by the first input at 0 s, the others by the count a second later.
  const result = await run(many(65, 0, 300), "platform: modal-like");
  deepEqual(lives(result).map(([made]) => made), [0, 1, 1]);
  equal(result.summary.requests.completed, 65);
});

Deno.test("Modal: minimum containers stay, a buffer stays while there are inputs", async () => {
  const rows = [[0, 2500], [600, 10]] as const;
  const none = await run(rows, "platform: modal-like");
  deepEqual(lives(none), [[0, 320], [600, 671]]);
  // The buffer is idle from 11 s on. Its 60 s are over at 71 s, but the input is served until 260 s:
  // it is looked at every second, and goes when nothing is asked for any more.
  const settings = "{ platform: modal-like, scaling: { request_count: { buffer: 1 } } }";
  const [, buffer] = lives(await run(rows, settings));
  deepEqual(buffer, [1, 261]);
  const least = await run(rows, "{ platform: modal-like, scaling: { min_instances: 1 } }");
  deepEqual(lives(least).map(([made]) => made), [0]);
});

Deno.test("Modal: an input ends after 300 s", async () => {
  const result = await run([[0, 3000], [0, 3001]], "platform: modal-like");
  deepEqual(outcomes(result), ["completed", "execution_limit"]);
});

Deno.test("RunPod: the first request starts a worker, the next comes after a queue delay of 4 s", async () => {
  const settings = "{ platform: runpod-like, gateway: { concurrency_per_instance: 1 } }";
  // Two wait for one worker that takes one: over 4 s at 5 s. The third waits for nobody in particular.
  const result = await run([[0, 300], [0, 300]], settings);
  deepEqual(lives(result), [[0, 45], [5, 50]]);
});

Deno.test("RunPod: the other scaler counts requests", async () => {
  const workers = async (count: number, settings = "") => {
    const yaml = `{ platform: runpod-like, scaling: { policy: request-count${settings} } }`;
    return lives(await run(many(count, 0, 300), yaml)).length;
  };
  deepEqual([await workers(4), await workers(5), await workers(9), await workers(90)], [
    1,
    2,
    3,
    3,
  ]);
  equal(await workers(9, ", max_instances: 9, request_count: { requests: 1 }"), 9);
});

Deno.test("RunPod: a job ends after 600 s in its worker, not in the queue", async () => {
  const settings = `{ platform: runpod-like, scaling: { max_instances: 1 },
    gateway: { concurrency_per_instance: 1 } }`;
  const result = await run([[0, 6000], [0, 6001], [0, 10]], settings);
  deepEqual(outcomes(result), ["completed", "execution_limit", "completed"]);
  // The second is in its last step at 1,210 s, which ends with it or a step later.
  ok(completions(result)[2] >= 1211 && completions(result)[2] <= 1211.2);
});

Deno.test("RunPod: with FlashBoot a worker is revived in less than a full start", async () => {
  const waits = async (sleep: string) => {
    const settings = `{ platform: runpod-like, model: { name: llama-3.1-8b },
      cold_start: { preset: vllm-v1 }, scaling: { keep_alive: { sleep: ${sleep} } } }`;
    const { requests } = await run([[0, 10], [300, 10], [3000, 10]], settings);
    return [...requests.coldStartWaitSeconds];
  };
  const [first, second] = await waits("{ level: 0 }");
  // The second start finds what the first has compiled.
  ok(first > second && second > 20, `full starts of ${first} and ${second} s`);
  // Stopped when it was called again within ten minutes, and after more than that. RunPod publishes
  // 2.3 s for 95 % of its revivals.
  const [cold, revived, tooLate] = await waits("{ level: 1, ttl: 10min }");
  ok(cold === first && revived < 2.3, `revived after ${revived} s`);
  ok(Math.abs(tooLate - second) < 1e-6, `${tooLate}`);
});

Deno.test("SageMaker: requests fail until the alarm of the minute has brought an instance", async () => {
  const result = await run([[10, 10], [20, 10], [65, 10], [71, 10]], "platform: sagemaker-like");
  // The minute that ends at 60 s has failures: one copy, which is ready at 70 s.
  deepEqual(outcomes(result), [
    "rejected_no_instance",
    "rejected_no_instance",
    "rejected_no_instance",
    "completed",
  ]);
  equal(lives(result)[0][0], 60);
});

Deno.test("SageMaker: fifteen quiet minutes end the last instance", async () => {
  const settings = "{ platform: sagemaker-like, simulation: { end: scaled-down } }";
  const result = await run([[10, 10], [71, 10]], settings);
  // Read at 120 s for the first time, at 960 s for the fifteenth: 15 of 15 below.
  deepEqual(lives(result), [[60, 960]]);
});

Deno.test("each behaviour of a platform has a source, and a test or a reason why it is left out", async () => {
  const files = ["conformance", "../lib/serverless/scaling"].map((dir) =>
    new URL(`../${dir}/`, import.meta.url)
  );
  const texts: string[] = [];
  for (const dir of files) {
    for await (const { name } of Deno.readDir(dir)) {
      if (name.endsWith("_test.ts")) texts.push(await Deno.readTextFile(new URL(name, dir)));
    }
  }
  const text = texts.join("\n");
  for (const name of PLATFORMS) {
    const { behaviours, sources } = platformPreset(name);
    for (const { says, source, test, leftOut } of behaviours) {
      ok(source >= 1 && source <= sources.length, `${name}: ${says} has no source`);
      equal(Number(test !== undefined) + Number(leftOut !== undefined), 1, `${name}: ${says}`);
      if (test !== undefined) {
        ok(text.includes(`Deno.test("${test}"`), `${name}: no test "${test}"`);
      }
    }
  }
});
