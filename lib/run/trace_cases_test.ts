import { deepEqual, equal, match, ok, rejects } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

/** One instance that is always there; a token takes 0.1 s. */
const ONE_INSTANCE = `
model: { name: llama-3.1-8b }
execution: { source: constant, step_seconds: 0.1 }
scaling: { enabled: false }
simulation: { duration: 600 }
`;
const REPLAY = "workload: { type: trace, trace: { path: my.trace } }";

async function run(traceText: string, ...yaml: string[]) {
  const result = await simulate(loadConfig([ONE_INSTANCE, REPLAY, ...yaml]), { traceText });
  const { arrivalAtSeconds, promptTokens, outputTokens, functionId } = result.requests;
  return {
    ...result,
    rows: Array.from(arrivalAtSeconds, (at, i) => [at, promptTokens[i], outputTokens[i]]),
    calls: Array.from(functionId, (id) => result.functionNames[id]),
    notices: result.engine.notices.join("\n"),
  };
}

Deno.test("numeric Unix times count from the first row", async () => {
  const { rows, summary, notices, requests } = await run(
    "timestamp,input_tokens,output_tokens\n1715299200.0,100,20\n1715299201.0,100,20\n1715299202.5,100,20\n",
  );
  deepEqual(rows.map(([at]) => at), [0, 1, 2.5]);
  const last = Math.max(...requests.completedAtSeconds);
  ok(last < 5);
  ok(Math.abs(summary.throughput_rps - 3 / last) < 1e-9);
  match(notices, /my\.trace: timestamp is taken as seconds since 1970/);
});

Deno.test("other clocks count from the first row too, and a notice says from where", async () => {
  const text = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n" +
    "5,ChatGPT,472,18,490,a\n45,ChatGPT,1087,230,1317,a\n118,GPT-4,417,0,417,b\n118,GPT-4,1360,77,1437,b\n";
  const dropped = await run(text);
  deepEqual(dropped.rows, [[0, 472, 18], [40, 1087, 230], [113, 1360, 77]]);
  match(dropped.notices, /count from the first of them, at 5 s of its clock/);
  match(dropped.notices, /1 failed calls, without output, were left out/);
  const kept = await run(text, "workload: { trace: { failed: prefill-only } }");
  deepEqual(kept.rows[2], [113, 417, 1]);
});

const WINDOW = "arrival_s,prompt_tokens,output_tokens\n" +
  "100,100,2\n105,200,2\n111,300,2\n114,400,2\n120,500,2\n";

Deno.test("start counts from the first arrival, what is left from the window's beginning", async () => {
  const cut = (settings: string) => run(WINDOW, `workload: { trace: { ${settings} } }`);
  const { rows } = await cut("start: 10, length: 5");
  deepEqual(rows, [[1, 300, 2], [4, 400, 2]]);
  deepEqual((await cut("length: 6")).rows, [[0, 100, 2], [5, 200, 2]]);
  // Our own clock is kept where nothing is cut.
  equal((await run(WINDOW)).rows[0][0], 100);
  const unix = "timestamp,prompt_tokens,output_tokens\n1700000100,9,2\n1700000160,8,2\n";
  const at = await run(unix, "workload: { trace: { start: 1700000130 } }");
  deepEqual(at.rows, [[30, 8, 2]]);
});

Deno.test("a prefix that two chats share is found as far as it fills blocks", async () => {
  const text =
    '{"chat_id": 1, "parent_chat_id": -1, "timestamp": 0.0, "input_length": 40, "output_length": 20, "type": "text", "turn": 1, "hash_ids": [11, 12, 13]}\n' +
    '{"chat_id": 2, "parent_chat_id": 1, "timestamp": 61.5, "input_length": 80, "output_length": 20, "type": "text", "turn": 2, "hash_ids": [11, 12, 13, 14, 15]}\n';
  const { rows, summary } = await run(text, "scheduler: { prefix_caching: true }");
  deepEqual(rows.map(([at, prompt]) => [at, prompt]), [[0, 40], [61.5, 80]]);
  equal(summary.prefix_cache!.cached_tokens, 32);
});

const MINUTES =
  "HashOwner,HashApp,HashFunction,Trigger,1,2,3,4,5\no,a,f1,http,0,2,0,0,1\no,a,f2,timer,1,1,1,1,1\n";

Deno.test("calls counted by minutes come within them, their lengths drawn", async () => {
  const lengths = "workload: { prompt_length: { distribution: constant, mean: 7 }, " +
    "decode_length: { distribution: constant, mean: 3 } }";
  const one = await run(MINUTES, lengths);
  deepEqual(one.rows.map(([at]) => Math.floor(at / 60)), [0, 1, 1, 1, 2, 3, 4, 4]);
  ok(one.rows.every(([, prompt, output]) => prompt === 7 && output === 3));
  match(one.notices, /spread uniformly/);
  match(one.notices, /holds no lengths/);
  match(one.notices, /functions: from-trace makes one for each/);
  const each = await run(MINUTES, lengths, "functions: from-trace");
  deepEqual(each.functionNames, ["f1", "f2"]);
  equal(each.calls.filter((name) => name === "f1").length, 3);
  const even = await run(MINUTES, lengths, "workload: { trace: { spread: even } }");
  deepEqual(even.rows.map(([at]) => at), [30, 75, 90, 105, 150, 210, 270, 270]);
  const again = await run(MINUTES, lengths);
  deepEqual(again.rows, one.rows);
});

const TWO = "arrival_s,prompt_tokens,output_tokens,function\n0,10,1000,a\n5,10,10,b\n";

Deno.test("functions that are not configured are listed; from-trace makes one for each", async () => {
  await rejects(
    () => run(TWO),
    /Cannot use the functions of "my\.trace" .* "a", "b" \(allowed: llama-3\.1-8b\); "functions: from-trace"/,
  );
  await rejects(
    () => run(TWO, "functions: [{ name: a }, { name: c }]"),
    /current value is "b" \(allowed: a, c\)/,
  );
  const { functionNames, summary, calls } = await run(TWO, "functions: from-trace");
  deepEqual(functionNames, ["a", "b"]);
  deepEqual(calls, ["a", "b"]);
  deepEqual(summary.functions.map(({ name, completed }) => [name, completed]), [["a", 1], [
    "b",
    1,
  ]]);
  deepEqual((await run(TWO, "functions: [{ name: b }, { name: a }]")).calls, ["a", "b"]);
  const set = loadConfig([ONE_INSTANCE, REPLAY], { set: ["functions=from-trace"] });
  equal(set.workload.functions.from_trace, true);
});

Deno.test("durations are steps of the constant-time engine, of which others are refused", async () => {
  const text = "app,func,end_timestamp,duration\na,f,40,0.01\na,f,1,0.5\na,f,30,2.06\n";
  const { rows, requests } = await run(text, "functions: from-trace");
  deepEqual(rows.map(([at, , output]) => [Number(at.toFixed(9)), output]), [[0, 5], [27.44, 21], [
    39.49,
    1,
  ]]);
  for (const [i, seconds] of [0.5, 2.1, 0.1].entries()) {
    const took = requests.completedAtSeconds[i] - requests.arrivalAtSeconds[i];
    ok(Math.abs(took - seconds) < 1e-9, `${took}`);
  }
  await rejects(
    () => run(text, "execution: { source: analytical }"),
    /durations and no tokens.*execution\.source is analytical \(set it to constant/,
  );
});

Deno.test("an infinite rate sends all requests at 0 s", async () => {
  for (const rate of [".inf", "inf", "Infinity"]) {
    const config = loadConfig([
      ONE_INSTANCE,
      `workload: { type: poisson, arrival_rate: ${rate}, num_requests: 20 }`,
    ]);
    const { requests } = await simulate(config);
    deepEqual(Array.from(requests.arrivalAtSeconds), new Array(20).fill(0));
  }
  const lengths = await run(
    "num_prefill_tokens,num_decode_tokens\n9,3\n8,2\n",
    "workload: { arrival_rate: .inf }",
  );
  deepEqual(lengths.rows, [[0, 9, 3], [0, 8, 2]]);
  await rejects(
    async () =>
      await simulate(loadConfig([ONE_INSTANCE, "workload: { type: poisson, rate: .inf }"])),
    /workload\.all_at_once.*workload\.num_requests/,
  );
});

Deno.test("warmup_requests leaves out the first requests to arrive", async () => {
  const { summary, notices } = await run(WINDOW, "simulation: { warmup_requests: 2 }");
  deepEqual([summary.measured.from_s, summary.measured.completed], [111, 3]);
  match(notices, /the warm-up of 2 requests ends at 111\.0 s/);
  // From the warm-up's end to the last completion.
  ok(Math.abs(summary.throughput_rps - 3 / (120.2 - 111)) < 1e-9, `${summary.throughput_rps}`);
  const loop = await simulate(loadConfig([
    ONE_INSTANCE,
    "workload: { type: uniform, num_requests: 30, closed_loop: { concurrency: 3 } }",
    "simulation: { warmup_requests: 10 }",
  ]));
  ok(loop.summary.measured.from_s > 0 && loop.summary.measured.completed <= 20);
  const long = await run(WINDOW, "simulation: { warmup_requests: 5 }");
  match(long.notices, /longer than the workload of 5 and was not left out/);
  await rejects(
    () => run(WINDOW, "simulation: { warmup_requests: 2, warmup_duration: 3 }"),
    /one of warmup_requests and warmup_duration/,
  );
});

Deno.test("a run that is too long, and too many rows of its time series, are refused by name", async () => {
  const text = "timestamp,prompt_tokens,output_tokens\n1700000000,9,2\n5,9,2\n";
  await rejects(() => run(text), /"workload\.trace".*at most 1,000,000,000 s/);
  const years = "arrival_s,prompt_tokens,output_tokens\n5,9,2\n90000000,9,2\n";
  await rejects(
    () => run(years, "metrics: { collect_interval: 10 }"),
    /"metrics\.collect_interval".*at most 5,000,000 rows/,
  );
});
