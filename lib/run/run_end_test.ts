import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

const START = `
id: start10
summary: A start of 10 seconds
sources: ["made up"]
stages:
  - { stage: container_create, after: [], seconds: 10 }
`;

/** A token takes 0.1 s, a start 10 s, a GPU-second costs 0.001 USD; idle instances stop after 5 s. */
const BASE = `
model: { name: llama-3.1-8b }
execution: { source: constant, step_seconds: 0.1 }
cold_start: { preset: start10.yaml }
cost: { gpu_cost_per_hour: { H100: 3.6 } }
scaling: { policy: none, keep_alive: { seconds: 5 } }
workload: { type: trace, trace: { path: one.csv } }
simulation: { duration: 300 }
`;
const ONE = "arrival_s,prompt_tokens,output_tokens\n100,10,10\n";

async function run(yaml: string, traceText = ONE) {
  const files = new Map([["start10.yaml", START]]);
  const { summary, instances, timeSeries, engine } = await simulate(loadConfig([BASE, yaml]), {
    traceText,
    files,
  });
  return {
    summary,
    notices: engine.notices,
    endSeconds: timeSeries.timeSeconds.at(-1)!,
    stops: Array.from(instances.endAtSeconds).filter((_, i) =>
      instances.phaseNames[instances.phase[i]] === "ready"
    ),
    usd: Number(summary.cost.total_usd!.toFixed(9)),
  };
}
const near = (value: number, wanted: number) => ok(Math.abs(value - wanted) < 1e-9, `${value}`);

Deno.test("a run from a trace pays the idle time until its fleet has scaled down", async () => {
  const { usd, stops, endSeconds, summary } = await run("");
  // Start 10 s, work 1 s, idle 5 s.
  equal(usd, 0.016);
  deepEqual(stops, [116]);
  equal(endSeconds, 116);
  // Rates count to the last completion, at 111 s.
  near(summary.throughput_rps, 1 / 111);
  near(summary.output_tokens_per_s, 10 / 111);
});

Deno.test("simulation.end says how long a run goes on after its last request", async () => {
  const of = async (end: string) => {
    const { usd, endSeconds, summary } = await run(`simulation: { end: ${end} }`);
    near(summary.throughput_rps, 1 / 111);
    return [usd, endSeconds];
  };
  deepEqual(await of("last-completion"), [0.011, 111]);
  deepEqual(await of("scaled-down"), [0.016, 116]);
  deepEqual(await of("duration"), [0.016, 300]);
});

Deno.test("a run that is not drained has its timers go on to its end", async () => {
  const { usd, stops, endSeconds } = await run("simulation: { drain: false }");
  deepEqual([usd, stops, endSeconds], [0.016, [116], 300]);
});

Deno.test("requests by number and closed loops end by the same rule, drawn time by its duration", async () => {
  const drawn = "workload: { type: uniform, arrival_rate: 0.01, " +
    "prompt_length: { distribution: constant, mean: 10 }, " +
    "decode_length: { distribution: constant, mean: 10 }";
  const byNumber = await run(`${drawn}, num_requests: 1 }`);
  equal(byNumber.usd, 0.016);
  const loop = await run(`${drawn}, num_requests: 2, closed_loop: { concurrency: 1 } }`);
  // Both in one life: start 10, twice 1, idle 5.
  equal(loop.usd, 0.017);
  const whole = await run(`${drawn} }`);
  // The third arrives at 300 s.
  equal(whole.endSeconds, 311);
  near(whole.summary.throughput_rps, whole.summary.requests.completed / whole.endSeconds);
  const longer = await run(`${drawn} }\nsimulation: { duration: 350 }`);
  equal(longer.endSeconds, 350);
  near(longer.summary.throughput_rps, 3 / 350);
});

Deno.test("what is kept for good does not keep a run going", async () => {
  const kept = await run("scaling: { min_instances: 1, max_instances: 1 }");
  // The first instance is there from the beginning.
  equal(kept.endSeconds, 101);
  equal((await run("scaling: { keep_alive: { policy: always } }")).endSeconds, 111);
  equal((await run("scaling: { enabled: false }")).endSeconds, 101);
});

Deno.test("policies that look back are waited for until they have settled", async () => {
  const knative = await run(
    "scaling: { policy: knative-kpa, keep_alive: { policy: always } }",
  );
  ok(knative.stops[0] > 111 + 60 && knative.stops[0] < 111 + 120, `${knative.stops}`);
  equal(knative.endSeconds, knative.stops[0]);
  const hpa = await run("scaling: { policy: hpa, keep_alive: { policy: always } }");
  // A HorizontalPodAutoscaler keeps one; it is given its window of 300 s and no more.
  ok(hpa.endSeconds > 111 + 300 && hpa.endSeconds < 111 + 400, `${hpa.endSeconds}`);
});

Deno.test("a start ahead of a request that never comes is paid for", async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i * 600},10,10`).join("\n");
  const yaml = "scaling: { keep_alive: { policy: hybrid-histogram } }\n" +
    "metrics: { collect_interval: 60 }";
  const { stops, endSeconds, summary } = await run(
    yaml,
    `arrival_s,prompt_tokens,output_tokens\n${rows}\n`,
  );
  const lastServed = summary.requests.completed / summary.throughput_rps;
  ok(stops.at(-1)! > lastServed + 60, `${stops.at(-1)} after ${lastServed}`);
  equal(endSeconds, stops.at(-1));
});

Deno.test("a sleeping instance is paid for until its time is over", async () => {
  const { endSeconds, summary } = await run(
    "scaling: { keep_alive: { sleep: { level: 1, ttl: 50 } } }\ncold_start: { preset: simple }",
  );
  const served = summary.requests.completed / summary.throughput_rps;
  near(endSeconds, served + 5 + 50);
  equal(summary.sleep!.expired, 1);
});

Deno.test("a timetable that wants instances for good does not keep a run going", async () => {
  const { endSeconds } = await run(
    "scaling: { policy: schedule, schedule: { entries: [{ from: 0s, instances: 3 }] } }",
  );
  ok(endSeconds < 111 + 60, `${endSeconds}`);
});
