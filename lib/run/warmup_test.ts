import { deepEqual, equal, match, ok } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

/** The first requests wait for an instance to start, the others do not. */
const COLD = `
simulation: { duration: 600, random_seed: 5 }
workload: { type: poisson, arrival_rate: 3 }
scaling: { min_instances: 0, max_instances: 1 }
cold_start: { initial_instances: 0 }`;

const run = (yaml: string, warmup: string | number) =>
  simulate(loadConfig([yaml, `simulation: { warmup_duration: ${warmup} }`]));

Deno.test("warmup_duration mser5 is a warm-up like any other: that of the time that it finds", async () => {
  const found = await run(COLD, "mser5");
  const { from_s } = found.summary.measured;
  ok(from_s > 1 && from_s < 120, `the warm-up is ${from_s} s`);
  const given = await run(COLD, from_s);
  // Gaps between tokens are split at the instant itself, so all figures are equal, not nearly so.
  deepEqual(found.summary, given.summary);
  deepEqual(found.tbtCdf, given.tbtCdf);
  const whole = await run(COLD, 0);
  equal(found.summary.digest, whole.summary.digest);
  ok(found.summary.ttft_s.max! < whole.summary.ttft_s.max! / 2, "the wait for the start is cut");
  const notice = found.engine.notices.find((line) => line.includes("mser5"))!;
  match(
    notice,
    new RegExp(`^the warm-up by mser5 is ${from_s.toFixed(1)} s, \\d+ of \\d+ completed`),
  );
});

Deno.test("mser5 finds no warm-up where all requests are alike, and says so", async () => {
  const alike = `
simulation: { duration: 60 }
workload: { type: uniform, arrival_rate: 1,
  prompt_length: { distribution: constant, mean: 500 },
  decode_length: { distribution: constant, mean: 20 } }
scaling: { min_instances: 1 }
cold_start: { initial_instances: 1 }`;
  const found = await run(alike, "mser5");
  equal(found.summary.measured.from_s, 0);
  ok(found.engine.notices.some((line) => /mser5 is none, 0 of \d+ completed/.test(line)));
  deepEqual(found.summary, (await run(alike, 0)).summary);
});

Deno.test("mser5 says when there are too few requests, and when half of the run is a warm-up", async () => {
  const few = await run(COLD.replace("duration: 600", "duration: 2"), "mser5");
  ok(few.engine.notices.some((line) => /mser5 is none: it takes 10 completed requests/.test(line)));
  // More arrives than is served: latencies grow to the end.
  const growing = `
simulation: { duration: 60 }
workload: { type: poisson, arrival_rate: 200 }
scaling: { min_instances: 1, max_instances: 1 }`;
  const { engine } = await run(growing, "mser5");
  ok(
    engine.notices.some((line) => /mser5 is .* half of the run, which is too short/.test(line)),
    engine.notices.join("\n"),
  );
});
