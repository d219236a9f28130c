import { equal, ok } from "#assert";
import { loadConfig } from "../config/load.ts";
import type { RunInputs } from "../run/cluster.ts";
import { arrivals } from "../run/requests.ts";
import { findCapacities } from "./capacity.ts";
import { makeRunner } from "./evaluate.ts";
import { pace, withRateFactor } from "./load.ts";
import { readObjectives } from "./objectives.ts";
import { steadyNeed, steadyWorkload } from "./steady.ts";

/** Steps of 50 ms for up to 16 sequences of 20 tokens: at most 16 requests/s leave an instance. */
const ENGINE = `
simulation: { random_seed: 3 }
execution: { source: constant, step_seconds: 50 ms }
scheduler: { max_num_seqs: 16, max_num_batched_tokens: 4096 }
scaling: { enabled: false }
workload:
  type: poisson
  arrival_rate: 60
  prompt_length: { distribution: constant, mean: 10 }
  decode_length: { distribution: constant, mean: 20 }
`;

async function capacityOf(
  text: string,
  slo: string,
  { texts = {}, seeds = 2, tolerance = 0.02 }: {
    readonly texts?: RunInputs;
    readonly seeds?: number;
    readonly tolerance?: number;
  } = {},
) {
  const store = await Deno.makeTempDir();
  const runner = makeRunner({ store, workers: 1, texts });
  try {
    const config = loadConfig([ENGINE, text]);
    const [found] = await findCapacities([{ config, ...pace(config, texts) }], {
      ...{ objectives: readObjectives(slo), runner, seeds, tolerance },
    });
    return found;
  } finally {
    runner.close();
    await Deno.remove(store, { recursive: true });
  }
}

Deno.test("a capacity does not depend on how many requests the workload has, and is one that is served", async () => {
  // 300 requests at once are served soon enough for these limits: the rate of a burst is no capacity.
  const cases = [["ttft_p50<9.5s", 300, 1000, 10_000], ["tpot_p90<1s", 300, 1000]] as const;
  for (const [slo, ...counts] of cases) {
    const found: number[] = [];
    for (const count of counts) {
      const { interval, notice, points } = await capacityOf(
        `workload: { num_requests: ${count} }`,
        slo,
        { tolerance: 0.04 },
      );
      equal(notice, undefined);
      const { estimate } = interval!;
      ok(estimate > 16 * 0.9 && estimate < 16 * 1.04, `${slo}, ${count} requests: ${estimate}`);
      ok(points.every(({ run }) => Number(run.figures["requests.arrived"]) >= count));
      found.push(estimate);
    }
    ok(Math.max(...found) < 1.04 * Math.min(...found), `${slo}: ${found}`);
  }
});

Deno.test("arrivals last until their longest request is a fifth of the time, whatever its length", async () => {
  const { points, notice } = await capacityOf(
    "scheduler: { max_num_seqs: 200 }\nworkload: { num_requests: 50, decode_length: { mean: 2000 } }",
    "tpot_p50<1s",
    { seeds: 1, tolerance: 0.1 },
  );
  equal(notice, undefined);
  for (const { run, ratePerSecond, holds } of points.filter((one) => one.holds)) {
    const span = Number(run.figures["requests.arrived"]) / ratePerSecond;
    ok(span >= 4.9 * Number(run.figures["e2e_s.max"]), `${span} s, ${holds}`);
  }
});

Deno.test("bursts are scaled with the rate; a trace is replayed whole, and said to be short", async () => {
  const bursts =
    "workload: { type: synthetic, burst: { base_rate: 0, burst_rate: 40, period: 20 s," +
    " length: 4 s } }";
  const config = loadConfig([ENGINE, bursts]);
  equal(pace(config, {}).ratePerSecond, 8);
  equal(pace(withRateFactor(config, 2), {}).ratePerSecond, 16);
  const { interval } = await capacityOf(bursts, "ttft_p95<5s", { seeds: 1, tolerance: 0.1 });
  // A burst of four seconds is served in five and more: a fifth of the time at rates of 5 x 16/s.
  ok(interval!.estimate > 4 && interval!.estimate < 16, `${interval!.estimate}`);
  const rows = "arrived_at,num_prefill_tokens,num_decode_tokens\n" +
    Array.from({ length: 40 }, (_, i) => `${i / 20},10,20`).join("\n") + "\n";
  const short = await capacityOf(
    "workload: { type: trace, trace: { path: t.csv } }",
    "ttft_p95<1s",
    {
      ...{ texts: { traceText: rows }, seeds: 1, tolerance: 0.1 },
    },
  );
  ok(/the capacity is that of a burst/.test(short.notice!), `${short.notice}`);
});

Deno.test("a steady workload is as long as is needed and keeps what is longer", () => {
  const need = steadyNeed(readObjectives("ttft_p99<2s,tpot_p99<50ms"), 0.02);
  equal(need.spanSeconds, 100);
  equal(need.requests, 12_500);
  const short = loadConfig([ENGINE, "workload: { num_requests: 300 }"]);
  const { config, spanSeconds, canGrow } = steadyWorkload(short, 50, need);
  equal(config.workload.num_requests, 12_500);
  equal(config.simulation.warmup_requests, 2500);
  equal([spanSeconds, canGrow].join(), "250,true");
  const long = loadConfig([ENGINE, "simulation: { duration: 10 h }"]);
  equal(steadyWorkload(long, 1, need).config.simulation.duration, 36_000);
  const own = loadConfig([ENGINE, "simulation: { warmup_duration: mser5 }"]);
  equal(steadyWorkload(own, 1, need).config.simulation.warmup_duration, "mser5");
  // The hour of the embedded workload is simulated whole, as often as is needed.
  const hour = loadConfig(["workload: { num_requests: 300 }"]);
  const { periodSeconds } = arrivals(hour.workload);
  equal(steadyWorkload(hour, 2, need).spanSeconds % periodSeconds!, 0);
  ok(periodSeconds! > 3000);
});
