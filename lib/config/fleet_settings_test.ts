import { equal, ok } from "#assert";
import { loadConfig } from "./load.ts";
import { simulate } from "../run/simulate.ts";

const run = (yaml: string) => simulate(loadConfig(yaml));

Deno.test("longer keep-alive: idle cost never falls, cold starts never rise", async () => {
  let idleBefore = -1;
  let coldBefore = Infinity;
  for (const seconds of [0, 10, 60, 300, 900]) {
    const { summary: { cost, cold_start_rate } } = await run(`
      simulation: { duration: 7200s }
      workload: { type: gamma, cv: 4, arrival_rate: 0.02, num_requests: 150 }
      cost: { billing: { granularity: 0s } }
      scaling: { policy: queue-delay, max_instances: 1, keep_alive: { seconds: ${seconds}s } }`);
    ok(cost.idle_usd! >= idleBefore, `${seconds} s: ${cost.idle_usd} after ${idleBefore}`);
    ok(cold_start_rate <= coldBefore, `${seconds} s: ${cold_start_rate} after ${coldBefore}`);
    [idleBefore, coldBefore] = [cost.idle_usd!, cold_start_rate];
  }
});

Deno.test("under constant load no policy changes the fleet once it has settled", async () => {
  for (const policy of ["concurrency", "knative-kpa", "hpa", "slo", "predictive", "queue-delay"]) {
    const { timeSeries } = await run(`
      simulation: { duration: 1800s }
      slo: { ttft_s: 1s, tpot_s: 50ms }
      workload:
        type: uniform
        arrival_rate: 10
        prompt_length: { distribution: constant, mean: 512 }
        decode_length: { distribution: constant, mean: 128 }
      scaling:
        policy: ${policy}
        concurrency: { target: 4 }
        knative_kpa: { target: 4 }
        hpa: { target: 4 }`);
    const up = (i: number) => timeSeries.starting[i] + timeSeries.idle[i] + timeSeries.busy[i];
    let changes = 0;
    for (let i = 600; i < 1790; i++) if (up(i) !== up(i - 1)) changes++;
    ok(changes <= 1, `${policy}: ${changes} changes`);
  }
});

Deno.test("scale to zero happens when the keep-alive is over, not before and not later", async () => {
  const { requests, instances } = await run(`
    workload: { type: uniform, arrival_rate: 0.005, num_requests: 4 }
    scaling: { keep_alive: { seconds: 40s } }`);
  const ready = Array.from(instances.phase).map((phase) => instances.phaseNames[phase]);
  const stops = instances.endAtSeconds.filter((_, i) => ready[i] === "ready");
  // The run ends with the last request.
  for (let i = 0; i < 3; i++) {
    ok(Math.abs(stops[i] - requests.completedAtSeconds[i] - 40) < 1e-9, `${stops[i]}`);
  }
  equal(stops.length, 4);
});
