import { deepEqual, equal, ok, rejects } from "#assert";
import { simulateCluster } from "../cluster/mod.ts";
import { loadConfig } from "../config/load.ts";
import { buildCluster } from "./cluster.ts";
import { simulate } from "./simulate.ts";
import { spotCapacity } from "./zones.ts";

const START = `
id: start10
summary: A start of 10 seconds
sources: ["made up"]
stages:
  - { stage: container_create, after: [], seconds: 10 }
`;
const files = new Map([["start10.yaml", START]]);

/** Two instances for 100 s, decided every 5 s; a start takes 10 s, an H100 costs 0.001 USD a second. */
const BASE = `
model: { name: llama-3.1-8b }
execution: { source: constant, step_seconds: 0.1 }
cold_start: { preset: start10.yaml }
cost: { gpu_cost_per_hour: { H100: 3.6 } }
cluster: { gpu_type: H100 }
scaling:
  policy: sky-serve
  min_instances: 2
  max_instances: 4
  keep_alive: { policy: always }
  sky_serve: { decision_interval: 5 }
faults: { spot: { notice: 0 } }
workload: { type: trace, trace: { path: one.csv } }
simulation: { duration: 100, end: duration }
`;
const NONE = "arrival_s,prompt_tokens,output_tokens\n1,10,10\n";

async function run(yaml: string, traceText = NONE) {
  const config = loadConfig([BASE, yaml]);
  const { parts } = await buildCluster(config, { traceText, files });
  const { lives, faults } = simulateCluster(parts);
  const { summary } = await simulate(config, { traceText, files });
  return {
    faults: faults!,
    summary,
    /** Zone (-1: on demand), beginning and end of each instance. */
    lives: lives.map(({ zone = -1, createdAtSeconds, stoppedAtSeconds }) =>
      [zone, createdAtSeconds, stoppedAtSeconds] as const
    ),
    usd: Number(summary.cost.total_usd!.toFixed(9)),
  };
}

Deno.test("a zone whose capacity falls loses its youngest, which are replaced elsewhere", async () => {
  const { lives, faults, usd } = await run(`
    cluster: { zones: [{ spot: 2 1, interval: 21, spot_price: 0.5 }, { spot: 1x1 0 1, interval: 40 }] }
  `);
  deepEqual(lives, [
    [1, 0, 40], // the cheapest zone has room for one
    [0, 0, 100],
    // At 40 s its zone has no room: the next decision goes to the other, which has none either, and
    // then to all again; at 80 s there is room.
    [1, 80, 100],
  ]);
  equal(faults.preemptions, 1);
  equal(faults.instancesLost, 1);
  // 100 s at half the price; 60 s, of which 10 s start and 40 s, at 0.3 of it.
  equal(usd, 0.05 + 0.3 * 0.06);
});

Deno.test("on-demand instances stand in for spot ones until those are ready", async () => {
  const { lives, usd } = await run(`
    cluster: { zones: [{ spot: 2 1 2, interval: 20 }] }
    scaling: { sky_serve: { dynamic_ondemand_fallback: true } }
  `);
  deepEqual(lives, [
    [0, 0, 100],
    [0, 0, 20],
    [-1, 20, 50], // the decision at 20 s comes after the loss
    [0, 40, 100], // ready at 50 s
  ]);
  equal(usd, Number((0.3 * 0.18 + 0.03).toFixed(9)));
});

Deno.test("with a notice nothing is lost that is done by then, and nothing new starts there", async () => {
  const { lives, faults, summary } = await run(
    `
    cluster: { zones: [{ spot: 2 0, interval: 20 }] }
    scaling: { sky_serve: { dynamic_ondemand_fallback: true } }
    faults: { spot: { notice: 12 } }
  `,
    "arrival_s,prompt_tokens,output_tokens\n5,10,50\n",
  );
  const [first, ...others] = lives;
  deepEqual(others, [[0, 0, 8], [-1, 10, 100], [-1, 10, 100]]);
  // A token every 0.1 s from 5 s on.
  ok(first[2] > 9.9 && first[2] < 10.2, `${first[2]}`);
  equal(faults.preemptions, 0);
  equal(summary.requests.completed, 1);
});

Deno.test("requests inside a preempted instance begin anew elsewhere", async () => {
  const { faults, summary } = await run(
    "cluster: { zones: [{ spot: 2 1, interval: 20 }] }",
    "arrival_s,prompt_tokens,output_tokens\n15,10,100\n15,10,100\n",
  );
  equal(faults.instancesLost, 1);
  equal(faults.requestsHit, 1);
  equal(summary.requests.completed, 2);
});

Deno.test("without spot all instances are on demand, and the base always is", async () => {
  const zones = `cluster: { zones: [{ spot: "9" }] }`;
  const all = await run(`${zones}\nscaling: { sky_serve: { use_spot: false } }`);
  deepEqual(all.lives, [[-1, 0, 100], [-1, 0, 100]]);
  const base = await run(
    `${zones}\nscaling: { sky_serve: { base_ondemand_fallback_replicas: 1, num_overprovision: 1 } }`,
  );
  deepEqual(base.lives, [[0, 0, 100], [0, 0, 100], [-1, 0, 100]]);
});

Deno.test("spot capacity is read from counts and how often each comes", () => {
  deepEqual(spotCapacity("4x28 0x9 4", 10), [
    { atSeconds: 0, instances: 4 },
    { atSeconds: 280, instances: 0 },
    { atSeconds: 370, instances: 4 },
  ]);
  deepEqual(spotCapacity(" 3 3x2  3", 1), [{ atSeconds: 0, instances: 3 }]);
  for (const text of ["", "4x", "x4", "4x0", "-1", "1.5", "4,4", "99999999"]) {
    equal(spotCapacity(text, 10), undefined, text);
  }
});

Deno.test("zones are refused that cannot be read, or beside what has machines of its own", async () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    [
      "cluster: { zones: [{}, { spot: often }] }",
      /Cannot read "cluster.zones\[1\].spot" .*"often"/,
    ],
    ["cluster: { zones: [{}], nodes: [{}] }", /Cannot use "cluster.nodes" beside "cluster.zones"/],
    [
      "cluster: { zones: [{}] }\nfaults: { spot: { mtbf: 9 } }",
      /Cannot use "faults.spot.mtbf" beside "cluster.zones"/,
    ],
    [
      "cluster: { zones: [{}] }\nscaling: { actuation_delay: 1 }",
      /Cannot use "scaling.actuation_delay" beside "cluster.zones"/,
    ],
  ];
  for (const [yaml, message] of refused) await rejects(run(yaml), message);
});
