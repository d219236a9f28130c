import assert from "#assert";
import {
  collectedLine,
  importCollected,
  parseCollectedRows,
} from "../../execution/profiled/collected/mod.ts";
import { profiled } from "../../execution/profiled/profiled.ts";
import { loadConfig } from "../../config/load.ts";
import { modelShape } from "../../models/mod.ts";
import { simulate } from "../../run/simulate.ts";
import { runProfile } from "./profile.ts";
import { collectedShape, collectorScript } from "./profile_collect.ts";

async function run(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  assert.equal(await runProfile(args, (line) => lines.push(line)), 0);
  return lines;
}

type Shape = ReturnType<typeof collectedShape>;

/** Lines as the script writes them of a shape, at the tokens 1, 8 and 64. */
function linesOf(shape: Shape): string[] {
  const heads = {
    kernel: "k",
    heads: shape.heads,
    kv_heads: shape.kv_heads,
    head_size: shape.head_size,
    kv_dtype: "bf16" as const,
  };
  const tokens = [1, 8, 64];
  return [
    ...shape.matrices.flatMap(([n, k]) =>
      tokens.map((m) => collectedLine("gemm", { dtype: "bf16", m, n, k, us: 1000 + m }))
    ),
    ...tokens.flatMap((batch) =>
      [64, 512].map((context) =>
        collectedLine("decode_attention", { ...heads, batch, context, us: 100 + batch * context })
      )
    ),
    ...tokens.map((chunk) =>
      collectedLine("prompt_attention", { ...heads, batch: 1, chunk, past: 0, us: 100 + chunk })
    ),
    ...(shape.experts === undefined ? [] : tokens.map((m) =>
      collectedLine("experts", {
        dtype: "bf16",
        hidden: shape.hidden,
        inner: shape.experts!.inner,
        per_token: shape.experts!.per_token,
        count: shape.experts!.count,
        tensor_parallel: shape.experts!.tensor_parallel,
        tokens: m,
        us: 500 + m,
      })
    )),
  ];
}

Deno.test("the script measures every matrix that a step of its models multiplies by", () => {
  const models = ["llama-3.1-8b", "qwen3-30b-a3b", "opt-6.7b", "gemma-2-9b", "mixtral-8x7b"];
  for (const name of models) {
    for (const tensorParallel of [1, 2]) {
      const shape = modelShape(name);
      const { rows } = parseCollectedRows(
        linesOf(collectedShape(shape, tensorParallel)).join("\n"),
      );
      const sheet = { memoryBytes: 80e9, memoryBytesPerSecond: 1e15, bf16FlopsPerSecond: 1e18 };
      const { profile } = importCollected(rows, { gpu: "mine", sheet });
      const model = profiled({
        profile,
        shape,
        tensorParallel,
        maxTokensPerStep: 64,
        maxSequences: 64,
      });
      const seconds = model.stepSeconds({
        decodeSequences: 8,
        decodeContextTokens: 8 * 64,
        chunkCount: 0,
        chunkTokens: Int32Array.of(0),
        chunkPastTokens: Int32Array.of(0),
        sampledSequences: 8,
      });
      // Each product was measured: none of them is a guess from the others, which all take 1,008 us.
      const products = name === "mixtral-8x7b" || name === "qwen3-30b-a3b" ? 3 : 4;
      const experts = products === 3 ? 508 : 0;
      const least = shape.layers.length * (products * 1008 + experts + 100 + 8 * 64) + 1008;
      const us = seconds * 1e6;
      assert.ok(us >= 0.999 * least && us < 1.01 * least, `${name} ${us} ${least}`);
    }
  }
});

Deno.test("profile collect prints a script of its own with the shapes in it", async () => {
  const text = (await run("collect", "--print-script", "--model", "qwen3-32b", "--tp", "2")).join(
    "\n",
  );
  const spec = JSON.parse(/SPEC = json\.loads\(r"""(.*?)"""\)/s.exec(text)![1]);
  assert.deepEqual(spec.shapes[0].matrices[0], [(32 + 2 * 4) * 128, 5120]);
  assert.equal(
    text.trimEnd(),
    collectorScript([collectedShape(modelShape("qwen3-32b"), 2)]).trimEnd(),
  );
  // Torch, Triton where it is, and what comes with Python.
  const imported = [...text.matchAll(/^\s*(?:import|from) (\w+)/gm)].map(([, name]) => name);
  const standard = ["argparse", "datetime", "json", "math", "os", "platform", "statistics"];
  const more = ["subprocess", "sys", "tempfile", "threading", "time", "torch", "triton"];
  assert.deepEqual(imported.filter((name) => ![...standard, ...more].includes(name)), []);
});

Deno.test("profile collect and import name what is wrong with a command line", async () => {
  const folder = Deno.makeTempDirSync();
  const rows = `${folder}/rows.jsonl`;
  Deno.writeTextFileSync(rows, linesOf(collectedShape(modelShape("opt-125m"), 1)).join("\n"));
  Deno.writeTextFileSync(`${folder}/other.jsonl`, "hello\n");
  const own = ["--gpu", "mine", "--out", `${folder}/out.json`];
  const wrong: [string[], RegExp][] = [
    [["collect"], /without --print-script/],
    [["collect", "--print-script", "--model", "opt-125"], /did you mean opt-125m/],
    [["collect", "--print-script", "--minutes", "0"], /has to be above 0/],
    [["collect", "--print-script", "--tp", "5"], /degree of 32 heads: current value is 5/],
    [["collect", "--print-script", "--model", "deepseek-v3"], /latent layers/],
    [["collect", "--print-script", "--model", `${folder}/no.json`], /no\.json/],
    [["import", rows, ...own], /the GPU mine without its memory: .*--memory/],
    [["import", rows, ...own, "--memory", "much"], /--memory as a number > 0 .*"much"/],
    [["import", rows, "--gpu", "a\u001bb", "--out", "x"], /Cannot name a GPU/],
    [["import", rows, "--gpu", "H100", "--out", "x", "--tflops", "9"], /sheet of h100-sxm as one/],
    [["import", `${folder}/other.jsonl`, ...own], /none of its lines is one/],
    [["import", rows, ...own, "--memory", "8GB", "--prompt-kernel", "z"], /as one of k: .* is z/],
    [["import", rows, ...own, "--format", "tea"], /mine without its memory/],
  ];
  for (const [args, message] of wrong) {
    await assert.rejects(runProfile(args, () => {}), message, args.join(" "));
  }
  const said = await run("import", rows, ...own, "--memory", "8GB");
  assert.match(said.join("\n"), /dense peak of mine is the largest that was measured/);
  Deno.removeSync(folder, { recursive: true });
});

/** Debian's Python, which has torch as a package. */
const PYTHON = "/usr/bin/python3";
const hasTorch = (() => {
  try {
    const args = ["-c", "import importlib.util as u; exit(0 if u.find_spec('torch') else 1)"];
    return new Deno.Command(PYTHON, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
})();

Deno.test({
  name: "the script runs on torch for CPUs, goes on after a kill, and its rows can be simulated",
  // apt-get install python3-torch
  ignore: !hasTorch,
  async fn() {
    const folder = Deno.makeTempDirSync();
    const [script, rows, out] = ["collect.py", "rows.jsonl", "cpu.json"].map((name) =>
      `${folder}/${name}`
    );
    const config = JSON.stringify({
      model_type: "llama",
      hidden_size: 64,
      intermediate_size: 96,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 16,
      vocab_size: 200,
      max_position_embeddings: 512,
    });
    Deno.writeTextFileSync(`${folder}/tiny.json`, config);
    const text = await run("collect", "--print-script", "--model", `${folder}/tiny.json`);
    Deno.writeTextFileSync(script, text.join("\n"));
    const measure = (minutes: string) => {
      const args = [script, "--out", rows, "--device", "cpu", "--minutes", minutes];
      const { success, stdout, stderr } = new Deno.Command(PYTHON, { args }).outputSync();
      assert.ok(success, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout);
    };
    // No time at all: the device and its kernels alone, and a word about the rest.
    assert.match(measure("0.00001"), /\d+ points are left: run this again over the same file/);
    // Killed in the middle of a line.
    Deno.writeTextFileSync(rows, '{"op": "gemm", "dty', { append: true });
    measure("5");
    const read = parseCollectedRows(Deno.readTextFileSync(rows));
    assert.equal(read.broken.length, 1);
    assert.equal(read.unknown.size, 0);
    const failed = read.rows.self_test.filter(({ name, ok }) => name.startsWith("kernel") && !ok);
    assert.deepEqual(failed, []);
    const ops = ["gemm", "decode_attention", "prompt_attention", "elementwise", "sampling", "peak"];
    for (const op of [...ops, "all_reduce", "copy", "host", "cold_start", "step", "ablation"]) {
      const { length } = read.rows[op as keyof typeof read.rows];
      assert.ok(length > 0, op);
    }
    // Nothing is measured twice.
    const before = Object.entries(read.rows).map(([op, list]) => [op, list.length]);
    measure("5");
    const after = parseCollectedRows(Deno.readTextFileSync(rows)).rows;
    for (const [op, length] of before) {
      if (op === "device" || op === "self_test" || op === "skipped") continue;
      assert.equal(after[op as keyof typeof after].length, length, String(op));
    }
    const said = await run("import", rows, "--gpu", "my-cpu", "--out", out);
    assert.match(said.join("\n"), /skipped: line \d+, no JSON/);
    const configuration = loadConfig(
      "model: {hf_config: tiny.json}\ncluster: {gpu_type: my-cpu}\n" +
        "execution: {source: profiled, profile: cpu.json}\n" +
        "workload: {type: poisson, num_requests: 20, arrival_rate: 5}\n",
    );
    const { summary } = await simulate(configuration, {
      files: new Map([["tiny.json", config], ["cpu.json", Deno.readTextFileSync(out)]]),
    });
    // Prompts beyond the model's 512 positions are refused, the others are served.
    const { arrived, completed } = summary.requests;
    assert.ok(arrived === 20 && completed > 5, JSON.stringify(summary.requests));
    assert.ok(summary.e2e_s.p99! > 0);
    Deno.removeSync(folder, { recursive: true });
  },
});
