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

for (const [choice, says, otherwise] of CASES) {
  Deno.test(`a choice that can tell no requests apart is said: ${choice}`, async () => {
    const said = await notices(choice);
    ok(said.some((notice) => says.test(notice)), said.join("\n"));
    deepEqual((await notices(choice, otherwise)).filter((notice) => says.test(notice)), []);
  });
}
