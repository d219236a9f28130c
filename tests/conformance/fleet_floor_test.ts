import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import type { RunResult } from "../../lib/metrics/run_tables.ts";
import { simulate } from "../../lib/run/simulate.ts";

const BASE = `
workload: { type: trace, trace: { path: trace.csv } }
execution: { source: constant, step_seconds: 0.1 }
cold_start: { preset: start.yaml }
scaling: { max_instances: 8 }
cost: { gpu_cost_per_hour: { H100: 3.6 } }
`;

const START = `id: start
summary: One stage
sources: ["made up"]
stages: [{ stage: container_create, after: [], seconds: 10 }]
`;

/** Requests of 10 output tokens, a second each, at these instants; a start is one stage. */
async function run(arrivals: readonly number[], settings: string): Promise<RunResult> {
  const rows = arrivals.map((at) => `${at},10,10`).join("\n");
  return await simulate(loadConfig([BASE, settings]), {
    traceText: `arrival_s,prompt_tokens,output_tokens\n${rows}\n`,
    files: new Map([["start.yaml", START]]),
  });
}

/** Policies that never go to none by a setting of their own, as that and as a least number of instances. */
const FLOORS = {
  "knative-kpa": [
    "platform: knative\nscaling: { knative_kpa: { enable_scale_to_zero: false } }",
    "platform: knative\nscaling: { min_instances: 1 }",
  ],
  "llm-d-wva": [
    "scaling: { policy: llm-d-wva, llm_d_wva: { scale_to_zero: false } }",
    "scaling: { policy: llm-d-wva, llm_d_wva: { scale_to_zero: true }, min_instances: 1 }",
  ],
  "dynamo-planner": [
    "scaling: { policy: dynamo-planner, dynamo_planner: { min_endpoint: 2 } }",
    "scaling: { policy: dynamo-planner, min_instances: 2 }",
  ],
};

const TRAFFIC = {
  far: [100, 900],
  burst: [0, ...Array.from({ length: 40 }, (_, i) => 50 + i / 20), 700],
  steady: Array.from({ length: 200 }, (_, i) => 2 * i),
};

for (const [policy, [own, least]] of Object.entries(FLOORS)) {
  Deno.test(`${policy}: what never goes to none is a fleet of the fewest instances, to the bill`, async () => {
    for (const [traffic, arrivals] of Object.entries(TRAFFIC)) {
      const [one, other] = [await run(arrivals, own), await run(arrivals, least)];
      const what = `${policy}, ${traffic}`;
      equal(one.summary.digest, other.summary.digest, what);
      deepEqual(one.instances, other.instances, what);
      deepEqual(one.summary.cost, other.summary.cost, what);
      // An instance is there from the beginning to the end of the last request, and no longer.
      const ended = Math.max(...one.requests.completedAtSeconds);
      ok(Math.max(...one.instances.endAtSeconds.subarray(0, one.instances.count)) >= ended);
      equal(one.instances.startAtSeconds[0], 0, what);
    }
  });
}

Deno.test("dynamo-planner: a budget without the GPUs of the fewest instances is refused in a line", async () => {
  let said = "";
  try {
    await run(
      [0],
      "scaling: { policy: dynamo-planner, dynamo_planner: { min_endpoint: 2, max_gpu_budget: 1 } }",
    );
  } catch (error) {
    said = String(error);
  }
  ok(
    said.includes("Cannot use scaling.dynamo_planner.max_gpu_budget") && said.includes("2 or more"),
    said,
  );
});
