import { deepEqual, equal, match, ok } from "#assert";
import { filesBelow, withFiles } from "./testing_command_line.ts";
import { runInWarmProcess } from "./testing_warm_process.ts";

interface BadInput {
  readonly name: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** What the line on stderr has to say. */
  readonly says: readonly (string | RegExp)[];
}

const SHORT = "workload: { type: poisson, arrival_rate: 5, num_requests: 20 }\n";
const short = { "short.yaml": SHORT };
const config = (text: string) => ({ "bad.yaml": text });

const BAD_INPUTS: readonly BadInput[] = [
  {
    name: "an unknown key",
    files: config("workload: { colour: red }"),
    args: ["bad.yaml"],
    says: ['unknown key "workload.colour"'],
  },
  {
    name: "a misspelt key",
    files: config("workload: { arival_rate: 5 }"),
    args: ["bad.yaml"],
    says: ["workload.arival_rate", "arrival_rate"],
  },
  {
    name: "a misspelt section",
    files: config("wrokload: { arrival_rate: 5 }"),
    args: ["bad.yaml"],
    says: ["wrokload", "workload"],
  },
  {
    name: "a negative rate",
    files: config("workload: { type: poisson, arrival_rate: -3 }"),
    args: ["bad.yaml"],
    says: ["workload.arrival_rate", "current value is -3", "> 0"],
  },
  {
    name: "a zero duration",
    files: config("simulation: { duration: 0 }"),
    args: ["bad.yaml"],
    says: ["simulation.duration", "current value is 0"],
  },
  {
    name: "a YAML that ends too early",
    files: config("workload: { type: poisson"),
    args: ["bad.yaml"],
    says: [/bad\.yaml:\d+:\d+/, "YAML"],
  },
  {
    name: "a configuration that is not there",
    args: ["nowhere.yaml"],
    says: ["nowhere.yaml", "no such file"],
  },
  {
    name: "a configuration that is a directory",
    files: { "folder/x.txt": "" },
    args: ["folder"],
    says: ["a configuration", "is a directory", '"folder"'],
  },
  {
    name: "a trace that is not there",
    args: ["--trace", "nowhere.csv"],
    says: ["a trace", "no such file", '"nowhere.csv"'],
  },
  {
    name: "a trace of a configuration that is not there",
    files: { "sub/bad.yaml": "workload: { type: trace, trace: { path: nowhere.csv } }" },
    args: ["sub/bad.yaml"],
    says: ["a trace", "no such file", "nowhere.csv"],
  },
  {
    name: "a malformed row of a trace",
    files: {
      "bad.csv": "TIMESTAMP,ContextTokens,GeneratedTokens\n" +
        "2023-11-16 18:15:46.6805900,374,44\n" +
        "2023-11-16 18:15:50.9951690,many,109\n",
    },
    args: ["--trace", "bad.csv"],
    says: [/^bad\.csv:3:\d+: /, "ContextTokens", 'current value is "many"'],
  },
  {
    name: "a model too big for the GPU",
    files: config("model: { name: llama-3.1-70b }\ncluster: { gpu_type: H100 }"),
    args: ["bad.yaml"],
    says: [/^Cannot /, /70b/i, /h100/i, /lacks [\d.]+ GB/, /tensor.parallel/i],
  },
  {
    name: "an unknown model",
    files: config("model: { name: llama-3.1-8bb }"),
    args: ["bad.yaml"],
    says: ["llama-3.1-8bb", "llama-3.1-8b"],
  },
  {
    name: "an output directory below a file",
    files: { ...short, "file": "" },
    args: ["short.yaml", "--out", "file/out"],
    says: ["results to a directory", /not a directory/i, '"file/out"'],
  },
  {
    name: "an output directory that holds something else",
    files: { ...short, "mine/thesis.txt": "years of work" },
    args: ["short.yaml", "--out", "mine"],
    says: ["holds other files (thesis.txt)", '"mine"'],
  },
  {
    name: "an output directory with a manifest.json of another program",
    files: { ...short, "app/manifest.json": `{"name": "app"}`, "app/index.html": "" },
    args: ["short.yaml", "--out", "app"],
    says: ["no manifest.json of ours", '"app"'],
  },
  {
    name: "an output directory that is a repository",
    files: { ...short, "mine/.git/HEAD": "ref: refs/heads/main" },
    args: ["short.yaml", "--out", "mine"],
    says: ["repository (.git)", '"mine"'],
  },
  {
    name: "the working directory as the output directory",
    files: short,
    args: ["short.yaml", "--out", "."],
    says: ["the working directory or a folder above it", '"."'],
  },
  {
    name: "an output directory with a file of the user's that has the name of a table",
    files: {
      ...short,
      "out/manifest.json": `{"format": "simfaasinfer-results/1", "files": []}`,
      "out/requests.parquet": "mine",
    },
    args: ["short.yaml", "--out", "out"],
    says: ["over a file that is not ours (requests.parquet)", '"out"'],
  },
  {
    name: "times of a run over another file",
    files: { ...short, "notes.json": `{"total": "my notes"}` },
    args: ["short.yaml", "--timing", "notes.json"],
    says: ["--timing", '"notes.json", which holds something else'],
  },
  {
    name: "a misspelt option",
    files: short,
    args: ["short.yaml", "--sede", "3"],
    says: ["--sede", "did you mean --seed?"],
  },
  {
    name: "an option without its value",
    files: short,
    args: ["short.yaml", "--out"],
    says: ["--out", "--out DIR"],
  },
  {
    name: "an option that stands twice",
    files: short,
    args: ["short.yaml", "--seed", "1", "--seed", "2"],
    says: ["--seed", '"1 2"'],
  },
  {
    name: "an unknown format",
    files: short,
    args: ["short.yaml", "--format", "parquet,xlsx", "--out", "out"],
    says: ["--format", "parquet, csv, json", '"parquet,xlsx"'],
  },
  {
    name: "a format without a directory",
    files: short,
    args: ["short.yaml", "--format", "csv"],
    says: ["--out DIR"],
  },
  {
    name: "figures without a directory",
    files: short,
    args: ["short.yaml", "--figures"],
    says: ["--out DIR"],
  },
  {
    name: "a seed that is no number",
    files: short,
    args: ["short.yaml", "--seed", "-1"],
    says: ["--seed", '"-1"'],
  },
  {
    name: "an unknown stepping",
    files: short,
    args: ["short.yaml", "--stepping", "jump"],
    says: ["--stepping", "leap, step", '"jump"'],
  },
  {
    name: "an override without a value",
    files: short,
    args: ["short.yaml", "--set", "workload.arrival_rate"],
    says: ["path=value", "workload.arrival_rate"],
  },
  {
    name: "an override of an unknown setting",
    files: short,
    args: ["short.yaml", "--set", "workload.arival_rate=3"],
    says: ["workload.arival_rate", "arrival_rate"],
  },
];

for (const { name, files = {}, args, says } of BAD_INPUTS) {
  Deno.test(`${name}: one line, exit code 2, nothing written`, async () => {
    await withFiles(files, async (directory) => {
      const before = filesBelow(directory);
      const out = args.includes("--out") || args.includes("--format") || args.includes("--figures")
        ? []
        : ["--out", "new/out"];
      const run = await runInWarmProcess(["simulate", ...args, ...out], { directory });
      const lines = run.stderr.trimEnd().split("\n");
      equal(lines.length, 1, run.stderr);
      match(lines[0], /^(\S+: )?Cannot /);
      for (const words of says) {
        if (typeof words === "string") ok(lines[0].includes(words), `${words} in: ${lines[0]}`);
        else match(lines[0], words);
      }
      equal(run.code, 2);
      equal(run.stdout, "");
      deepEqual(filesBelow(directory), before);
    });
  });
}

Deno.test("every mistake of a configuration has a line of its own", async () => {
  await withFiles(
    config("simulation: { duration: 0 }\nworkload: { colour: red, arrival_rate: -1 }"),
    async (directory) => {
      const run = await runInWarmProcess(["simulate", "bad.yaml"], { directory });
      equal(run.code, 2);
      const lines = run.stderr.trimEnd().split("\n");
      equal(lines.length, 3);
      for (const line of lines) match(line, /^Cannot /);
    },
  );
});

Deno.test("a prompt longer than the model's limit is counted with its reason, not an error", async () => {
  const trace = "arrival_s,prompt_tokens,output_tokens\n0,100,10\n1,20000,10\n2,200,10\n";
  const files = {
    "trace.csv": trace,
    "long.yaml": "model: { max_model_len: 4096 }\nworkload: { type: trace, trace: " +
      "{ path: trace.csv } }\n",
  };
  await withFiles(files, async (directory) => {
    const run = await runInWarmProcess(["simulate", "long.yaml", "--out", "out"], { directory });
    equal(run.code, 0, run.stderr);
    const summary = JSON.parse(await Deno.readTextFile(`${directory}/out/summary.json`));
    deepEqual(summary.requests, {
      arrived: 3,
      completed: 2,
      rejected: 1,
      timed_out: 0,
      failed: 0,
      execution_limit: 0,
      drain_limit: 0,
      client_deadline: 0,
      unfinished: 0,
      reasons: { rejected_length: 1 },
    });
    match(run.stdout, /1 longer than the model's limit/);
  });
});
