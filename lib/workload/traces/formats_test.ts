import { deepStrictEqual, match, ok, strictEqual, throws } from "#assert";
import { randomStreams } from "../../sim/random_streams.ts";
import {
  detectTraceFormat,
  FORMATS,
  readTrace,
  type ReadTraceOptions,
  traceReader,
} from "./mod.ts";
import type { Trace } from "./trace.ts";
import { drawWindows } from "./draw_windows.ts";
import { spreadBins } from "./spread_bins.ts";

const read = (text: string, options: Partial<ReadTraceOptions> = {}): Trace =>
  readTrace(text, { fileName: "my.trace", ...options });

function rows({ table }: Trace): number[][] {
  const { count, arrivalAtSeconds: at, promptTokens, outputTokens } = table;
  return Array.from({ length: count }, (_, i) => [at[i], promptTokens[i], outputTokens[i]]);
}

for (const format of FORMATS) {
  Deno.test(`${format.name}: its example is recognised and read, packed in lines of any ends`, () => {
    const { name, example } = format;
    strictEqual(detectTraceFormat(example, "example"), name);
    const trace = read(example);
    strictEqual(trace.format, name);
    ok(trace.table.count > 0 || trace.windows !== undefined);
    for (
      const text of [`\uFEFF${example}`, example.replaceAll("\n", "\r\n"), `\n\n${example}\n\n`]
    ) {
      const other = read(text);
      deepStrictEqual(other.table, trace.table);
      deepStrictEqual(other.functionNames, trace.functionNames);
    }
    for (const said of [format.assumes, format.refuses, format.describe]) {
      ok(said.length > 10, name);
    }
  });

  Deno.test(`${format.name}: a text in parts of any size is read as the whole is`, () => {
    const { example } = format;
    const whole = read(example);
    for (const size of [1, 2, 3, 7, 64]) {
      const parts = example.match(new RegExp(`[^]{1,${size}}`, "g"))!;
      const reader = traceReader({ fileName: "my.trace" });
      for (const part of parts) reader.write(part);
      deepStrictEqual(reader.end(), whole);
    }
  });
}

Deno.test("Unix times are told by their size, count from the earliest row, and a notice says so", () => {
  const head = "timestamp,input_tokens,output_tokens\n";
  for (
    const [unit, scale] of [["seconds", 1], ["milliseconds", 1e3], ["microseconds", 1e6]] as const
  ) {
    const at = (seconds: number) => String((1715299200 + seconds) * scale);
    const trace = read(`${head}${at(1)},100,20\n${at(0)},100,21\n${at(2.5)},100,22\n`);
    deepStrictEqual(rows(trace), [[0, 100, 21], [1, 100, 20], [2.5, 100, 22]]);
    match(trace.notices.join(), new RegExp(`timestamp is taken as ${unit} since 1970`));
    strictEqual(trace.beginSeconds, 1715299200);
  }
  const ns = read(`${head}1715299200000000000,9,2\n1715299201500000000,9,2\n`);
  deepStrictEqual(rows(ns), [[0, 9, 2], [1.5, 9, 2]]);
});

Deno.test("a unit that nobody says is asked for; a column's name, or the user, says it", () => {
  const text = "timestamp,input_tokens,output_tokens\n0,9,2\n1500,9,2\n";
  throws(
    () => read(text),
    /my\.trace:2:1: .*timestamp as instants of a known unit.*workload\.trace\.unit/,
  );
  deepStrictEqual(read(text, { unit: "ms" }).table.arrivalAtSeconds[1], 1.5);
  // The years before 2000 and from 2100 on are none of this century in any unit.
  for (const other of [9.4e8, 4.2e9, 9.4e11, 4.2e12]) {
    throws(() => read(text.replace("0,9", `${other},9`)), /workload\.trace\.unit/);
  }
  const named = (name: string) => read(text.replace("timestamp", name)).table.arrivalAtSeconds[1];
  strictEqual(named("arrival_s"), 1500);
  strictEqual(named("timestamp_ms"), 1.5);
  strictEqual(named("Arrival (us)"), 0.0015);
  strictEqual(named("arrival-time-ns"), 1500e-9);
  const mapped = text.replace("timestamp", "when");
  const trace = read(mapped, { columns: { arrival_s: "when" } });
  strictEqual(trace.table.arrivalAtSeconds[1], 1500);
  ok(!trace.countsFromRun && trace.notices.length === 1);
});

Deno.test("semicolons, tabs, quotes, a byte order mark and decimal commas make the same table", () => {
  const rowsOf = [["0,5", "100", "5"], ["1,25", "40", "6"]];
  const wanted = [[0.5, 100, 5], [1.25, 40, 6]];
  for (const delimiter of [";", "\t", "|"]) {
    const text = [["arrival_s", "Prompt Tokens", "OUTPUT-TOKENS"], ...rowsOf]
      .map((row) => row.map((field) => `"${field}"`).join(delimiter)).join("\r\n");
    deepStrictEqual(rows(read(`\uFEFF${text}\r\n\r\n`)), wanted);
  }
});

Deno.test("dates with a comma before the milliseconds, and with offsets of any form, are dates", () => {
  const dates = (list: string[], delimiter = ",") =>
    rows(read(
      [`TIMESTAMP${delimiter}ContextTokens${delimiter}GeneratedTokens`]
        .concat(list.map((date) => [date, 9, 2].join(delimiter))).join("\n"),
    )).map(([at]) => at);
  deepStrictEqual(dates(["2024-05-10 00:00:00,250", "2024-05-10 00:00:01,500"]), [0, 1.25]);
  deepStrictEqual(dates(["2024-05-10 00:00:00,250", "2024-05-10 00:00:01,500"], ";"), [0, 1.25]);
  deepStrictEqual(
    dates(["2024-05-10T02:00:00+02", "2024-05-10 00:00:01Z", "2024-05-10 01:00:02+0100"]),
    [0, 1, 2],
  );
  deepStrictEqual(dates(["2024/05/10 00:00", "2024/05/10 00:01"]), [0, 60]);
  throws(() => dates(["2024-05-10 00:00:00", "2024/05-10 00:01:00"]), /my\.trace:3:1: /);
});

Deno.test("Mooncake without hashes, and with hashes of 64 bits, negative ones and texts", () => {
  const row = (at: number, rest: string) =>
    `{"timestamp": ${at}, "input_length": 1024, "output_length": 5${rest}}\n`;
  const bare = read(row(0, "") + row(1500, ""));
  strictEqual(bare.format, "mooncake");
  deepStrictEqual(rows(bare), [[0, 1024, 5], [1.5, 1024, 5]]);
  strictEqual(bare.table.prefix, undefined);
  // Two numbers that are one double.
  const [a, b] = ["12345678901234567890", "12345678901234567891"];
  strictEqual(Number(a), Number(b));
  const hashed = read(
    row(0, `, "hash_ids": [${a}, 7]`) + row(1, `, "hash_ids": [${b}, -7]`) +
      row(2, `, "hash_ids": ["${a}", "7"]`) + row(3, `, "hash_ids": [${a}, -7]`),
  );
  const { hashes } = hashed.table.prefix!;
  const of = (request: number) => [hashes[2 * request], hashes[2 * request + 1]];
  ok(of(0)[0] !== of(1)[0] && of(0)[1] !== of(1)[1]);
  deepStrictEqual(of(2), of(0));
  deepStrictEqual(of(3), [of(0)[0], of(1)[1]]);
  ok(hashes.every((hash) => Number.isSafeInteger(hash) && hash >= 0));
});

Deno.test("Bailian: seconds, 16 tokens a hash, chats of one root are a session", () => {
  const row = (chat: number, parent: number, at: number, tokens: number, ids: number[]) =>
    JSON.stringify({
      ...{ chat_id: chat, parent_chat_id: parent, timestamp: at, input_length: tokens },
      ...{ output_length: 20, turn: 1, hash_ids: ids },
    });
  const trace = read(
    [
      row(1, -1, 0, 40, [11, 12, 13]),
      row(2, 1, 61.5, 80, [11, 12, 13, 14, 15]),
      row(3, -1, 62, 16, [9]),
      row(4, 2, 63, 16, [11]),
    ].join("\n"),
  );
  deepStrictEqual(rows(trace).map(([at, prompt]) => [at, prompt]), [
    [0, 40],
    [61.5, 80],
    [62, 16],
    [63, 16],
  ]);
  const { blockTokens, offsets, hashes } = trace.table.prefix!;
  strictEqual(blockTokens, 16);
  // 40 tokens fill two blocks.
  deepStrictEqual([...offsets], [0, 2, 7, 8, 9]);
  deepStrictEqual([...hashes.subarray(0, 4)], [11, 12, 11, 12]);
  deepStrictEqual([...trace.table.sessionId!], [0, 0, 1, 0]);
  const wide = read(row(1, -1, 0, 40, [5]), { blockTokens: 64 });
  deepStrictEqual([...wide.table.prefix!.offsets], [0, 0]);
  throws(() => read(row(1, -1, 0, 40, [5])), /1:\d+: .*a list of 3 .*block_tokens/);
});

const BURST = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n" +
  "5,ChatGPT,472,18,490,Conversation log\n118,GPT-4,417,0,417,API log\n";

Deno.test("BurstGPT's failed calls are dropped, or processed and answered with a token", () => {
  const dropped = read(BURST);
  deepStrictEqual(rows(dropped), [[5, 472, 18]]);
  match(dropped.notices.join(), /1 failed calls, without output, were left out/);
  const kept = read(BURST, { failed: "prefill-only" });
  deepStrictEqual(rows(kept), [[5, 472, 18], [118, 417, 1]]);
  match(kept.notices.join(), /replayed with one token/);
  const other = "arrival_s,prompt_tokens,output_tokens\n0,5,0\n1,5,2\n";
  throws(() => read(other), /2:5: .*output_tokens/);
  deepStrictEqual(rows(read(other, { failed: "drop" })), [[1, 5, 2]]);
  // A number that is none is malformed, whatever the rule.
  throws(() => read(BURST.replace(",0,", ",-1,")), /3:15: .*"-1"/);
});

Deno.test("serving benchmarks: lists of lengths, with starts or without, failed requests dropped", () => {
  const result = {
    ...{ request_rate: "inf", input_lens: [100, 40, 7], output_lens: [20, 0, 3] },
    ...{ start_times: [8121.5, 8122, 8123.5], errors: ["", "timeout", ""] },
  };
  const text = JSON.stringify(result);
  const timed = read(text);
  deepStrictEqual(rows(timed), [[8121.5, 100, 20], [8123.5, 7, 3]]);
  strictEqual(timed.failedRows, 1);
  ok(!timed.countsFromRun);
  for (const same of [JSON.stringify(result, null, 2), `[${text}]`]) {
    deepStrictEqual(read(same).table, timed.table);
  }
  const bare = read(JSON.stringify({ ...result, start_times: undefined }));
  ok(!bare.hasArrivals && bare.table.count === 2);
  throws(
    () => read('{"request_rate": 1, "total_input_tokens": 9}'),
    /input_lens .*--save-detailed/,
  );
  throws(() => read(text.replace("[20,0,3]", "[20,3]")), /output_lens as a list of 3 values/);
});

Deno.test("AIPerf: records with their sessions, warm-up left out, failed ones by the rule", () => {
  const record = (start: string, phase: string, error: unknown, tokens: number) =>
    `{"metadata": {"x_correlation_id": "s", "request_start_ns": ${start}, "benchmark_phase": "${phase}"}, ` +
    `"metrics": {"${
      error ? "error_isl" : "input_sequence_length"
    }": {"value": ${tokens}, "unit": "tokens"}, ` +
    `"output_sequence_length": {"value": 9, "unit": "tokens"}}, "error": ${JSON.stringify(error)}}`;
  const text = [
    record("1759813207532900363", "profiling", null, 550),
    record("1759813206000000000", "warmup", null, 1),
    record("1759813208032900363", "profiling", null, 60),
    record("1759813209032900363", "profiling", { code: 499 }, 70),
  ].join("\n");
  const trace = read(text);
  deepStrictEqual(rows(trace), [[0, 550, 9], [0.5, 60, 9]]);
  deepStrictEqual([...trace.table.sessionId!], [0, 0]);
  match(trace.notices.join(), /warm-up records were left out/);
  deepStrictEqual(rows(read(text, { failed: "prefill-only" }))[2], [1.5, 70, 1]);
});

Deno.test("GenAI-Perf: a token for each piece of a stream, texts by their characters", () => {
  const chunk = (content: string) => ({
    response: `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`,
  });
  const request = (timestamp: number, outputs: unknown[]) => ({
    timestamp,
    request_inputs: {
      payload: JSON.stringify({ messages: [{ role: "user", content: "x".repeat(40) }] }),
    },
    response_timestamps: outputs.map((_, i) => timestamp + i + 1),
    response_outputs: outputs,
  });
  const text = JSON.stringify({
    experiments: [{
      requests: [
        request(1e9, [chunk("dogs"), chunk(" are"), chunk("cool"), { response: "data: [DONE]" }]),
        request(2e9, [{ text_output: "y".repeat(20) }]),
        request(3e9, []),
      ],
    }],
  });
  const trace = read(text);
  deepStrictEqual(rows(trace), [[1, 10, 3], [2, 10, 5]]);
  strictEqual(trace.failedRows, 1);
  deepStrictEqual(rows(read(text, { charactersPerToken: 2 }))[1], [2, 20, 10]);
});

Deno.test("an array that is cut off, or that something follows, is refused", () => {
  const row = '{"arrival_s": 0, "prompt_tokens": 9, "output_tokens": 2}';
  for (const text of [`[${row},\n`, `[${row}\n`, `{"requests": [${row}`]) {
    throws(() => read(text), /:\d+:\d+: Cannot read file as JSON with the end of its array/);
  }
  throws(() => read(`[${row}]\n[${row}]\n`), /:2:1: .*JSON with nothing after its array/);
  strictEqual(read(`{"requests": [${row}], "made": "by hand"}\n`).table.count, 1);
});

Deno.test("ShareGPT: first turns as requests, without arrivals", () => {
  const turn = (from: string, value: string) => ({ from, value });
  const list = [
    { id: "a", conversations: [turn("human", "x".repeat(8)), turn("gpt", "y".repeat(40))] },
    { id: "b", conversations: [turn("human", "alone")] },
    { id: "c", conversations: [] },
  ];
  for (const text of [JSON.stringify(list), JSON.stringify(list, null, 1)]) {
    const trace = read(text);
    deepStrictEqual(rows(trace), [[0, 2, 10]]);
    ok(!trace.hasArrivals);
    match(trace.notices.join(), /4 characters/);
    match(trace.notices.join(), /without a first request and answer were left out/);
  }
});

Deno.test("calls by minutes stand at their minutes, and are spread within them", () => {
  const trace = read(
    "HashOwner,HashApp,HashFunction,Trigger,1,2,3,4,5\no,a,f1,http,0,2,0,0,1\no,a,f2,timer,1,1,1,1,1\n",
  );
  deepStrictEqual(trace.functionNames, ["f1", "f2"]);
  const calls = (at: Float64Array, id: number) =>
    [...at].filter((_, i) => trace.table.functionId![i] === id);
  deepStrictEqual(calls(trace.table.arrivalAtSeconds, 0), [60, 60, 240]);
  deepStrictEqual(calls(trace.table.arrivalAtSeconds, 1), [0, 60, 120, 180, 240]);
  ok(!trace.hasLengths && trace.hasAnonymousFunctions && trace.binSeconds === 60);
  const stream = randomStreams(1).take("spread");
  const even = spreadBins(trace.table, 60, "even", stream);
  deepStrictEqual([...even.arrivalAtSeconds], [30, 75, 90, 105, 150, 210, 270, 270]);
  const drawn = spreadBins(trace.table, 60, "uniform", stream);
  strictEqual(drawn.count, 8);
  const minutes = Array.from(drawn.arrivalAtSeconds, (at) => Math.floor(at / 60));
  deepStrictEqual(minutes, [0, 1, 1, 1, 2, 3, 4, 4]);
  const table = { ...trace.table, arrivalAtSeconds: new Float64Array(20_000), count: 20_000 };
  const many = spreadBins(
    {
      count: 20_000,
      arrivalAtSeconds: table.arrivalAtSeconds,
      promptTokens: new Int32Array(20_000),
      outputTokens: new Int32Array(20_000),
    },
    60,
    "uniform",
    stream,
  ).arrivalAtSeconds;
  // The mean of uniform instants is within 5 standard errors of the middle.
  const mean = many.reduce((sum, at) => sum + at, 0) / many.length;
  ok(Math.abs(mean - 30) < 5 * 60 / Math.sqrt(12 * many.length), `${mean}`);
  throws(
    () => read("HashOwner,HashApp,HashFunction,Trigger,1,2\no,a,f,http,1,2.5\n"),
    /2:14: .*minute 2 as a number of calls.*"2\.5"/,
  );
});

Deno.test("Huawei tables: a column a function, intervals of the time between rows, empty is none", () => {
  const minute = read("day,time,0,1,2\n3,259200,3,,1\n3,259260,2,1,\n");
  strictEqual(minute.binSeconds, 60);
  deepStrictEqual([...minute.table.arrivalAtSeconds], [
    259200,
    259200,
    259200,
    259200,
    259260,
    259260,
    259260,
  ]);
  deepStrictEqual(minute.functionNames, ["0", "2", "1"]);
  const second = read("day,time,0\n3,0,1\n3,1,2.0\n");
  strictEqual(second.binSeconds, 1);
  deepStrictEqual([...second.table.arrivalAtSeconds], [259200, 259201, 259201]);
  throws(() => read("day,time,0\n0,0,0.5\n"), /2:5: .*function 0/);
});

Deno.test("Azure Functions 2021: calls arrive a duration before their ends", () => {
  const trace = read("app,func,end_timestamp,duration\na,f,0.1,0.5\nb,f,3.5,1.5\n");
  deepStrictEqual([...trace.table.arrivalAtSeconds], [-0.4, 2]);
  deepStrictEqual([...trace.table.serviceSeconds!], [0.5, 1.5]);
  deepStrictEqual(trace.functionNames, ["a/f", "b/f"]);
  throws(() => read("app,func,end_timestamp,duration\na,f,0.1,-1\n"), /2:9: .*duration.*"-1"/);
});

Deno.test("ServeGen windows bring arrivals of their rates, and none where the rate is 0", () => {
  const text =
    "0,2,1.5,Gamma,0.4,3\n600,0,0,,0,0\n1200,4,2,Weibull,0.6,1\n1800,1,1,Exponential,1,1\n";
  const { windows } = read(text);
  deepStrictEqual(windows!.map(({ startSeconds, seconds, law }) => [startSeconds, seconds, law]), [
    [0, 600, "gamma"],
    [1200, 600, "weibull"],
    [1800, 600, "exponential"],
  ]);
  const counts = [0, 0, 0, 0];
  const runs = 60;
  const streams = randomStreams(7);
  for (let run = 0; run < runs; run++) {
    const at = drawWindows(windows!, streams.take(`run ${run}`));
    for (let i = 0; i < at.length; i++) {
      counts[Math.floor(at[i] / 600)]++;
      // No window begins with an arrival.
      ok(at[i] % 600 > 0);
      ok(i === 0 || at[i] >= at[i - 1]);
    }
  }
  strictEqual(counts[1], 0);
  // A renewal process counts rate x time, with variation^2 of that as variance.
  for (const [window, rate, variation] of [[0, 2, 1.5], [2, 4, 2], [3, 1, 1]]) {
    const wanted = rate * 600 * runs;
    const error = variation * Math.sqrt(wanted);
    ok(Math.abs(counts[window] - wanted) < 5 * error, `${counts[window]} for ${wanted}`);
  }
  throws(() => read("0,2,1,Gamma,1,1\n0,2,1,Gamma,1,1\n"), /2:1: .*start of a window/);
  throws(() => read("0,2,1,Gamma,1,1\n600,2,1,Cauchy,1,1\n"), /2:9: .*family/);
});
