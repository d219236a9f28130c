import { deepEqual, equal, match, ok } from "#assert";
import { Reading } from "../reading.ts";
import { readFlags } from "./flags.ts";
import { engineOfImage, findLaunch, findLaunchInLine, versionOfImage } from "./launch.ts";
import { openQuote, shellCommands, UNKNOWN } from "./shell_words.ts";
import { SGLANG_FLAG_TABLE } from "./sglang_flags.ts";
import { VLLM_FLAG_TABLE } from "./vllm_flags.ts";

const U = UNKNOWN;

/** Scripts and the commands in them, as a POSIX shell splits them. */
const SCRIPTS: readonly (readonly [script: string, commands: readonly (readonly string[])[]])[] = [
  ["a b  c", [["a", "b", "c"]]],
  ["a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]],
  [`a --x='{"k": "v w"}' ''`, [["a", `--x={"k": "v w"}`, ""]]],
  [`a "it's \\"so\\" \\$5"`, [["a", `it's "so" $5`]]],
  ["a\\\n  b \\\r\n c", [["a", "b", "c"]]],
  ["a && b || c; d | e & f\ng", [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]]],
  ["# a comment\na # b\nc#d", [["a"], ["c#d"]]],
  ["a > log 2>&1 b < in >> out", [["a", "b"]]],
  ["X=1; Y='2 3'; a $X \"$Y\" ${X} $Z", [["a", "1", "2 3", "1", U]]],
  // What stands before a command is not there yet when its words are made.
  ["X=1 a $X", [["a", U]]],
  ["export X=7; a ${X:-9} ${Z:-8} ${Z-6} ${Q}", [["a", "7", "8", "6", U]]],
  ["X=$Y; a $X", [["a", U]]],
  ["exec nohup a; if true; then b; fi", [["a"], ["true"], ["b"], ["fi"]]],
  ["a $(echo (b) c) `d e` f", [["a", U, U, "f"]]],
  ["a $((1 + 2)) $ b$", [["a", U, "$", "b$"]]],
  ["(a b)", [["a", "b"]]],
  ["a 'never closed", [["a", "never closed"]]],
  ['a "never closed', [["a", "never closed"]]],
  ["", []],
];

for (const [script, commands] of SCRIPTS) {
  Deno.test(`shellCommands splits ${JSON.stringify(script)}`, () => {
    deepEqual(shellCommands(script), commands);
  });
}

Deno.test("shellCommands takes variables of the environment, and ends with any text", () => {
  deepEqual(shellCommands("a $MODEL", new Map([["MODEL", "b c"]])), [["a", "b c"]]);
  for (
    const text of ["$", "${", "${x", "$(", "`", "\\", "<", ">", "2>", "'", '"', "a=", "\u0000"]
  ) {
    ok(Array.isArray(shellCommands(text.repeat(100))), text);
  }
});

/** Command lines, and what they start: engine, model or flags. */
const LAUNCHES: readonly (readonly [line: string, engine: string | undefined, args?: string])[] = [
  ["vllm serve m --port 1", "vllm", "m --port 1"],
  ["/opt/venv/bin/vllm serve m", "vllm", "m"],
  ["python3 -m vllm.entrypoints.openai.api_server --model m", "vllm", "--model m"],
  ["python -u -m vllm.entrypoints.api_server --model m", "vllm", "--model m"],
  ["python -m sglang.launch_server --model-path m", "sglang", "--model-path m"],
  ["sglang serve --model-path m", "sglang", "--model-path m"],
  ["python3 -m dynamo.vllm --model m", "vllm", "--model m"],
  ["python3 -m dynamo.sglang --model-path m", "sglang", "--model-path m"],
  ["pip install x && cd / && CUDA_VISIBLE_DEVICES=0 exec vllm serve m", "vllm", "m"],
  ["nsys profile -o x python -m vllm.entrypoints.openai.api_server --model m", "vllm", "--model m"],
  [`bash -c 'echo a; vllm serve m --x "b c"'`, "vllm", "m --x b c"],
  [`sh -ec "bash -lc 'vllm serve m'"`, "vllm", "m"],
  ["docker run --gpus all -p 8000:8000 vllm/vllm-openai:v0.11.0 --model m", "vllm", "--model m"],
  [
    "docker run -e A=b lmsysorg/sglang:latest python3 -m sglang.launch_server --model-path m",
    "sglang",
    "--model-path m",
  ],
  ["vllm bench serve m", undefined],
  ["python3 -m http.server", undefined],
  ["echo vllm", undefined],
  ["bash start.sh", undefined],
  ["", undefined],
];

for (const [line, engine, args] of LAUNCHES) {
  Deno.test(`findLaunchInLine finds the server of ${JSON.stringify(line)}`, () => {
    const found = findLaunchInLine(line);
    equal(found?.engine, engine);
    equal(found?.args.join(" "), args);
  });
}

Deno.test("findLaunch takes the script of a shell with the words of a manifest", () => {
  const found = findLaunch(["/bin/bash", "-c", "vllm serve $MODEL"], new Map([["MODEL", "m"]]));
  deepEqual(found, { engine: "vllm", args: ["m"], takesModel: true });
});

Deno.test("engineOfImage and versionOfImage go by an image's name", () => {
  const cases: [string, string | undefined, string | undefined][] = [
    ["vllm/vllm-openai:v0.11.0", "vllm", "0.11"],
    ["registry.example.com:5000/mirror/vllm-openai:0.9.2-cu128", "vllm", "0.9"],
    ["vllm/vllm-openai@sha256:0123", "vllm", undefined],
    ["vllm/vllm-openai:latest", "vllm", undefined],
    ["lmsysorg/sglang:v0.5.4", "sglang", undefined],
    ["llm-d/llm-d-cuda:v0.4.0", "vllm", undefined],
    ["kserve/huggingfaceserver:v0.15.0-gpu", "vllm", undefined],
    ["nginx:1.27", undefined, undefined],
  ];
  for (const [image, engine, version] of cases) {
    deepEqual([engineOfImage(image), versionOfImage(image)], [engine, version], image);
  }
});

function reading(line: string, table = VLLM_FLAG_TABLE) {
  const one = new Reading("here");
  const [words] = [...shellCommands(`x ${line}`), ["x"]];
  const others = readFlags(words.slice(1), table, one);
  return { one, others, settings: Object.fromEntries(one.settings) };
}

/** Flags in all their forms, and the settings that they are. */
const FLAGS: readonly (readonly [line: string, settings: Readonly<Record<string, unknown>>])[] = [
  ["--max-num-seqs 5", { "scheduler.max_num_seqs": 5 }],
  ["--max-num-seqs=5", { "scheduler.max_num_seqs": 5 }],
  ["--max_num_seqs=5", { "scheduler.max_num_seqs": 5 }],
  ["--max_num_seqs 5", { "scheduler.max_num_seqs": 5 }],
  ["--enable-prefix-caching", { "scheduler.prefix_caching": true }],
  ["--no-enable-prefix-caching", { "scheduler.prefix_caching": false }],
  ["--no_enable_prefix_caching", { "scheduler.prefix_caching": false }],
  ["--enable-prefix-caching=False", { "scheduler.prefix_caching": false }],
  ["--max-model-len 32k", { "model.max_model_len": 32000 }],
  ["--max-model-len 32K", { "model.max_model_len": 32768 }],
  ["--max-model-len 1.5k", { "model.max_model_len": 1500 }],
  ["--max-model-len 1M", { "model.max_model_len": 1048576 }],
  ["--max-model-len -1", { "model.max_model_len": "auto" }],
  ["--max-model-len auto", { "model.max_model_len": "auto" }],
  ["--dtype half", { "model.dtype": "fp16" }],
  ["--dtype auto", {}],
  ["-q awq", { "model.weight_dtype": "int4" }],
  ["--quantization compressed-tensors", {}],
  ["--kv-cache-dtype fp8_e5m2", { "memory.kv_cache_dtype": "fp8" }],
  ["--block-size 32 --num-gpu-blocks-override 99", {
    "memory.block_size": 32,
    "memory.num_gpu_blocks": 99,
  }],
  ["--max-num-batched-tokens 8k", { "scheduler.max_num_batched_tokens": 8000 }],
  ["--all2all-backend deepep_high_throughput", { "parallelization.all_to_all": "normal" }],
  ["--all2all-backend pplx", {}],
  ["--served-model-name a b c --max-num-seqs 2", { "scheduler.max_num_seqs": 2 }],
  ["--unknown-flag value --max-num-seqs 2", { "scheduler.max_num_seqs": 2 }],
  ["--unknown-switch --max-num-seqs 2", { "scheduler.max_num_seqs": 2 }],
  ["--max-num-seqs $N", {}],
];

for (const [line, settings] of FLAGS) {
  Deno.test(`vLLM's ${line} becomes ${JSON.stringify(settings)}`, () => {
    const { one, settings: read } = reading(line);
    deepEqual(read, settings);
    deepEqual(one.problems, []);
    const said = one.remarks.length + Object.keys(one.facts).length;
    ok(said > 0, "no flag goes without a word");
  });
}

const SGLANG: typeof FLAGS = [
  ["--mem-fraction-static .85", { "memory.gpu_memory_utilization": 0.85 }],
  ["--context-length 4096", { "model.max_model_len": 4096 }],
  ["--chunked-prefill-size 4096", { "scheduler.max_num_batched_tokens": 4096 }],
  ["--chunked-prefill-size -1", {}],
  ["--disable-radix-cache", { "scheduler.prefix_caching": false }],
  ["--schedule-policy lpm", {}],
  ["--schedule-policy fcfs", { "scheduler.scheduling_policy": "fcfs" }],
  ["--enable-priority-scheduling", { "scheduler.scheduling_policy": "priority" }],
  ["--page-size 64", { "memory.block_size": 64 }],
  ["--deepep-mode normal", { "parallelization.all_to_all": "normal" }],
  ["--quantization w8a8_int8", { "model.weight_dtype": "int8" }],
];

for (const [line, settings] of SGLANG) {
  Deno.test(`SGLang's ${line} becomes ${JSON.stringify(settings)}`, () => {
    const { one, settings: read } = reading(line, SGLANG_FLAG_TABLE);
    deepEqual([read, one.problems], [settings, []]);
    ok(one.remarks.length > 0);
  });
}

Deno.test("a flag that is not known is named with the nearest one, and its value is not", () => {
  const { one, others } = reading("--max-num-seq secret model --tensor-parallel 2");
  deepEqual(one.remarks.map(({ key }) => key), ["--max-num-seq", "--tensor-parallel"]);
  match(one.remarks[0].text, /is --max-num-seqs meant\?$/);
  ok(!JSON.stringify(one.remarks).includes("secret"));
  deepEqual(others, ["model"]);
});

Deno.test("one key of a JSON value is a JSON value", () => {
  const { one } = reading(
    "--speculative-config.num_speculative_tokens 3 --compilation-config.level=3",
  );
  deepEqual(one.problems, []);
  match(one.remarks[0].text, /\(num_speculative_tokens\)$/);
  match(one.remarks[1].text, /\(level\)$/);
});

Deno.test("SGLang's degrees are noted, and settled with the pods", () => {
  const { one } = reading(
    "--tp 4 --dp 1 --pp 2 --ep-size 2 --enable-dp-attention",
    SGLANG_FLAG_TABLE,
  );
  const values = Object.fromEntries(
    Object.entries(one.facts).map(([name, { value }]) => [name, value]),
  );
  deepEqual([one.problems, values], [[], {
    tensorParallel: 4,
    dataParallel: 1,
    pipelineParallel: 2,
    expertParallel: true,
    attentionRanks: true,
  }]);
});

Deno.test("a flag without its value, and one with a wrong value, are mistakes", () => {
  for (
    const line of [
      "--max-num-seqs --port 1",
      "--max-num-seqs",
      "--max-num-seqs 0",
      "--block-size 0",
      "--dtype int7",
      "--kv-cache-dtype x",
      "--speculative-config {",
      "--speculative-config 3",
      "--enable-prefix-caching=maybe",
      "--gpu-memory-utilization 1.5",
    ]
  ) {
    equal(reading(line).one.problems.length, 1, line);
  }
});

Deno.test("a command of more words than a command has is refused, and long scripts end soon", () => {
  const { one } = reading("--x ".repeat(10001));
  deepEqual([one.remarks.length, one.problems.length], [0, 1]);
  for (const text of ["\\", "$", "`", "${a:-", "$(", "'\"`$("]) {
    ok(findLaunchInLine(text.repeat(50000)) === undefined);
  }
});

Deno.test("openQuote() finds a quote that no shell would end, and none elsewhere", () => {
  const open: Readonly<Record<string, string>> = {
    "a 'b": "'",
    'a "b': '"',
    "a `b": "`",
    "a '\"": "'",
  };
  for (const [script, quote] of Object.entries(open)) equal(openQuote(script), quote, script);
  const closed = [
    "a 'b' \"c\"",
    "a it\\'s",
    "a # don't\nb",
    `a "it's"`,
    `a '"'`,
    "a $'it\\'s'",
    'a "${B:-"c"}"',
    'a "$(b "c")"',
    "cat <<END\nit's\nEND",
  ];
  for (const script of closed) equal(openQuote(script), undefined, script);
});
