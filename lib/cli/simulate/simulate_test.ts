import { deepEqual, equal, match, notEqual, ok } from "#assert";
import { filesBelow, runCommandLine, withFiles } from "../testing_command_line.ts";
import { runInWarmProcess } from "../testing_warm_process.ts";

const CONFIG = "workload: { type: poisson, arrival_rate: 5, num_requests: 60 }\n";
const TRACE = "arrival_s,prompt_tokens,output_tokens\n0,100,10\n1,300,20\n2,200,30\n";

const TABLES = [
  ...["cold_start_waits", "instances", "latency_parts", "requests", "timeseries", "token_gaps"],
];

/** The digest that the summary prints. */
function digestOf(stdout: string): string {
  const found = /^digest +([0-9a-f]{64})$/m.exec(stdout);
  ok(found !== null, stdout);
  return found![1];
}

Deno.test("simulate prints the summary and says how to keep results, and writes nothing", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const run = await runCommandLine(["simulate", "a.yaml"], { directory });
    equal(run.code, 0, run.stderr);
    match(run.stdout, /^latency +mean +p50/m);
    match(run.stdout, /60 arrived, 60 completed/);
    match(run.stdout, /simulated seconds per second/);
    match(run.stdout, /To save it: deno task simulate a\.yaml --out results\/run$/m);
    deepEqual(filesBelow(directory), ["a.yaml"]);
  });
});

Deno.test("simulate --out writes tables, summary and manifest, and a second run replaces them", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const args = ["simulate", "a.yaml", "--out", "new/out"];
    const run = await runInWarmProcess(args, { directory });
    equal(run.code, 0, run.stderr);
    match(run.stdout, /Results are in new\/out/);
    const expected = ["a.yaml", "new/", "new/out/"].concat(
      ["manifest.json", "summary.json", ...TABLES.map((table) => `${table}.parquet`)]
        .map((name) => `new/out/${name}`),
    ).sort();
    deepEqual(filesBelow(directory), expected);
    const read = async (name: string) =>
      JSON.parse(await Deno.readTextFile(`${directory}/new/out/${name}`));
    const summary = await read("summary.json");
    const manifest = await read("manifest.json");
    equal(summary.requests.completed, 60);
    equal(summary.digest, digestOf(run.stdout));
    equal(manifest.digest, summary.digest);
    deepEqual(manifest.inputs.map((input: { name: string }) => input.name), ["a.yaml"]);
    const again = await runInWarmProcess([...args, "--seed", "7"], { directory });
    equal(again.code, 0, again.stderr);
    deepEqual(filesBelow(directory), expected);
    equal((await read("manifest.json")).seed, 7);
  });
});

Deno.test("--format writes each format asked for and no other", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const args = ["simulate", "a.yaml", "--out", "out", "--format", "csv,json"];
    const run = await runInWarmProcess(args, { directory });
    equal(run.code, 0, run.stderr);
    const tables = TABLES.flatMap((table) => [`out/${table}.csv`, `out/${table}.json`]);
    deepEqual(
      filesBelow(directory).filter((name) => name.startsWith("out/") && name !== "out/"),
      [...tables, "out/manifest.json", "out/summary.json"].sort(),
    );
    const csv = await Deno.readTextFile(`${directory}/out/requests.csv`);
    equal(csv.trimEnd().split(/\r?\n/).length, 61);
  });
});

Deno.test("--quiet prints the summary and nothing else, and nothing on stderr", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const loud = await runInWarmProcess(["simulate", "a.yaml"], { directory });
    const quiet = await runInWarmProcess(["simulate", "a.yaml", "--quiet"], { directory });
    equal(quiet.stderr, "");
    ok(loud.stdout.startsWith(quiet.stdout));
    equal(digestOf(quiet.stdout), digestOf(loud.stdout));
    ok(!/--out|per second/.test(quiet.stdout.replace(/.*requests\/s.*/, "")));
    const saved = await runInWarmProcess(["simulate", "a.yaml", "--quiet", "--out", "out"], {
      directory,
    });
    equal(saved.stdout, quiet.stdout);
  });
});

Deno.test("same seed, same digest; another seed, another", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const digest = async (...args: string[]) => {
      const run = await runInWarmProcess(["simulate", "a.yaml", ...args], { directory });
      equal(run.code, 0, run.stderr);
      return digestOf(run.stdout);
    };
    const one = await digest("--seed", "1");
    equal(await digest("--seed", "1"), one);
    equal(await digest("--set", "simulation.random_seed=1"), one);
    equal(await digest("--set", "simulation.random_seed=2", "--seed", "1"), one);
    notEqual(await digest("--seed", "2"), one);
  });
});

Deno.test("--stepping step walks every step and prints the same numbers", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const run = async (stepping: string) => {
      const args = ["simulate", "a.yaml", "--quiet", "--out", "out", "--stepping", stepping];
      const { code, stdout, stderr } = await runInWarmProcess(args, { directory });
      equal(code, 0, stderr);
      const manifest = JSON.parse(await Deno.readTextFile(`${directory}/out/manifest.json`));
      return { engine: manifest.engine, shown: stdout.replace(/^digest.*$/m, "") };
    };
    const leap = await run("leap");
    const step = await run("step");
    equal(step.shown, leap.shown);
    equal(step.engine.stepping, "step");
    equal(step.engine.steps_leapt, 0);
    ok(leap.engine.steps_leapt > 0);
    equal(step.engine.steps_single, leap.engine.steps_leapt + leap.engine.steps_single);
  });
});

Deno.test("later configurations win over earlier ones, --set over all", async () => {
  const files = { "a.yaml": CONFIG, "b.yaml": "workload: { num_requests: 30 }" };
  await withFiles(files, async (directory) => {
    const arrived = async (...args: string[]) => {
      const run = await runInWarmProcess(["simulate", ...args, "--quiet"], { directory });
      equal(run.code, 0, run.stderr);
      return Number(/([\d,]+) arrived/.exec(run.stdout)![1]);
    };
    equal(await arrived("a.yaml", "b.yaml"), 30);
    equal(await arrived("b.yaml", "a.yaml"), 60);
    equal(await arrived("b.yaml", "a.yaml", "--set", "workload.num_requests=10"), 10);
  });
});

Deno.test("a trace is found from the configuration's directory, or from the command line's", async () => {
  const files = {
    "traces/t.csv": TRACE,
    "sub/replay.yaml": "workload: { type: trace, trace: { path: ../traces/t.csv } }",
    "a.yaml": CONFIG,
  };
  await withFiles(files, async (directory) => {
    const run = async (...args: string[]) => {
      const result = await runInWarmProcess(["simulate", ...args, "--out", "out"], { directory });
      equal(result.code, 0, result.stderr);
      match(result.stdout, /3 arrived, 3 completed/);
      const manifest = JSON.parse(await Deno.readTextFile(`${directory}/out/manifest.json`));
      return manifest as { digest: string; inputs: { name: string; sha256: string }[] };
    };
    const fromFile = await run("sub/replay.yaml");
    deepEqual(fromFile.inputs.map(({ name }) => name), ["sub/replay.yaml", "../traces/t.csv"]);
    const fromOption = await run("a.yaml", "--trace", "traces/t.csv");
    deepEqual(fromOption.inputs.map(({ name }) => name), ["a.yaml", "traces/t.csv"]);
    equal(fromOption.digest, fromFile.digest);
    equal(fromOption.inputs[1].sha256, fromFile.inputs[1].sha256);
    const set = ["--set", "workload.type=trace", "--set", "workload.trace.path=traces/t.csv"];
    equal((await run("a.yaml", ...set)).digest, fromFile.digest);
  });
});

Deno.test("a model's config.json is read from the configuration's directory", async () => {
  const shape = {
    architectures: ["LlamaForCausalLM"],
    hidden_size: 2048,
    intermediate_size: 8192,
    max_position_embeddings: 8192,
    model_type: "llama",
    num_attention_heads: 32,
    num_hidden_layers: 16,
    num_key_value_heads: 8,
    tie_word_embeddings: true,
    vocab_size: 128256,
  };
  const files = {
    "sub/config.json": JSON.stringify(shape),
    "sub/a.yaml": `${CONFIG}model: { name: small, hf_config: config.json }\n`,
    "sub/b.yaml": `${CONFIG}model: { name: small, hf_config: nowhere.json }\n`,
  };
  await withFiles(files, async (directory) => {
    const run = await runInWarmProcess(["simulate", "sub/a.yaml"], { directory });
    equal(run.code, 0, run.stderr);
    match(run.stdout, /60 arrived, 60 completed/);
    const missing = await runInWarmProcess(["simulate", "sub/b.yaml"], { directory });
    equal(missing.code, 2);
    match(missing.stderr, /^Cannot read a model's config\.json.*nowhere\.json"\n$/);
  });
});

Deno.test("functions name files of their own, which count from the configuration's directory", async () => {
  const preset = (seconds: number) =>
    `{ id: own, summary: own, stages: [{ stage: my_stage, seconds: ${seconds} }] }\n`;
  const files = {
    "sub/fast.yaml": preset(1),
    "sub/slow.yaml": preset(40),
    "sub/a.yaml": `${CONFIG}functions:\n` +
      "  - { name: a, cold_start: { preset: fast.yaml } }\n" +
      "  - { name: b, cold_start: { preset: slow.yaml } }\n" +
      "  - { name: c, cold_start: { preset: medusa } }\n",
  };
  await withFiles(files, async (directory) => {
    const args = ["simulate", "sub/a.yaml", "--out", "out", "--format", "json"];
    const run = await runInWarmProcess(args, { directory });
    equal(run.code, 0, run.stderr);
    const read = (name: string) => JSON.parse(Deno.readTextFileSync(`${directory}/out/${name}`));
    const names = read("manifest.json").inputs.map((input: { name: string }) => input.name);
    deepEqual(names, ["sub/a.yaml", "fast.yaml", "slow.yaml"]);
    const longest = (name: string) =>
      Math.max(
        ...read("cold_start_waits.json").flatMap((
          row: { function: string; stage: string; wait_s: number },
        ) => row.function === name && row.stage === "my_stage" ? [row.wait_s] : []),
      );
    ok(Math.abs(longest("a") - 1) < 1e-9 && Math.abs(longest("b") - 40) < 1e-9);
    const missing = await runInWarmProcess(
      ["simulate", "sub/a.yaml", "--set", "cold_start.preset=nowhere.yaml"],
      { directory },
    );
    equal(missing.code, 0, "no function uses it");
  });
});

Deno.test("an interrupted run leaves nothing half-written", async () => {
  const long = "workload: { type: poisson, arrival_rate: 8 }\nsimulation: { duration: 100h }\n";
  await withFiles({ "long.yaml": long }, async (directory) => {
    // Its three million requests would end with 0; how far they are is told after two seconds.
    const run = await runCommandLine(["simulate", "long.yaml", "--out", "new/out"], {
      directory,
      interruptsAtWord: true,
    });
    notEqual(run.code, 0);
    match(run.stderr, /^simulating: /);
    deepEqual(filesBelow(directory), ["long.yaml"]);
  });
});

Deno.test("simulation.replications prints intervals and writes a row per replication", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const several = ["--set", "simulation.replications=3", "--format", "json", "--out", "out"];
    const run = await runInWarmProcess(["simulate", "a.yaml", ...several], { directory });
    equal(run.code, 0, run.stderr);
    match(run.stdout, /^3 replications/);
    match(run.stdout, /^ttft_p99_s +[\d.]+ m?s +[\d.]+ m?s to [\d.]+ m?s/m);
    const read = async (name: string) =>
      JSON.parse(await Deno.readTextFile(`${directory}/out/${name}`));
    const rows = await read("replications.json");
    deepEqual(rows.map((row: { replication: number }) => row.replication), [0, 1, 2]);
    const alone = await runInWarmProcess(["simulate", "a.yaml"], { directory });
    equal(rows[0].digest, digestOf(alone.stdout));
    equal((await read("summary.json")).digest, rows[0].digest);
    const { mean, lower, upper } = (await read("replication_summary.json")).ttft_mean_s;
    ok(lower < mean && mean < upper);
  });
});

Deno.test("--timing says where the time of the process went, by phase", async () => {
  await withFiles({ "a.yaml": CONFIG }, async (directory) => {
    const args = ["simulate", "a.yaml", "--quiet", "--timing", "timing.json"];
    const run = await runCommandLine(args, { directory });
    equal(run.code, 0, run.stderr);
    const timing = JSON.parse(await Deno.readTextFile(`${directory}/timing.json`));
    deepEqual(Object.keys(timing.phases), ["start", "build", "loop", "summary", "results"]);
    let wall = 0;
    for (const phase of Object.values(timing.phases) as { wall_s: number }[]) wall += phase.wall_s;
    ok(Math.abs(wall - timing.total.wall_s) < 1e-9, `${wall}: ${timing.total.wall_s}`);
    ok(timing.total.cpu_s > 0 && timing.loop_allocated_bytes > 0);
  });
});

Deno.test("--platform puts a platform below the configuration: by name, by file, over its own", async () => {
  const mine = "{ id: mine, summary: s, as_of: 2026-11, sources: [own], assumed: [], " +
    "configuration: { scaling: { keep_alive: { policy: fixed, seconds: 3s }, max_instances: 2 } } }";
  const files = { "a.yaml": `${CONFIG}scaling: { max_instances: 5 }\nplatform: knative\n`, mine };
  await withFiles({ "a.yaml": files["a.yaml"], "mine.yaml": files.mine }, async (directory) => {
    const settings = async (...options: string[]) => {
      const args = ["simulate", "a.yaml", "--quiet", "--out", "out", ...options];
      const run = await runInWarmProcess(args, { directory });
      equal(run.code, 0, run.stderr);
      const { config, inputs } = JSON.parse(
        await Deno.readTextFile(`${directory}/out/manifest.json`),
      );
      const { keep_alive: { seconds }, max_instances: most, policy } = config.scaling;
      return { most, policy, seconds, inputs: inputs.map(({ name }: { name: string }) => name) };
    };
    const own = { most: 5, inputs: ["a.yaml"] };
    const named = await settings("--platform", "runpod-like");
    deepEqual(named, { ...own, policy: "queue-delay", seconds: 5 });
    equal((await settings()).policy, "knative-kpa");
    const file = await settings("--platform", "mine.yaml");
    equal(file.seconds, 3);
    notEqual(file.policy, "knative-kpa");
    deepEqual([file.most, file.inputs], [5, ["mine.yaml", "a.yaml"]]);
    const set = await settings("--platform", "runpod-like", "--set", "scaling.max_instances=1");
    equal(set.most, 1);
  });
});

Deno.test("--platform of another name is one line with the names, and exit code 2", async () => {
  const run = await runInWarmProcess(["simulate", "--platform", "modal"], { directory: "." });
  equal(run.code, 2);
  equal(
    run.stderr,
    "Cannot read --platform as one of knative, cloud-run-like, modal-like, runpod-like, " +
      "sagemaker-like, azure-container-apps-like or a YAML file (did you mean modal-like?): " +
      'current value is "modal"\n',
  );
  const missing = await runInWarmProcess(["simulate", "--platform", "none.yaml"], {
    directory: ".",
  });
  equal([missing.code, missing.stderr.split("\n").length].join(), "2,2");
});
