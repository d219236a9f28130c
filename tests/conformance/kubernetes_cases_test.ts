import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import type { RunResult } from "../../lib/metrics/run_tables.ts";
import { simulate } from "../../lib/run/simulate.ts";

/** A token takes 0.1 s, a start one stage, a GPU-second costs 0.001 USD: all can be worked out by hand. */
const BASE = `
workload: { type: trace, trace: { path: trace.csv } }
execution: { source: constant, step_seconds: 0.1 }
cold_start: { preset: start.yaml }
cost: { gpu_cost_per_hour: { H100: 3.6 } }
`;

const PRESET = `id: start
summary: One stage
sources: ["made up"]
stages: [{ stage: container_create, after: [], seconds: 10 }]
`;

const files = new Map([["start.yaml", PRESET]]);

/** Requests at these instants, of so many output tokens; starts take 10 s. */
async function run(
  arrivals: readonly number[],
  set: Readonly<Record<string, unknown>>,
  tokens = 10,
): Promise<RunResult> {
  const rows = arrivals.map((at) => `${at},10,${tokens}`).join("\n");
  const traceText = `arrival_s,prompt_tokens,output_tokens\n${rows}\n`;
  return await simulate(loadConfig(BASE, { set }), { traceText, files });
}

/** Begin and end of a state of each instance, in the order of their numbers, seconds. */
function spans({ instances }: RunResult, state: string): [from: number, to: number][] {
  const code = instances.phaseNames.indexOf(state);
  const rows = Array.from(instances.phase, (phase, row) => ({ phase, row }));
  return rows.filter(({ phase }) => phase === code).map(({ row }) => [
    instances.startAtSeconds[row],
    instances.endAtSeconds[row],
  ]);
}

const starts = (result: RunResult) => spans(result, "starting").map(([from]) => from);

const NO_KEEP_ALIVE = { "scaling.keep_alive.policy": "always" };

Deno.test("knative: an instance without traffic is kept a window, a tick and the re-enqueue, not the grace", async () => {
  // Request 100 to 111 s. The tick to 112 s is the last with load.
  const idleUntil = async (set: Readonly<Record<string, unknown>>) =>
    spans(await run([100, 900], { platform: "knative", ...set }), "ready").map(([, to]) => to);
  const at = (path: string, value: unknown) => ({ [`scaling.knative_kpa.${path}`]: value });
  deepEqual(await idleUntil({}), [175, 975]);
  deepEqual(await idleUntil(at("stable_window", 6)), [121, 921]);
  deepEqual(await idleUntil(at("scale_to_zero_grace", 600)), [175, 975]);
  deepEqual(await idleUntil(at("target_burst_capacity", -1)), [175, 975]);
  // Room for the burst with one instance: the network has to be led to the activator first.
  deepEqual(await idleUntil(at("target_burst_capacity", 0)), [202, 1002]);
  deepEqual(await idleUntil(at("target_burst_capacity", 50)), [202, 1002]);
  deepEqual(
    await idleUntil(at("scale_to_zero_pod_retention_period", "65s")),
    [
      237,
      1037,
    ],
  );
});

Deno.test("knative: the target is 70 % of what an instance may have, which its concurrency bounds", async () => {
  const eight = (set: Readonly<Record<string, unknown>>) =>
    run(Array(8).fill(100), { platform: "knative", ...set }, 600);
  const one = await eight({ "gateway.concurrency_per_instance": 1 });
  equal(starts(one).length, 8);
  ok(Math.max(...starts(one)) <= 106, `${starts(one)}`);
  ok(one.summary.ttft_s.p50! >= 12 && one.summary.ttft_s.p50! <= 14, `${one.summary.ttft_s.p50}`);
  // Knative's own name of it. 8 / (4 x 0.7) = 3; 8 / 80 and 8 / 100 are one.
  const named = (concurrency: number) =>
    eight({ "scaling.knative_kpa.container_concurrency": concurrency });
  equal(starts(await named(4)).length, 3);
  equal(starts(await named(80)).length, 1);
  equal(starts(await eight({})).length, 1);
  equal(starts(await eight({ "scaling.knative_kpa.target": 4 })).length, 3);
});

Deno.test("knative: a new revision starts at its initial scale, and keeps it until all have been ready", async () => {
  const result = await run([100], {
    platform: "knative",
    "scaling.knative_kpa.initial_scale": 3,
    "scaling.max_instances": 8,
  });
  deepEqual(spans(result, "starting"), [[0, 10], [0, 10], [0, 10], [100, 110]]);
  // All have been ready at 10 s. Without load the windows ask for none, at most halved per tick: one,
  // which is active for a window, and goes three seconds later.
  deepEqual(spans(result, "ready"), [[10, 73], [110, 175]]);
});

Deno.test("knative: the activator holds requests back that no instance has room for, else they wait in one", async () => {
  // Two instances of one request each; A works from 20 to 80 s on the first, B from 21 to 22 s on the
  // second, and C comes at 21.5 s, whose turn is the first.
  const waits = async (capacity: number) => {
    const { requests } = await simulate(
      loadConfig(BASE, {
        set: {
          platform: "knative",
          "scaling.min_instances": 2,
          "gateway.concurrency_per_instance": 1,
          "cluster.routing.policy": "round-robin",
          "scaling.knative_kpa.target_burst_capacity": capacity,
        },
      }),
      {
        traceText: "arrival_s,prompt_tokens,output_tokens\n20,10,600\n21,10,10\n21.5,10,10\n",
        files,
      },
    );
    return Array.from(requests.firstTokenAtSeconds, (at) => Math.round(10 * at) / 10);
  };
  // In its path: C waits at the gateway for whoever is free first, which is B's instance at 22 s.
  deepEqual(await waits(211), [20.1, 21.1, 22.1]);
  deepEqual(await waits(-1), [20.1, 21.1, 22.1]);
  // Not in its path: C waits at the proxy of the first instance until A is through.
  deepEqual(await waits(0), [20.1, 21.1, 80.1]);
  // Room for a burst of one with two instances: 2 - 1 - 0 until A comes, and from then on none.
  deepEqual(await waits(1), [20.1, 21.1, 80.1]);
  deepEqual(await waits(3), [20.1, 21.1, 22.1]);
});

Deno.test("keda: the first instance starts at KEDA's own look, every polling interval", async () => {
  const first = async (set: Readonly<Record<string, unknown>>) =>
    starts(
      await run([91, 900], {
        "scaling.policy": "keda",
        "scaling.activation": "none",
        ...NO_KEEP_ALIVE,
        ...set,
      }),
    )[0];
  equal(await first({ "scaling.keda.polling": 5 }), 95);
  equal(await first({ "scaling.keda.polling_interval": 7 }), 91);
  equal(await first({ "scaling.keda.polling": 13 }), 91);
  equal(await first({}), 120);
  equal(await first({ "scaling.keda.polling": 5, "scaling.period": 60 }), 95);
});

Deno.test("hpa: as many instances as there are is the first recommendation, for the stabilisation", async () => {
  const result = await run([100, 900], {
    "scaling.policy": "hpa",
    "scaling.min_instances": 1,
    "cold_start.initial_instances": 8,
    ...NO_KEEP_ALIVE,
  });
  deepEqual(spans(result, "ready").map(([, to]) => to).slice(1), Array(7).fill(315));
  equal(starts(result).length, 0);
});

/** Four requests a second of 10 s each: 40 in flight on four instances, the first of which are lost. */
const STEADY = `
simulation: { duration: 900s }
workload:
  type: uniform
  arrival_rate: 4
  prompt_length: { distribution: constant, mean: 10 }
  decode_length: { distribution: constant, mean: 100 }
execution: { source: constant, step_seconds: 0.1 }
cold_start: { preset: start.yaml, initial_instances: 4 }
scaling: { min_instances: 1, keep_alive: { policy: always } }
faults: { failures: { mtbf: 4000s } }
`;

Deno.test("a lost instance is started anew at once: the number of replicas is what it was", async () => {
  const rows: readonly Readonly<Record<string, unknown>>[] = [
    { policy: "hpa", hpa: { target: 10, tolerance: 0.5 } },
    { policy: "knative-kpa", knative_kpa: { target: 20, scale_down_delay: 900 } },
    { policy: "schedule", period: 60, schedule: { entries: [{ instances: 4 }] } },
    {
      policy: "keda",
      keda: {
        triggers: [{ metric: "concurrency", target: 13 }],
        behavior: { scale_down: { select_policy: "disabled" } },
      },
    },
    { policy: "ray-serve", ray_serve: { target_ongoing_requests: 13, downscale_delay: 900 } },
    { policy: "llm-d-wva", llm_d_wva: { optimization_interval: 900 } },
    { policy: "dynamo-planner", dynamo_planner: { throughput_adjustment_interval: 2000 } },
    { policy: "target-tracking", target_tracking: { target: 10.5 } },
  ];
  for (const scaling of rows) {
    const result = await simulate(loadConfig([STEADY, JSON.stringify({ scaling })]), { files });
    const begins = starts(result);
    ok(begins.length > 0, `${scaling.policy}: nothing is lost`);
    equal(begins.length, result.summary.faults!.failures, `${scaling.policy}`);
    const ends = [...spans(result, "ready"), ...spans(result, "starting")].map(([, to]) => to);
    for (const at of begins) {
      ok(ends.includes(at), `${scaling.policy}: a start at ${at}, none lost`);
    }
  }
  // A policy that says how many more or fewer has no number to keep up: it starts what is lost when it
  // is asked.
  const scaling = { policy: "concurrency", period: 60, concurrency: { target: 10 } };
  const late = await simulate(loadConfig([STEADY, JSON.stringify({ scaling })]), { files });
  ok(starts(late).length > 0 && starts(late).every((at) => at % 60 === 0), `${starts(late)}`);
  // SkyServe's controller asks for what is missing of its target, at its next decision.
  const sky = {
    policy: "sky-serve",
    sky_serve: { target_qps_per_replica: 1.2, upscale_delay: 20 },
  };
  const next = await simulate(loadConfig([STEADY, JSON.stringify({ scaling: sky })]), { files });
  ok(starts(next).length > 0 && starts(next).every((at) => at % 20 === 0), `${starts(next)}`);
});
