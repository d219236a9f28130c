import { deepEqual, equal, match, ok, throws } from "#assert";
import type { ObservedSteps } from "../../metrics/run_observer.ts";
import type { RunRecord } from "../../metrics/run_record.ts";
import type { TimeSeriesColumns } from "../../metrics/run_tables.ts";
import { StageSpans } from "../../serverless/cold_start/stage_spans.ts";
import type { StageSpan } from "../../serverless/cold_start/start_service.ts";
import type { InstanceLife } from "../../serverless/lifecycle.ts";
import { checkTrace, type TraceEvent } from "../../../tests/support/trace_rules.ts";
import fc from "fast-check";
import { buildTrace } from "./build_trace.ts";
import { micros } from "./event_text.ts";
import { lanesOf } from "./lanes.ts";
import { TraceRecorder, type TraceRecorderOptions } from "./trace_recorder.ts";

const LIFE: InstanceLife = {
  instanceId: 0,
  functionId: 0,
  createdAtSeconds: 0,
  readyAtSeconds: 4,
  drainingAtSeconds: NaN,
  stoppedAtSeconds: 10,
};

const STEP: ObservedSteps = {
  startAtSeconds: 4,
  endAtSeconds: 4.5,
  steps: 1,
  prefillSequences: 0,
  prefillTokens: 0,
  decodeSequences: 2,
  decodeTokens: 2,
  running: 2,
  waiting: 1,
  kvBlocks: 30,
};

/** A time series of so many intervals of a second in which nothing happens but what is given. */
function series(count: number, columns: Partial<TimeSeriesColumns> = {}): TimeSeriesColumns {
  const none = new Float64Array(count);
  return new Proxy({
    count,
    timeSeconds: Float64Array.from(none, (_, i) => i + 1),
    intervalSeconds: none.map(() => 1),
    ...columns,
  } as unknown as TimeSeriesColumns, { get: (own, key) => Reflect.get(own, key) ?? none });
}

function recorded(
  lives: readonly InstanceLife[],
  spans: readonly StageSpan[],
  options?: TraceRecorderOptions,
): TraceRecorder {
  const recorder = new TraceRecorder(options);
  recorder.begins();
  const record: Partial<RunRecord> = {
    lives,
    stageSpans: StageSpans.from(spans),
    endAtSeconds: 10,
  };
  recorder.ends(record as RunRecord);
  return recorder;
}

function built(recorder: TraceRecorder, timeSeries = series(0), functionNames = ["chat"]) {
  const trace = buildTrace(recorder, { timeSeries, functionNames });
  const text = [...trace.text()].join("");
  equal(text.length, trace.bytes);
  return { events: checkTrace(text), text, notices: trace.notices };
}

/** Slices as "name start+duration", in seconds. */
const slices = (events: readonly TraceEvent[], tid: number) =>
  events.filter((event) => event.ph === "X" && event.tid === tid)
    .map(({ name, ts, dur }) => `${name} ${ts! / 1e6}+${dur! / 1e6}`);

Deno.test("an instance's track has its life, its start beside each other, its steps, what ended it", () => {
  const recorder = recorded([{ ...LIFE, drainingAtSeconds: 7 }], [
    { instanceId: 0, stage: "fetch", startAtSeconds: 0, endAtSeconds: 3 },
    { instanceId: 0, stage: "import", startAtSeconds: 0, endAtSeconds: 2, critical: false },
    { instanceId: 0, stage: "load", startAtSeconds: 3, endAtSeconds: 4 },
  ]);
  recorder.stepsEnd(0, { ...STEP, prefillSequences: 1, prefillTokens: 100, decodeSequences: 0 });
  recorder.stepsEnd(0, { ...STEP, startAtSeconds: 4.5, endAtSeconds: 7, steps: 7 });
  recorder.stepsEnd(0, { ...STEP, startAtSeconds: 7.5, endAtSeconds: 8, waiting: 0 });
  recorder.stepIsCut(0, 9, 10);
  const { events } = built(recorder);
  deepEqual(slices(events, 1), [
    "starting 0+4",
    "fetch 0+3",
    "load 3+1",
    "up 4+6",
    "prefill 4+0.5",
    "decode 4.5+2.5",
    "decode 7.5+0.5",
    "step that never ends 9+1",
  ]);
  deepEqual(slices(events, 2), ["import 0+2"]);
  const marks = events.filter(({ ph }) => ph === "i").map(({ name, ts }) => `${name} ${ts! / 1e6}`);
  deepEqual(marks, ["told to stop 7"]);
  const counters = events.filter(({ ph }) => ph === "C").map(({ ts, args }) => [ts! / 1e6, args]);
  deepEqual(counters, [
    [4, { running: 2, waiting: 1, kv_blocks: 30 }],
    [7, { running: 0, waiting: 0, kv_blocks: 0 }],
    [7.5, { running: 2, waiting: 0, kv_blocks: 30 }],
    [8, { running: 0, waiting: 0, kv_blocks: 0 }],
  ]);
});

Deno.test("a transfer is a slice where its bytes come from, with an arrow to each stage that waits", () => {
  const spans = [0, 1].map((instanceId) => (
    { instanceId, stage: "fetch", startAtSeconds: instanceId, endAtSeconds: 3 }
  ));
  const ranks = [{ node: 5, gpu: 0 }];
  const lives = [0, 1].map((instanceId) => ({ ...LIFE, instanceId, ranks }));
  const recorder = recorded(lives, spans);
  const transfer = {
    use: "weights",
    bytes: 9e9,
    from: { kind: "store" },
    startAtSeconds: 0,
    endAtSeconds: 3,
    waiters: [{ instanceId: 0, stage: "fetch" }, { instanceId: 1, stage: "fetch" }],
    isCut: false,
  } as const;
  recorder.transferEnds(transfer);
  const cut = { ...transfer, startAtSeconds: 1, endAtSeconds: 2, isCut: true };
  recorder.transferEnds({ ...cut, from: { kind: "disk", node: 5 } });
  recorder.transferEnds(cut);
  const { events } = built(recorder);
  const name = (key: string) =>
    events.filter((event) => event.name === key).map(({ args }) => args!.name);
  deepEqual(name("process_name"), ["run", "stores", "machine 5"]);
  deepEqual(name("thread_name"), [
    "instance 0 (chat)",
    "instance 1 (chat)",
    "weight store",
    "weight store, 2",
    "disk",
  ]);
  const arrows = events.filter(({ cat, ph }) => cat === "transfer" && ph !== "X")
    .map(({ ph, id, tid, ts }) => `${ph}${id} on ${tid} at ${ts}`);
  deepEqual(arrows, [
    "s1 on 3 at 0",
    "s2 on 3 at 0",
    "f1 on 1 at 2999999.999",
    "f2 on 2 at 2999999.999",
  ]);
  const [whole, given] = events.filter(({ ph, cat }) => ph === "X" && cat === "transfer");
  deepEqual(whole.args, { bytes: 9e9, bytes_per_s: 3e9, to: "instance 0, instance 1" });
  equal(given.args!.given_up, true);
});

Deno.test("counters are means over the intervals of the time series, from their beginnings on", () => {
  const queued = new Float64Array([1, 3, 8]);
  const intervalSeconds = new Float64Array([1, 1, 0.5]);
  const timeSeconds = new Float64Array([1, 2, 2.5]);
  const of = (maxBytes: number) => {
    const recorder = recorded([], [], { maxBytes });
    const { events, notices } = built(
      recorder,
      series(3, { queued, intervalSeconds, timeSeconds }),
    );
    const counters = events.filter(({ name }) => name === "requests");
    return { values: counters.map(({ ts, args }) => [ts! / 1e6, args!.queued]), notices };
  };
  deepEqual(of(1e6), { values: [[0, 1], [1, 3], [2, 8]], notices: [] });
  const { values, notices } = of(6000);
  deepEqual(values, [[0, 2], [2, 8]]);
  match(notices.join(), /counters over 2 intervals of the time series each/);
});

Deno.test("100,000 steps of two instances keep their sums in 100 kB; longer intervals are told of", () => {
  const lives = [0, 1].map((instanceId) => ({ ...LIFE, instanceId, readyAtSeconds: 0 }));
  const recorder = recorded(lives, [], { maxBytes: 1e5 });
  for (let i = 0; i < 100_000; i++) {
    const startAtSeconds = Math.floor(i / 2) * 2e-4;
    recorder.stepsEnd(i % 2, { ...STEP, startAtSeconds, endAtSeconds: startAtSeconds + 1e-4 });
    ok(recorder.rows.count <= 1e5 / 160 + 1, "memory does not grow with the run");
  }
  const { events, text, notices } = built(recorder);
  ok(text.length <= 1e5 && text.length > 3e4, `${text.length}`);
  const steps = events.filter(({ cat }) => cat === "step");
  const total = (key: string) => steps.reduce((sum, { args }) => sum + Number(args![key]), 0);
  equal(total("steps"), 100_000);
  equal(total("decode_tokens"), 200_000);
  ok(Math.abs(total("busy_s") - 10) < 1e-6);
  const end = Math.max(...steps.map(({ ts, dur }) => Math.round(ts! + dur!)));
  equal(end, 9_999_900, "a slice goes on until the last of its steps ends");
  match(notices.join(), /within the same 0\.\d+ s as one slice, so that it stays below 0\.1 MB/);
});

Deno.test("5,000 instances with starts of long names stay below the limit, and are told of", () => {
  const stage = 'étage <b>"x"</b> \u2028'.repeat(9);
  const lives = Array.from({ length: 5000 }, (_, instanceId) => ({ ...LIFE, instanceId }));
  const spans = lives.flatMap(({ instanceId }) => (
    [0, 1].map((i) => ({ instanceId, stage, startAtSeconds: i, endAtSeconds: 2 + i }))
  ));
  const recorder = recorded(lives, spans, { maxBytes: 2e5 });
  for (const { instanceId } of lives) recorder.stepsEnd(instanceId, STEP);
  const { events, text, notices } = built(recorder, series(1000), ["\u{1f600}\n".repeat(90)]);
  ok(text.length <= 2e5);
  ok(events.some(({ cat }) => cat === "step"));
  match(notices.join(), /leaves out \d{4} of the 5000 instances/);
});

Deno.test("what overlaps by a nanosecond gets another lane, what follows the same one", () => {
  const stretches = [[0, 5], [4, 6], [5, 7], [6, 9], [8, 9]]
    .map(([startNs, endNs]) => ({ startNs, endNs }));
  deepEqual(lanesOf(stretches), [0, 1, 0, 1, 0]);
});

Deno.test("windows, lengths and recorders that cannot be are refused", () => {
  for (const windowSeconds of [[-1, 2], [3, 3], [NaN, 1]] as const) {
    throws(() => new TraceRecorder({ windowSeconds }), /FROM\.\.TO with 0 <= FROM < TO/);
  }
  throws(() => new TraceRecorder({ resolutionSeconds: -1 }), /0 seconds or more/);
  throws(() => new TraceRecorder().record, /no run has ended/);
});

Deno.test("a time is the nanosecond that Perfetto makes of it: times 1,000, the rest cut off", () => {
  const cut = (ns: number) => equal(Math.trunc(Number(micros(ns)) * 1000), ns);
  // Of all nanoseconds in a millisecond some are below themselves when they are multiplied again.
  for (let ns = 0; ns < 10_000; ns++) cut(ns);
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e15 }), cut));
  equal(Number("259.758") * 1000 < 259_758, true);
});

Deno.test("a window after the end of the run gives an empty timeline that says so", () => {
  const { events, notices } = built(recorded([LIFE], [], { windowSeconds: [50, 60] }), series(10));
  deepEqual(events.filter(({ ph }) => ph !== "M"), []);
  deepEqual(notices, [
    "trace.json.gz is empty: --trace-events-window begins at 50 s, the run ended at 10 s",
  ]);
  deepEqual(built(recorded([LIFE], [], { windowSeconds: [9, 60] }), series(10)).notices, []);
});
