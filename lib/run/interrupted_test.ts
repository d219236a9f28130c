import { deepEqual, equal, match, ok, rejects } from "#assert";
import { loadConfig } from "../config/load.ts";
import { Interrupted, interruptedAt } from "../sim/interrupted.ts";
import { attendRuns } from "./attendance.ts";
import { simulate } from "./simulate.ts";

/** Long enough for hundreds of looks at a signal. */
const LONG = `
simulation: { duration: 3600, random_seed: 7 }
workload: { type: poisson, arrival_rate: 20 }
cluster: { num_replicas: 8 }
scaling: { enabled: false }`;

/** Fails with what was thrown; fails if nothing was. */
async function thrownBy(run: Promise<unknown>): Promise<Interrupted> {
  try {
    await run;
  } catch (error) {
    ok(error instanceof Interrupted, String(error));
    return error;
  }
  throw new Error("the run has ended");
}

/** A run that aborts itself as soon as so much time is simulated. */
function abortedAt(yaml: string, atSeconds: number) {
  const controller = new AbortController();
  let seenSeconds = 0;
  const run = simulate(loadConfig(yaml), {
    signal: controller.signal,
    onProgress(_share, nowSeconds) {
      seenSeconds = nowSeconds;
      if (nowSeconds >= atSeconds) controller.abort("enough");
    },
  });
  return { run, seen: () => seenSeconds };
}

Deno.test("a run with a signal that nobody aborts is the run without one, to the byte", async () => {
  for (
    const extra of ["", "simulation: { warmup_duration: mser5 }", "simulation: { stepping: step }"]
  ) {
    const config = loadConfig([LONG, "simulation: { duration: 240 }", extra]);
    const plain = await simulate(config);
    const watched = await simulate(config, { signal: new AbortController().signal });
    deepEqual(watched, plain);
  }
});

Deno.test("an aborted run ends with how far it was, soon after the abort", async () => {
  const { run, seen } = abortedAt(LONG, 1224);
  const error = await thrownBy(run);
  equal(error.cause, "enough");
  const [, percent, at, of] = /^interrupted at (\d+) %, ([\d,]+) s of ([\d,]+) s$/.exec(
    error.message,
  )!;
  equal(of, "3,600");
  equal(Number(percent), Math.floor(error.share * 100));
  const atSeconds = Number(at.replace(",", ""));
  ok(Math.abs(atSeconds / 3600 - error.share) < 1e-3);
  // The abort came at the report after 1224 s; a few thousand events are some seconds of this run.
  ok(atSeconds >= 1224 && atSeconds <= seen() + 60, `${at} s, the last report at ${seen()} s`);
});

Deno.test("a run of a number of requests, whose end nobody knows, is told by its requests", async () => {
  const { run } = abortedAt(LONG.replace("20 }", "20, num_requests: 30000 }"), 300);
  match(
    (await thrownBy(run)).message,
    /^interrupted at \d+ %, [\d,]+ of 30,000 requests, [\d,]+ s$/,
  );
});

Deno.test("a run with a signal lets timers of the program through", async () => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 20);
  // Hours that take far longer than the timer.
  const error = await thrownBy(
    simulate(loadConfig([LONG, "simulation: { duration: 20000 }"]), { signal: controller.signal }),
  );
  clearTimeout(timer);
  ok(error.share < 0.9, error.message);
});

Deno.test("a signal that is aborted before the run has begun ends it at 0 %", async () => {
  const error = await thrownBy(simulate(loadConfig(LONG), { signal: AbortSignal.abort() }));
  equal(error.message, "interrupted at 0 %, 0 s of 3,600 s");
});

Deno.test("who attends runs may stop each that has no signal of its own, and is told when it is over", async () => {
  const told: string[] = [];
  let began = 0;
  const controller = new AbortController();
  attendRuns(() => {
    const name = `run ${began++}`;
    return {
      signal: controller.signal,
      onProgress: () => told.push(`${name} goes on`),
      end: () => told.push(`${name} ends`),
    };
  });
  try {
    const config = loadConfig([LONG, "simulation: { duration: 120 }"]);
    await simulate(config);
    ok(told.includes("run 0 goes on"));
    equal(told.at(-1), "run 0 ends");
    await rejects(simulate(loadConfig("model: { name: none-of-that-name }")), RangeError);
    equal(told.at(-1), "run 1 ends");
    controller.abort();
    await rejects(simulate(config), Interrupted);
    equal(told.at(-1), "run 2 ends");
    await simulate(config, { signal: new AbortController().signal });
  } finally {
    attendRuns(undefined);
  }
  const { length } = told;
  await simulate(loadConfig([LONG, "simulation: { duration: 120 }"]));
  equal(told.length, length);
});

Deno.test("interruptedAt() says shares, times and numbers as a reader would", () => {
  const cases = [
    [
      { done: 3, of: 10, things: "requests", atSeconds: 1224.4, ofSeconds: 3600 },
      "34 %, 1,224 s of 3,600 s",
    ],
    [
      { done: 3, of: 10, things: "requests", atSeconds: 0.5, ofSeconds: 1234567.8 },
      "0 %, 0.5 s of 1,234,568 s",
    ],
    // Requests are finished after the end of the arrivals.
    [
      { done: 999, of: 1000, things: "requests", atSeconds: 3601, ofSeconds: 3600 },
      "99 %, 999 of 1,000 requests, 3,601 s",
    ],
    [
      { done: 7, of: 9, things: "requests", atSeconds: 12.345, ofSeconds: Infinity },
      "77 %, 7 of 9 requests, 12.3 s",
    ],
    [{ done: 0, of: 0, things: "requests", atSeconds: 0, ofSeconds: 0 }, "0 %, 0 of 0 requests"],
    [{ done: 3, of: 10, things: "replications" }, "30 %, 3 of 10 replications"],
  ] as const;
  for (const [at, says] of cases) equal(interruptedAt(at).message, `interrupted at ${says}`);
});
