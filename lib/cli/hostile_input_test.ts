import { deepEqual, equal, match, ok } from "#assert";
import { loadConfig } from "../config/load.ts";
import { madeUpRun } from "../results/made_up_run.ts";
import { makeManifest, openResultDirectory, writeResults } from "../results/mod.ts";
import { writeParquet } from "../results/parquet/write_parquet.ts";
import { floatColumn } from "../results/table.ts";
import { main } from "./main.ts";
import { runCommandLine, withFiles } from "./testing_command_line.ts";

async function call(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, (line) => out.push(line), (line) => err.push(line));
  return { code, out, err };
}

// deno-lint-ignore no-control-regex
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

const SHORT = "workload: { type: poisson, arrival_rate: 5, num_requests: 5 }\n";
const HF = {
  model_type: "llama",
  hidden_size: 1024,
  num_hidden_layers: 4,
  num_attention_heads: 16,
  intermediate_size: 2048,
  vocab_size: 32000,
};

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Arguments; "@" stands before a file's name. */
  readonly args: readonly string[];
  readonly says: RegExp;
}

const withModel = (content: string) => ({
  files: { "c.yaml": SHORT, "m.json": content },
  args: ["simulate", "@c.yaml", "--set", "model.hf_config=@m.json"],
});
const withPreset = (content: string) => ({
  files: { "c.yaml": SHORT, "p.yaml": content },
  args: ["simulate", "@c.yaml", "--set", "cold_start.preset=@p.yaml"],
});
const withProfile = (content: string) => ({
  files: { "c.yaml": `${SHORT}execution: { source: profiled }\n`, "p.json": content },
  args: ["simulate", "@c.yaml", "--set", "execution.profile=@p.json"],
});
const withConfiguration = (content: string) => ({
  files: { "c.yaml": content },
  args: ["simulate", "@c.yaml"],
});
const withTrace = (content: string) => ({
  files: { "c.yaml": SHORT, "t.csv": content },
  args: ["simulate", "@c.yaml", "--trace", "@t.csv"],
});

const CASES: readonly Case[] = [
  { name: "a model that is not JSON", ...withModel("{"), says: /m\.json:1:2: Cannot .* as JSON/ },
  { name: "a model without anything", ...withModel("{}"), says: /m\.json: Cannot .*"model_type"/ },
  { name: "an empty model", ...withModel(""), says: /m\.json:1:1: .*too early.*an empty file/ },
  {
    name: "a model with a number for a text",
    ...withModel(JSON.stringify({ ...HF, torch_dtype: 3 })),
    says: /m\.json: Cannot read "torch_dtype" .* as text: current value is 3$/,
  },
  {
    name: "a model with a wrong type deep inside",
    ...withModel(JSON.stringify({ text_config: { ...HF, num_hidden_layers: "4" } })),
    says: /"text_config\.num_hidden_layers" .* whole number .*: current value is "4"$/,
  },
  {
    name: "a model with heads that do not divide",
    ...withModel(JSON.stringify({ ...HF, num_key_value_heads: 3 })),
    says: /divide 16 heads: current value is 3$/,
  },
  { name: "a preset that is no YAML", ...withPreset("a: [1"), says: /p\.yaml:1:6 as YAML/ },
  {
    name: "a preset that holds itself",
    ...withPreset("id: x\nsummary: x\nstages: &s [*s]\n"),
    says: /p\.yaml.*alias stands for what it is part of/,
  },
  {
    name: "a preset with a wrong type deep inside",
    ...withPreset("id: x\nsummary: x\nstages: [{ stage: a, seconds: { x: 1 } }]\n"),
    says:
      /p\.yaml at stages\[0\]\.seconds as a number >= 0 and <= \d+: current value is \{"x":1\}$/,
  },
  {
    name: "a profile of nothing",
    ...withProfile("{}"),
    says: /p\.json: Cannot .* profile of format/,
  },
  { name: "a profile that is no JSON", ...withProfile("nothing"), says: /p\.json:1:1: .* as JSON/ },
  {
    name: "a bomb of aliases",
    ...withConfiguration(
      "a: &a [x, x]\n" +
        Array.from(
          "bcdefghij",
          (name, i) => `${name}: &${name} [${Array(10).fill(`*${"abcdefghi"[i]}`).join(", ")}]\n`,
        ).join(""),
    ),
    says: /c\.yaml as YAML \(aliases stand for more than 1000000 values\)/,
  },
  {
    name: "100,000 brackets",
    ...withConfiguration("[".repeat(100_000)),
    says: /c\.yaml:1:100 as YAML \(nesting/,
  },
  {
    name: "a file of passwords as a configuration",
    ...withConfiguration("root:$6$secret:19000:0:99999:7:::\n"),
    says: /^(?!.*secret).*c\.yaml as a configuration: current value is a mapping without any of/,
  },
  {
    name: "a file of passwords as a trace",
    ...withTrace("root:$6$secret:19000:0:99999:7:::\n"),
    says: /^(?!.*secret).*t\.csv:1:1: .*current value is text$/,
  },
  {
    name: "an HTML page as a trace",
    ...withTrace("<!doctype html>\n<p>secret</p>\n"),
    says: /^(?!.*secret).*current value is an HTML page$/,
  },
  {
    name: "a name of 3 MB",
    ...withConfiguration(`${SHORT}model: { name: ${"x".repeat(3_000_000)} }\n`),
    says: /Cannot find a model .*x\.\.\. \(\d+ characters\)$/,
  },
  {
    name: "a model's name that a terminal obeys",
    ...withConfiguration(`${SHORT}model: { name: "\\e[2J\\u202ex\\n" }\n`),
    says: /\\u001b\[2J\\u202ex\\u000a/,
  },
];

for (const { name, files, args, says } of CASES) {
  Deno.test(`${name}: one short line that no terminal obeys, exit code 2`, async () => {
    await withFiles(files, async (folder) => {
      const { code, out, err } = await call(...args.map((arg) => arg.replace("@", `${folder}/`)));
      deepEqual([code, err.length, out], [2, 1, []], err.join("\n").slice(0, 500));
      match(err[0], says);
      ok(err[0].length < 2048 && !OBEYED.test(err[0]), String(err[0].length));
    });
  });
}

Deno.test("20,000 unknown keys: the first ten are shown", async () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => `  key${i}: 1\n`).join("");
  await withFiles({ "c.yaml": `scaling:\n${keys}` }, async (folder) => {
    const { code, err } = await call("simulate", `${folder}/c.yaml`);
    deepEqual([code, err.length], [2, 11]);
    match(err[9], /unknown key "scaling\.key9"/);
    match(err[10], /19990 more mistakes/);
    ok(err.every((line) => line.length < 2048));
  });
});

Deno.test("a model's config.json with Infinity, as Python writes it, is read", async () => {
  const text = JSON.stringify({ ...HF, limit: [0, 1] }).replace("[0,1]", "[0.0,Infinity]");
  const { files, args } = withModel(text);
  await withFiles(files, async (folder) => {
    const { code, err } = await call(...args.map((arg) => arg.replace("@", `${folder}/`)));
    deepEqual([code, err.filter((line) => line.includes("Cannot"))], [0, []]);
  });
});

Deno.test("names that a terminal obeys are escaped in the summary", async () => {
  const trace = "arrival_s,prompt_tokens,output_tokens,class\n0,10,3,\x1b[31mred\u009b\u202e\n" +
    `1,10,3,${"long".repeat(1000)}\n`;
  const files = { "c.yaml": `${SHORT}slo: { ttft_s: 5 }\n`, "t.csv": trace };
  await withFiles(files, async (folder) => {
    const { code, out } = await call("simulate", `${folder}/c.yaml`, "--trace", `${folder}/t.csv`);
    equal(code, 0);
    const text = out.join("\n");
    ok(text.includes("\\u001b[31mred\\u009b\\u202e: "), text);
    ok(!OBEYED.test(text) && out.every((line) => line.length < 2048));
  });
});

Deno.test("- reads standard input, once", async () => {
  await withFiles({ "c.yaml": SHORT }, async (directory) => {
    const trace = "arrival_s,prompt_tokens,output_tokens\n0,10,3\n1,10,3\n";
    const runs: [string[], string, number, RegExp][] = [
      [["simulate", "-", "--quiet"], SHORT, 0, /5 arrived/],
      [["simulate", "c.yaml", "--trace", "-", "--quiet"], trace, 0, /2 arrived/],
      [["simulate", "-", "--quiet"], "slo: [", 2, /^Cannot read standard input:1:7 as YAML/],
      [["simulate", "-", "--trace", "-"], SHORT, 2, /^standard input: Cannot .* twice/],
    ];
    for (const [args, stdin, wanted, says] of runs) {
      const { code, stdout, stderr } = await runCommandLine(args, { directory, stdin });
      equal(code, wanted, stderr);
      match(code === 0 ? stdout : stderr, says);
    }
  });
});

Deno.test("a pipe that nobody writes to and an endless device are refused, wherever a file is named", async () => {
  await withFiles({ "c.yaml": SHORT, "p.yaml": "" }, async (folder) => {
    const pipe = `${folder}/pipe.yaml`;
    new Deno.Command("mkfifo", { args: [pipe] }).outputSync();
    Deno.symlinkSync("/dev/zero", `${folder}/zero.yaml`);
    for (const path of [pipe, `${folder}/zero.yaml`]) {
      const commands = [
        ["simulate", path],
        ["simulate", "--trace", path],
        ["simulate", "--platform", path],
        ["simulate", "--set", `model.hf_config=${path}`],
        ["simulate", "--set", `cold_start.preset=${path}`],
        ["simulate", "--set", `execution.profile=${path}`, "--set", "execution.source=profiled"],
        ["coldstart", "llama-3.1-8b", "--preset", path],
        ["profile", "show", path],
        ...[["profile", "import", path, "--gpu", "h100-sxm", "--format", "vidur"]]
          .map((args) => [...args, "--model", "m", "--out", `${folder}/o`]),
      ];
      for (const args of commands) {
        const { code, err } = await call(...args);
        deepEqual([code, err.length], [2, 1], args.join(" "));
        match(err[0], /not a regular file/);
      }
    }
  });
});

Deno.test("plot names the damaged file of the results, and what is wrong with it", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const directory = openResultDirectory(`${folder}/out`);
    const run = madeUpRun(300);
    await writeResults(directory, run, ["parquet"]);
    directory.commit(await makeManifest(run, { config: loadConfig() }));
    const other: number[] = [];
    const table = { count: 1, columns: [floatColumn("x", new Float64Array(1))] };
    writeParquet(table, (bytes) => other.push(...bytes));
    const whole = Deno.readFileSync(`${folder}/out/requests.parquet`);
    // The length of the footer stands before the last four bytes.
    const flipped = whole.with(whole.length - 6, 0xff);
    const cases: [string, Uint8Array, RegExp][] = [
      ["requests.parquet", new Uint8Array(), /requests\.parquet: Cannot .* an empty file$/],
      ["requests.parquet", whole.subarray(0, whole.length >> 1), /a damaged Parquet file \(/],
      ["requests.parquet", flipped, /a damaged Parquet file \(/],
      [
        "requests.parquet",
        Uint8Array.from(other),
        /the column arrival_s: .* a Parquet file with x$/,
      ],
      ["requests.parquet", new TextEncoder().encode("secret"), /requests\.parquet: .* is text$/],
      ["summary.json", new TextEncoder().encode("{"), /summary\.json:1:2: Cannot .* as JSON/],
      [
        "summary.json",
        new TextEncoder().encode("{}"),
        /summary\.json: Cannot .*"ttft_s" .* missing$/,
      ],
      ["manifest.json", new TextEncoder().encode("[]"), /manifest\.json: Cannot .* as an object/],
      ["manifest.json", whole, /manifest\.json: Cannot .* a Parquet file$/],
    ];
    for (const [name, content, says] of cases) {
      const path = `${folder}/out/${name}`;
      const before = Deno.readFileSync(path);
      Deno.writeFileSync(path, content);
      const { code, err, out } = await call("plot", `${folder}/out`, "--format", "svg");
      Deno.writeFileSync(path, before);
      deepEqual([code, err.length, out], [2, 1, []], err.join("\n"));
      match(err[0], says);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
