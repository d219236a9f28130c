/**
 * Timelines of random runs: they keep the rules of their format, add up to what the run did, and
 * change nothing of it.
 *
 * @module
 */
import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster, simulateObserved } from "../../lib/cluster/simulate.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { runDigest } from "../../lib/metrics/digest.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import {
  buildTrace,
  TraceRecorder,
  type TraceRecorderOptions,
} from "../../lib/report/trace_events/mod.ts";
import { simulate, type SimulateOptions } from "../../lib/run/simulate.ts";
import { upSeconds } from "../../lib/serverless/life_phases.ts";
import { everythingParts } from "../support/everything_parts.ts";
import { type EverythingCase, everythingCases } from "../support/random_everything.ts";
import { checkTrace, type TraceEvent } from "../support/trace_rules.ts";

const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 300) / 4;
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261202);

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const near = (one: number, other: number, what: string) =>
  ok(Math.abs(one - other) <= 1e-6 * (1 + Math.abs(other)), `${what}: ${one}, not ${other}`);

function argument(events: readonly TraceEvent[], name: string): number {
  return sum(events.map(({ args }) => Number(args?.[name] ?? 0)));
}

const slicesOf = (events: readonly TraceEvent[], category: string) =>
  events.filter(({ ph, cat }) => ph === "X" && cat === category);
const seconds = (events: readonly TraceEvent[]) => sum(events.map(({ dur }) => dur! / 1e6));

/** A drawing of the whole run says what the run did. */
function addsUp(events: readonly TraceEvent[], { totals, lives, ...run }: RunRecord): void {
  const steps = slicesOf(events, "step");
  const all = totals.list();
  equal(argument(steps, "steps"), run.stepsLeapt + run.stepsSingle);
  equal(argument(steps, "prefill_tokens"), sum(all.map(({ promptTokens }) => promptTokens)));
  const busy = argument(steps.filter(({ args }) => args?.busy_s !== undefined), "busy_s") +
    seconds(steps.filter(({ args }) => args?.busy_s === undefined));
  near(busy, sum(all.map(({ busySeconds }) => busySeconds)), "time in steps");
  const up = slicesOf(events, "life").filter(({ name }) => name === "up");
  near(seconds(up), sum(lives.map(upSeconds)), "time of instances");
  const tracks = events.filter(({ name, args }) =>
    name === "thread_name" && /^instance \d+ \(/.test(String(args!.name))
  );
  const members = (run.pools ?? []).flatMap((pool) => pool.members);
  const since = new Map(members.map((one) => [one.instanceId, one.createdAtSeconds]));
  const lived = lives.filter(({ instanceId, createdAtSeconds, stoppedAtSeconds }) =>
    stoppedAtSeconds > (since.get(instanceId) ?? createdAtSeconds)
  );
  equal(tracks.length, lived.length);
}

/** A random run told to a recorder; undefined where it is refused. */
async function observed(
  test: EverythingCase,
  options: TraceRecorderOptions,
): Promise<{ recorder: TraceRecorder; record: RunRecord } | undefined> {
  const recorder = new TraceRecorder(options);
  try {
    const record = await simulateObserved(everythingParts(test, "leap"), recorder);
    return { recorder, record };
  } catch (error) {
    if (error instanceof RangeError && /^Cannot (make|place|share)/.test(error.message)) return;
    throw error;
  }
}

function drawn(recorder: TraceRecorder, record: RunRecord) {
  const functionNames = Array.from(
    { length: 9 },
    (_, i) => `"f${i}" <b>é</b> ${"long ".repeat(9)}`,
  );
  const trace = buildTrace(recorder, { timeSeries: record.timeSeries, functionNames });
  const text = [...trace.text()].join("");
  equal(text.length, trace.bytes);
  return { text, notices: trace.notices };
}

const windows = fc.tuple(fc.double({ min: 0, max: 20, noNaN: true }), fc.constantFrom(0.5, 8, 1e9));

Deno.test("timelines of random runs keep the rules, add up, stay small and change nothing", async () => {
  const seen = { whole: 0, windows: 0, coarser: 0, fewer: 0, cut: 0, told: 0 };
  const property = fc.asyncProperty(
    everythingCases,
    windows,
    fc.constantFrom(0, 0, 0.01, 1),
    async (test, [from, length], resolutionSeconds) => {
      const run = await observed(test, { resolutionSeconds });
      if (run === undefined) return;
      const plain = simulateCluster(everythingParts(test, "leap"));
      equal(await runDigest(run.record.columns), await runDigest(plain.columns));
      const { text, notices } = drawn(run.recorder, run.record);
      deepEqual(notices, []);
      const events = checkTrace(text);
      addsUp(events, run.record);
      seen.whole++;
      seen.cut += Number(text.includes("step that never ends"));
      seen.told += Number(text.includes("told to stop"));
      const window = [from, from + length] as const;
      const part = await observed(test, { windowSeconds: window, resolutionSeconds });
      const inside = checkTrace(drawn(part!.recorder, part!.record).text);
      for (const { ts, dur = 0, ph } of inside) {
        if (ph === "M") continue;
        ok(ts! >= 1e6 * window[0] - 1e-2 && ts! + dur <= 1e6 * window[1] + 1e-2);
      }
      seen.windows += Number(slicesOf(inside, "step").length > 0);
      const maxBytes = Math.max(9000, Math.ceil(text.length * 0.6));
      if (text.length <= maxBytes) return;
      const small = await observed(test, { maxBytes });
      const less = drawn(small!.recorder, small!.record);
      ok(less.text.length <= maxBytes && less.notices.length > 0, `${less.text.length} bytes`);
      const lessEvents = checkTrace(less.text);
      const isFewer = less.notices.some((notice) => /leaves out .* instances/.test(notice));
      if (isFewer) seen.fewer++;
      else addsUp(lessEvents, small!.record);
      seen.coarser += Number(less.notices.some((notice) => /as one slice/.test(notice)));
    },
  );
  await fc.assert(property, { numRuns: CASES, seed: SEED });
  console.log(JSON.stringify(seen));
  const { whole, windows: parts, told, coarser, fewer } = seen;
  ok(whole > CASES / 2 && parts > CASES / 6 && told > CASES / 6 && coarser + fewer > 3);
});

/** Configurations whose starts move bytes: shared and own links, caches, pools, sleep. */
const starting = fc.record({
  nodes: fc.constantFrom("", "cluster: { nodes: [{ count: 2, gpus: 4, gpu_type: H100 }] }"),
  preset: fc.constantFrom(undefined, "serverlessllm", "medusa"),
  keepAlive: fc.constantFrom(1, 5, 60),
  rate: fc.constantFrom(0.2, 2),
  most: fc.constantFrom(2, 6),
  seed: fc.nat(1000),
  warmup: fc.constantFrom("0", "mser5"),
});

Deno.test("arrows of transfers go from their source to the stages that wait for them", async () => {
  let arrows = 0, shared = 0;
  const property = fc.asyncProperty(starting, async (start) => {
    const { nodes, preset, keepAlive, rate, most, seed, warmup } = start;
    const config = loadConfig([
      `simulation: { random_seed: ${seed}, warmup_duration: ${warmup} }`,
      `workload: { type: poisson, arrival_rate: ${rate}, num_requests: 40 }`,
      "model: { name: llama-3.1-8b }",
      nodes,
      `cold_start: { enabled: true${preset === undefined ? "" : `, preset: ${preset}`} }`,
      `scaling: { policy: concurrency, min_instances: 0, max_instances: ${most}, ` +
      `keep_alive: { seconds: ${keepAlive} } }`,
    ].filter((text) => text !== ""));
    const recorder = new TraceRecorder();
    const options = { observer: recorder } as SimulateOptions;
    const result = await simulate(config, options);
    const trace = buildTrace(recorder, result);
    const events = checkTrace([...trace.text()].join(""));
    addsUp(events, recorder.record);
    const steps = slicesOf(events, "step");
    equal(result.summary.requests.completed, 40);
    equal(argument(steps, "decode_tokens"), sum(result.requests.outputTokens) - 40);
    equal(
      Math.max(...steps.map(({ args }) => Number(args!.kv_blocks))),
      recorder.record.peakBlocks,
    );
    // Every transfer that has arrived has an arrow to each stage that has waited for it and is over.
    const { stageSpans } = recorder.record;
    const awaited = recorder.transfers.filter(({ isCut }) => !isCut).flatMap((transfer) =>
      transfer.waiters.filter(({ instanceId, stage }) =>
        stageSpans.instanceId.subarray(0, stageSpans.count).some((id, row) =>
          id === instanceId && stageSpans.names[stageSpans.stage[row]] === stage
        )
      )
    );
    const landings = events.filter(({ ph }) => ph === "f");
    equal(landings.length, awaited.length);
    arrows += landings.length;
    shared += recorder.transfers.filter(({ waiters }) => waiters.length > 1).length;
    // Bytes of weights at their sources are what the links have moved.
    const moved = slicesOf(events, "transfer");
    equal(moved.length, recorder.transfers.length);
    equal(argument(moved, "bytes"), sum(recorder.transfers.map(({ bytes }) => bytes)));
  });
  await fc.assert(property, { numRuns: Math.ceil(CASES / 6), seed: SEED });
  console.log(JSON.stringify({ arrows, shared }));
  ok(arrows > 50);
});
