import { deepEqual, ok } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

const BASE = "workload: { type: poisson, arrival_rate: 5, num_requests: 20 }";
const CLASSES = "workload: { classes: [{ name: a, share: 0.5, priority: 0, slo: { ttft_s: 1 } }, " +
  "{ name: b, share: 0.5, priority: 1, slo: { ttft_s: 2 } }] }";

async function notices(...texts: string[]): Promise<readonly string[]> {
  return (await simulate(loadConfig([BASE, ...texts]))).engine.notices;
}

const CASES: readonly [choice: string, says: RegExp, otherwise: string][] = [
  ["scheduler: { scheduling_policy: priority }", /priority is fcfs/, CLASSES],
  ["scheduler: { scheduling_policy: edf }", /edf is fcfs/, CLASSES],
  [
    "cluster: { routing: { policy: session } }",
    /session has nothing to go by/,
    "workload: { sessions: { mean_turns: 2, think_time: 1 } }",
  ],
  [
    "cluster: { routing: { policy: prefix-affinity } }",
    /prefix-affinity has nothing to go by: no prompts/,
    "workload: { prefix_groups: { groups: 2, tokens: 64 } }",
  ],
  ["gateway: { on_no_capacity: buffer }", /buffer is queue/, "gateway: { limit: 5 }"],
];

/** Settings of autoscalers that others take the place of, or that nothing calls for. */
const AUTOSCALERS: typeof CASES = [
  [
    "scaling: { policy: hpa, min_instances: 1, hpa: { target: 5, metrics: [{ target: 3 }] } }",
    /scaling\.hpa\.target has no effect: scaling\.hpa\.metrics is set/,
    "scaling: { hpa: { metrics: [] } }",
  ],
  [
    "scaling: { policy: hpa, min_instances: 1, hpa: { scale_down_stabilization: 40, " +
    "behavior: { scale_down: { stabilization_window: 30 } } } }",
    /scaling\.hpa\.scale_down_stabilization has no effect/,
    "scaling: { hpa: { behavior: { scale_down: { stabilization_window: null } } } }",
  ],
  [
    "scaling: { policy: keda, keda: { activation_threshold: 3, triggers: [{ target: 3 }] } }",
    /scaling\.keda\.activation_threshold has no effect: scaling\.keda\.triggers is set/,
    "scaling: { keda: { triggers: [] } }",
  ],
  [
    "scaling: { policy: keda, keda: { fallback: { replicas: 2 } } }",
    /scaling\.keda\.fallback has nothing to stand for/,
    "scaling: { keda: { outages: [{ from: 1, until: 2 }] } }",
  ],
];

for (const [choice, says, otherwise] of AUTOSCALERS) {
  Deno.test(`a setting of an autoscaler without effect is said: ${choice}`, async () => {
    const said = await notices(choice);
    ok(said.some((notice) => says.test(notice)), said.join("\n"));
    deepEqual((await notices(choice, otherwise)).filter((notice) => says.test(notice)), []);
  });
}

for (const [choice, says, otherwise] of CASES) {
  Deno.test(`a choice that can tell no requests apart is said: ${choice}`, async () => {
    const said = await notices(choice);
    ok(said.some((notice) => says.test(notice)), said.join("\n"));
    deepEqual((await notices(choice, otherwise)).filter((notice) => says.test(notice)), []);
  });
}
