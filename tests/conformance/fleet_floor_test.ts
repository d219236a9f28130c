import { deepEqual, equal, ok } from "#assert";
import { runWithStart } from "../support/one_stage_start.ts";

const BASE = `
workload: { type: trace, trace: { path: trace.csv } }
execution: { source: constant, step_seconds: 0.1 }
cold_start: { preset: start.yaml }
scaling: { max_instances: 8 }
cost: { gpu_cost_per_hour: { H100: 3.6 } }
`;

/** Requests of a second each at these instants; a start takes 10 s. */
const run = (arrivals: readonly number[], settings: string) =>
  runWithStart(arrivals, BASE, settings);

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
