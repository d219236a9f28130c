import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import fc from "fast-check";
import { randomStreams } from "../../sim/random_streams.ts";
import type { RequestTable } from "../request_table.ts";
import {
  chainHashes,
  detectTraceFormat,
  readAzureTrace,
  readCsvTrace,
  readLlmServingSimTrace,
  readMooncakeTrace,
  readTrace,
  readVidurTrace,
  TRACE_FORMATS,
  type TraceEntry,
  transformTrace,
} from "./mod.ts";

const AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n" +
  "2023-11-16 23:59:59.9000000,374,44\r\n" +
  "2023-11-17 00:00:00.4000000,396,109";

function rows(table: RequestTable): number[][] {
  return Array.from(
    { length: table.count },
    (_, i) => [table.arrivalAtSeconds[i], table.promptTokens[i], table.outputTokens[i]],
  );
}

Deno.test("readAzureTrace() counts from the first row, over midnight, to 100 ns", () => {
  const { table, hasArrivals } = readAzureTrace(AZURE, { fileName: "conv.csv" });
  ok(hasArrivals);
  strictEqual(table.arrivalAtSeconds[0], 0);
  ok(Math.abs(table.arrivalAtSeconds[1] - 0.5) < 1e-10);
  deepStrictEqual([...table.promptTokens], [374, 396]);
  deepStrictEqual([...table.outputTokens], [44, 109]);
});

Deno.test("readVidurTrace() reads arrivals where there are any", () => {
  const timed = "arrived_at,num_prefill_tokens,num_decode_tokens\n0.25,100,20\n0.5,30.0,4\n";
  deepStrictEqual(rows(readVidurTrace(timed, { fileName: "v.csv" }).table), [
    [0.25, 100, 20],
    [0.5, 30, 4],
  ]);
  const lengths = "num_prefill_tokens,num_decode_tokens,pd_ratio\n3772,54,69.8\n";
  const { table, hasArrivals } = readVidurTrace(lengths, { fileName: "v.csv" });
  strictEqual(hasArrivals, false);
  deepStrictEqual(rows(table), [[0, 3772, 54]]);
});

Deno.test("readMooncakeTrace() reads milliseconds and the hashes of full blocks", () => {
  const text =
    '{"timestamp": 1500, "input_length": 1100, "output_length": 5, "hash_ids": [0, 1, 2]}\n' +
    '{"timestamp": 3000, "input_length": 1024, "output_length": 6, "hash_ids": [0, 7]}\n';
  const { table } = readMooncakeTrace(text, { fileName: "m.jsonl" });
  deepStrictEqual(rows(table), [[1.5, 1100, 5], [3, 1024, 6]]);
  deepStrictEqual([...table.prefix!.offsets], [0, 2, 4]);
  deepStrictEqual([...table.prefix!.hashes], [0, 1, 0, 7]);
  strictEqual(table.prefix!.blockTokens, 512);
  const kept = readMooncakeTrace(text, { fileName: "m.jsonl", partialBlocks: "keep" }).table;
  deepStrictEqual([...kept.prefix!.hashes], [0, 1, 2, 0, 7]);
});

Deno.test("readLlmServingSimTrace() gives equal hashes to equal token prefixes only", () => {
  const ids = Array.from({ length: 40 }, (_, i) => i * 7);
  const other = ids.with(20, 1);
  const row = (at: number, tokens: number[]) =>
    JSON.stringify({
      arrival_time_ns: at,
      input_toks: tokens.length,
      output_toks: 3,
      input_tok_ids: tokens,
    });
  const text = [row(5e8, ids), row(1e9, ids.slice(0, 31)), row(2e9, other)].join("\n");
  const { table } = readLlmServingSimTrace(text, { fileName: "l.jsonl" });
  deepStrictEqual(rows(table), [[0.5, 40, 3], [1, 31, 3], [2, 40, 3]]);
  const { offsets, hashes, blockTokens } = table.prefix!;
  strictEqual(blockTokens, 16);
  deepStrictEqual([...offsets], [0, 2, 3, 5]);
  strictEqual(hashes[0], hashes[2]);
  strictEqual(hashes[0], hashes[3]);
  ok(hashes[1] !== hashes[4]);
});

Deno.test("chainHashes() agrees exactly as far as the tokens do", () => {
  const tokens = fc.array(fc.nat(5), { maxLength: 40 });
  fc.assert(fc.property(tokens, tokens, tokens, (shared, a, b) => {
    const [x, y] = [[...shared, ...a], [...shared, ...b]];
    const [hx, hy] = [chainHashes(x, 4), chainHashes(y, 4)];
    let common = 0;
    while (common < Math.min(x.length, y.length) && x[common] === y[common]) common++;
    for (let block = 0; block < Math.min(hx.length, hy.length); block++) {
      strictEqual(hx[block] === hy[block], (block + 1) * 4 <= common);
      ok(Number.isSafeInteger(hx[block]) && hx[block] >= 0);
    }
  }));
});

Deno.test("readCsvTrace() maps columns, unquotes fields, skips empty lines and numbers names", () => {
  const text = '\uFEFFwhen;"in";out;fn;conv;slo;who\n' +
    '1;10;20;"chat; ""big""";s1;gold;a\n\n2;11;21;code;;gold;b\n3;12;22;code;s1;bronze;a\n';
  const trace = readCsvTrace(text, {
    fileName: "x.csv",
    delimiter: ";",
    columns: {
      arrival_s: "when",
      prompt_tokens: "in",
      output_tokens: "out",
      function: "fn",
      session: "conv",
      class: "slo",
      tenant: "who",
    },
  });
  deepStrictEqual(rows(trace.table), [[1, 10, 20], [2, 11, 21], [3, 12, 22]]);
  deepStrictEqual(trace.functionNames, ['chat; "big"', "code"]);
  deepStrictEqual([...trace.table.functionId!], [0, 1, 1]);
  deepStrictEqual([...trace.table.sessionId!], [0, -1, 0]);
  deepStrictEqual(trace.classNames, ["gold", "bronze"]);
  deepStrictEqual([...trace.table.classId!], [0, 0, 1]);
  deepStrictEqual(trace.tenantNames, ["a", "b"]);
  deepStrictEqual([...trace.table.tenantId!], [0, 1, 0]);
});

Deno.test("CSV, JSON, JSON Lines and wrapped JSON of the same rows give the same table", () => {
  const request = fc.record({
    arrival_s: fc.double({ min: 0, max: 1e5, noNaN: true }),
    prompt_tokens: fc.integer({ min: 1, max: 1e6 }),
    output_tokens: fc.integer({ min: 1, max: 1e6 }),
    function: fc.stringMatching(/^[a-z{}[\]":, ]{1,8}$/),
  });
  fc.assert(fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (list) => {
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const csv = ["arrival_s,prompt_tokens,output_tokens,function"].concat(
      list.map((r) =>
        [r.arrival_s, r.prompt_tokens, r.output_tokens, quoted(r.function)].join(",")
      ),
    );
    const expected = readTrace(csv.join("\n"), { fileName: "a.csv" });
    const texts = [
      list.map((r) => JSON.stringify(r)).join("\n"),
      JSON.stringify(list),
      JSON.stringify({ requests: list }, null, 2),
    ];
    for (const text of texts) {
      const trace = readTrace(text, { fileName: "a.json" });
      deepStrictEqual(trace.table, expected.table);
      deepStrictEqual(trace.functionNames, expected.functionNames);
    }
    const sorted = expected.table.arrivalAtSeconds;
    for (let i = 1; i < sorted.length; i++) ok(sorted[i] >= sorted[i - 1]);
  }));
});

Deno.test("unsorted rows are sorted, equal instants keep the order of the file", () => {
  const text = "arrival_s,prompt_tokens,output_tokens\n5,1,9\n3,2,9\n5,3,9\n3,4,9\n0,5,9\n";
  const { table } = readCsvTrace(text, { fileName: "a.csv" });
  deepStrictEqual([...table.promptTokens], [5, 2, 4, 1, 3]);
});

const HEADER = "arrival_s,prompt_tokens,output_tokens,class\n";
const MOON = '{"timestamp": 0, "input_length": 5, "output_length": 5, "hash_ids": [1]}\n';
const mistakes: [string, string, string, RegExp][] = [
  ["a text for a number", "csv", `${HEADER}1,2,3,a\n1,abc,3,a\n`, /3:3: .*prompt_tokens.*"abc"$/],
  ["a negative time", "csv", `${HEADER}-1,2,3,a\n`, /2:1: .*arrival_s.*"-1"$/],
  ["NaN", "csv", `${HEADER}NaN,2,3,a\n`, /2:1: .*"NaN"$/],
  ["Infinity", "csv", `${HEADER}1e999,2,3,a\n`, /2:1: .*"1e999"$/],
  ["zero tokens", "csv", `${HEADER}1,2,0,a\n`, /2:5: .*output_tokens.*>= 1.*"0"$/],
  ["a fraction of a token", "csv", `${HEADER}1,2.5,3,a\n`, /2:3: .*"2.5"$/],
  ["hexadecimal tokens", "csv", `${HEADER}1,0x10,3,a\n`, /2:3: .*"0x10"$/],
  ["too many tokens", "csv", `${HEADER}1,3000000000,3,a\n`, /2:3: .*"3000000000"$/],
  ["a missing field", "csv", `${HEADER}1,2\n`, /2:4: .*output_tokens.*missing$/],
  ["an empty field", "csv", `${HEADER}1,,3,a\n`, /2:3: .*""$/],
  ["an empty class", "csv", `${HEADER}1,2,3,\n`, /2:7: .*class.*""$/],
  ["an open quote", "csv", `${HEADER}1,2,3,"a\n`, /2:7: .*quoted.*$/],
  ["a missing column", "csv", "arrival_s,output_tokens\n1,2\n", /1:1: .*"prompt_tokens" or .*$/],
  ["no rows", "csv", HEADER, /1:1: .*at least one request.*$/],
  [
    "a broken date",
    "azure",
    `${AZURE}\n2023-02-31 10:00:00,5,5\n`,
    /4:1: .*"2023-02-31 10:00:00"$/,
  ],
  ["a number among dates", "azure", `${AZURE}\n12.5,5,5\n`, /4:1: .*"12.5"$/],
  ["a date among numbers", "csv", `${HEADER}1,2,3,a\n2023-11-16 10:00:00,5,5,a\n`, /3:1: /],
  ["a broken row", "jsonl", '{"arrival_s": 1, "prompt_\n', /1:1: .*JSON object.*$/],
  ["a row that is no object", "jsonl", "[1]\n", /1:2: .*JSON object.*text$/],
  [
    "a text for tokens",
    "jsonl",
    '{"arrival_s":1,"prompt_tokens":"x","output_tokens":2}',
    /1:16: .*"x"$/,
  ],
  ["a missing key", "jsonl", '{"arrival_s":1,"prompt_tokens":5}', /1:1: .*output_tokens.*missing$/],
  ["null tokens", "json", '[{"arrival_s":1,\n "prompt_tokens":null}]', /2:2: .*null$/],
  ["too few hashes", "mooncake", `${MOON}${MOON.replace("5,", "513,")}`, /2:.*list of 2.*\[1\]$/],
  ["a fraction as hash", "mooncake", MOON.replace("[1]", "[1.5]"), /1:.*hash_ids.*\[1.5\]$/],
  [
    "token ids that are too few",
    "llmservingsim",
    '{"arrival_time_ns":1,"input_toks":3,"output_toks":1,"input_tok_ids":[1,2]}',
    /1:53: .*list of 3 token ids.*\[1,2\]$/,
  ],
];

for (const [name, format, text, expected] of mistakes) {
  Deno.test(`a trace with ${name} is one line with file, line, column and value`, () => {
    const read = () =>
      readTrace(text, { fileName: "my trace.x", format: format as "csv", onBadRow: "error" });
    throws(read, (error: Error) => {
      ok(error instanceof SyntaxError);
      ok(!error.message.includes("\n"));
      ok(error.message.startsWith("my trace.x:"), error.message);
      ok(expected.test(error.message), error.message);
      ok(/Cannot read .* as .*: current value is /.test(error.message), error.message);
      return true;
    });
  });
}

Deno.test("a mistake in a JSON array has the place that its text says, however lines break", () => {
  fc.assert(fc.property(
    fc.array(fc.constantFrom("", " ", "\n", "\r\n", "\n\n  "), { minLength: 1, maxLength: 12 }),
    (spaces) => {
      const elements = spaces.map((space, i) =>
        `${space}{"arrival_s":${i},${space}"prompt_tokens":${
          i === spaces.length - 1 ? '"wrong"' : 5
        },${space}"output_tokens":2}`
      );
      const text = `[${elements.join(",")}]`;
      const before = text.slice(0, text.lastIndexOf('"prompt_tokens"')).split("\n");
      const place = `:${before.length}:${before.at(-1)!.length + 1}: `;
      throws(
        () => readTrace(text, { fileName: "a.json", format: "json", onBadRow: "error" }),
        (error: Error) => error.message.startsWith(`a.json${place}`),
      );
    },
  ));
});

Deno.test("onBadRow: skip counts malformed rows and keeps the others", () => {
  const text = `${HEADER}1,2,3,a\n1,abc,3,b\n2,5,6,c\n-1,2,3,a\n`;
  const trace = readCsvTrace(text, { fileName: "a.csv", onBadRow: "skip" });
  strictEqual(trace.skippedRows, 2);
  deepStrictEqual(rows(trace.table), [[1, 2, 3], [2, 5, 6]]);
  deepStrictEqual([...trace.table.classId!].map((id) => trace.classNames[id]), ["a", "c"]);
  throws(
    () => readCsvTrace(`${HEADER}x,2,3,a\n`, { fileName: "a.csv", onBadRow: "skip" }),
    /a.csv:1:1: .*1 malformed rows/,
  );
  const mooncake = readMooncakeTrace(`${MOON}nonsense\n${MOON}`, {
    fileName: "m",
    onBadRow: "skip",
  });
  deepStrictEqual([mooncake.skippedRows, mooncake.table.prefix!.offsets.length], [1, 3]);
});

for (const entry of TRACE_FORMATS.entries as readonly TraceEntry<string>[]) {
  Deno.test(`${entry.name} trace format: what is none is told with its file and line`, () => {
    for (const text of ["nonsense\n", "nonsense,more\n1,2\n", '{"nonsense": 1}\n']) {
      throws(
        () => entry.create({}, { text, options: { fileName: "a.txt" } }),
        /^SyntaxError: a\.txt:\d+:\d+: Cannot read /,
      );
    }
  });
}

Deno.test("detectTraceFormat() tells the formats apart by their first line", () => {
  const jsonRow = '{"arrival_s":1,"prompt_tokens":1,"output_tokens":1}';
  const expected: [string, string, string][] = [
    [AZURE, "a.txt", "azure"],
    ["arrived_at,num_prefill_tokens,num_decode_tokens\n", "v.csv", "vidur"],
    ["a,b\n", "x.csv", "csv"],
    [MOON, "m.json", "mooncake"],
    ['{"input_toks":1,"output_toks":1,"arrival_time_ns":0}', "l", "llmservingsim"],
    [`[${jsonRow}]`, "x", "json"],
    [`{"requests": [${jsonRow}]}`, "x", "json"],
    ['{\n"requests": []}', "x.json", "json"],
    [`\n\n${jsonRow}\n${jsonRow}`, "x", "jsonl"],
  ];
  for (const [text, fileName, format] of expected) {
    strictEqual(detectTraceFormat(text, fileName), format);
  }
  throws(() => detectTraceFormat(" \n", "empty.csv"), /^SyntaxError: empty.csv:1:1: /);
  throws(
    () => readTrace(AZURE, { fileName: "a", format: "parquet" as "csv" }),
    /as one of azure, .*"parquet"$/,
  );
});

const arrivals = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 });
function tableOf(instants: number[]): RequestTable {
  const count = instants.length;
  return {
    count,
    arrivalAtSeconds: Float64Array.from(instants).sort(),
    promptTokens: Int32Array.from({ length: count }, (_, i) => i + 1),
    outputTokens: new Int32Array(count).fill(7),
    sessionId: Int32Array.from({ length: count }, (_, i) => i % 3 - 1),
    prefix: {
      blockTokens: 16,
      offsets: Uint32Array.from({ length: count + 1 }, (_, i) => 2 * i),
      hashes: Float64Array.from({ length: 2 * count }, (_, k) => k % 2 === 0 ? 2 ** 52 : k),
    },
  };
}

Deno.test("transformTrace() cuts the window that was asked for and starts it at 0", () => {
  fc.assert(fc.property(arrivals, (instants) => {
    const table = tableOf(instants);
    const inside = [...table.arrivalAtSeconds].filter((at) => at >= 50 && at < 250);
    const cut = () => transformTrace(table, { startSeconds: 50, lengthSeconds: 200 });
    if (inside.length === 0) throws(cut, RangeError);
    else deepStrictEqual([...cut().arrivalAtSeconds], inside.map((at) => at - 50));
  }));
});

Deno.test("transformTrace() with rateScale multiplies requests and keeps the trace's shape", () => {
  const scale = fc.double({ min: 0.2, max: 4, noNaN: true });
  fc.assert(fc.property(arrivals, scale, (instants, rateScale) => {
    const table = tableOf(instants);
    fc.pre(Math.floor(table.count * rateScale) > 0);
    const scaled = transformTrace(table, { rateScale });
    strictEqual(scaled.count, Math.floor(table.count * rateScale));
    const at = scaled.arrivalAtSeconds;
    for (let i = 1; i < at.length; i++) ok(at[i] >= at[i - 1]);
    // At any instant the arrivals so far differ from rateScale times the trace's by less than one
    // request's worth of copies.
    for (const instant of table.arrivalAtSeconds) {
      const before = (list: Float64Array) => list.filter((x) => x <= instant).length;
      const difference = before(at) - rateScale * before(table.arrivalAtSeconds);
      ok(Math.abs(difference) <= Math.ceil(rateScale), `${difference}`);
    }
  }));
});

Deno.test("copies of rateScale share prefixes and sessions within their own round", () => {
  const table = tableOf([0, 10, 20]);
  const { arrivalAtSeconds, prefix, sessionId, promptTokens } = transformTrace(table, {
    rateScale: 2,
  });
  deepStrictEqual([...promptTokens], [1, 1, 2, 2, 3, 3]);
  deepStrictEqual([...arrivalAtSeconds], [0, 5, 10, 15, 20, 20]);
  const shared = [...prefix!.hashes].filter((_, k) => k % 2 === 0);
  strictEqual(new Set(shared.filter((_, i) => i % 2 === 0)).size, 1);
  strictEqual(new Set(shared).size, 2);
  strictEqual(new Set(prefix!.hashes).size, 2 + 6);
  deepStrictEqual([...sessionId!], [-1, -1, 0, 2, 1, 3]);
});

Deno.test("transformTrace() stretches, jitters and limits", () => {
  const table = tableOf([0, 10, 10, 30]);
  deepStrictEqual([...transformTrace(table, { timeScale: 0.5 }).arrivalAtSeconds], [0, 5, 5, 15]);
  strictEqual(transformTrace(table, { requests: 2 }).count, 2);
  const stream = () => randomStreams(1).take("jitter");
  const jittered = transformTrace(table, { jitterSeconds: 15 }, stream());
  const source = stream();
  for (let i = 0; i < 4; i++) {
    const moved = table.arrivalAtSeconds[i] + 15 * source.next();
    const row = jittered.promptTokens.indexOf(i + 1);
    strictEqual(jittered.arrivalAtSeconds[row], moved);
  }
  throws(() => transformTrace(table, { jitterSeconds: 1 }), TypeError);
  throws(() => transformTrace(table, { timeScale: 0 }), /timeScale.*current value is 0$/);
  throws(() => transformTrace(table, { rateScale: -1 }), /rateScale.*current value is -1$/);
  throws(() => transformTrace(table, { startSeconds: 500 }), /from 500 s/);
});
