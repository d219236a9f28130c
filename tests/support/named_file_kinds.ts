import { loadConfig } from "../../lib/config/load.ts";
import { tableOfRows } from "../../lib/execution/profiled/operator_table.ts";
import { writeProfile } from "../../lib/execution/profiled/profile_text.ts";
import { shippedProfile } from "../../lib/execution/profiled/catalogue.ts";
import { rowTable } from "../../lib/experiment/row_table.ts";
import { madeUpRun } from "../../lib/results/made_up_run.ts";
import { makeManifest, openResultDirectory, writeResults } from "../../lib/results/mod.ts";
import { type Language, parquetBytes } from "./mutate_file.ts";

/** A kind of file that a configuration or a command names. */
export interface FileKind {
  readonly name: string;
  readonly language: Language;
  /** Share of the cases. */
  readonly weight: number;
  /** Name of the file in the folder of the fuzz. */
  readonly file: string;
  /** A valid one. */
  readonly content: Uint8Array;
  /** The command line that reads it, in that folder. */
  readonly args: readonly string[];
}

const BASE = `
simulation: { random_seed: 3, duration: 20, drain: false }
workload:
  type: poisson
  arrival_rate: 0.5
  num_requests: 3
  prompt_length: { distribution: constant, value: 20 }
  decode_length: { distribution: constant, value: 4 }
model: { name: llama-3.1-8b }
cluster: { gpu_type: H100 }
scheduler: { max_num_seqs: 8, max_num_batched_tokens: 64 }
scaling: { enabled: true, max_instances: 2 }
metrics: { collect_interval: 10 }
`;

/** A configuration with most of what a configuration may hold. */
const FLEET = `
simulation: { random_seed: 3, duration: 20s, warmup_duration: 1s, drain: false, stepping: step }
workload:
  type: poisson
  arrival_rate: 30 req/min
  prompt_length: { distribution: exponential, mean: 64, min: 1, max: 256 }
  decode_length: { distribution: lognormal, mean: 8, max: 64 }
  functions: { zipf: 1 }
  classes:
    - { name: interactive, share: 0.7, slo: { ttft_s: 500ms } }
    - { name: batch, share: 0.3 }
  tenants: { count: 3, zipf: 1 }
  prefix_groups: { groups: 2, tokens: 32, zipf: 1 }
model: { name: llama-3.1-8b, dtype: bf16, max_model_len: 4096 }
cluster:
  nodes: [{ type: dgx-h100, count: 2 }]
  placement: { policy: startup-time }
  routing: { policy: prefix-affinity }
scheduler: { type: sarathi, max_num_seqs: 8, prefix_caching: true }
memory: { block_size: 16, gpu_memory_utilization: 0.9 }
execution: { source: analytical, overheads: { step_seconds: 1ms } }
cold_start: { preset: serverlessllm, initial_instances: 0, jitter: 0.1, parameters: {} }
scaling:
  policy: queue-delay
  period: 2s
  min_instances: 0
  max_instances: 3
  activation: first
  keep_alive: { policy: fixed, seconds: 5s, sleep: { level: 2 } }
gateway: { concurrency_per_instance: 4 }
cost: { gpu_cost_per_hour: { H100: 2.5 }, idle_factor: 0.5 }
slo: { ttft_s: 1, tpot_s: 50ms }
functions:
  - { name: chat, count: 2, scaling: { max_instances: 2 }, slo: { ttft_s: 500ms } }
  - { name: small, model: { name: gpt2 }, gpu_type: H100 }
metrics: { collect_interval: 5, percentiles: [50, 99] }
`;

/** Read over what is fuzzed, so that a valid file makes a short run. */
const BOUNDED = [
  ...["workload.num_requests=3", "simulation.duration=20", "simulation.drain=false"],
  ...["metrics.collect_interval=10", "simulation.replications=1"],
].flatMap((set) => ["--set", set]);

const HF_CONFIG = {
  architectures: ["Qwen2MoeForCausalLM"],
  _name_or_path: "made/up",
  model_type: "qwen2_moe",
  torch_dtype: "bfloat16",
  hidden_size: 1024,
  intermediate_size: 2048,
  num_hidden_layers: 4,
  num_attention_heads: 16,
  num_key_value_heads: 4,
  vocab_size: 32000,
  max_position_embeddings: 4096,
  num_experts: 8,
  num_experts_per_tok: 2,
  moe_intermediate_size: 512,
  tie_word_embeddings: false,
  use_sliding_window: false,
  sliding_window: null,
  max_window_layers: 2,
  layer_types: ["full_attention", "sliding_attention", "full_attention", "sliding_attention"],
  rope_scaling: { type: "yarn", factor: 4.0 },
};

const SHORT_TRACE = [[0.5, 20, 4, "a", "s1"], [1.5, 30, 5, "b", ""], [
  3,
  10,
  3,
  "a",
  "s1",
]] as const;
const csvTrace = "arrival_s,prompt_tokens,output_tokens,class,session\n" +
  SHORT_TRACE.map((row) => row.join(",") + "\n").join("");
const rowsOf = SHORT_TRACE.map(([arrival_s, prompt_tokens, output_tokens, name, session]) => ({
  ...{ arrival_s, prompt_tokens, output_tokens },
  ...{ class: name, session },
}));
const jsonLines = (rows: readonly unknown[]) =>
  rows.map((row) => JSON.stringify(row) + "\n").join("");

/** A small profile, which parses in a moment. */
function smallProfile(): string {
  const grid = (...axes: readonly number[][][]): number[][][] =>
    axes.reduce<number[][][]>((at, axis) => at.flatMap((a) => axis.map((x) => [...a, x])), [[]]);
  const pairs = [[8, 2], [32, 8]];
  const points = (...values: number[]) => values.map((value) => [value]);
  const rows = (at: number[][][]) => at.map((a, i) => ({ at: a, seconds: 1e-5 * (1 + i) }));
  const heads = ["heads", "kvHeads"];
  const dtype = { dtype: "bf16" };
  const attention = { headSize: 128, kvDtype: "bf16" };
  const reference = {
    computeEfficiency: 0.8,
    memoryEfficiency: 0.8,
    sharpness: 2,
    constantSeconds: 2e-6,
  };
  const widths = points(1024, 4096, 14336);
  return writeProfile({
    ...shippedProfile("h100-sxm"),
    gpu: "h100-sxm",
    tables: [
      tableOfRows("gemm", dtype, [["n"], ["k"], ["m"]], rows(grid(widths, widths, points(1, 64)))),
      tableOfRows(
        "context_attention",
        attention,
        [heads, ["batch"], ["tokens"]],
        rows(grid(pairs, points(1, 4), points(16, 4096))),
      ),
      tableOfRows(
        "generation_attention",
        attention,
        [heads, ["batch"], ["context"]],
        rows(grid(pairs, points(1, 8), points(16, 4096))),
      ),
    ].map((table) => ({ ...table, reference })),
  });
}

/** A small profile of one model's layers. */
function layerProfile(): string {
  const attributes = { model: "llama-3.1-8b", tensorParallel: 1, dtype: "bf16" };
  const along = (...values: number[]) =>
    values.map((value, i) => ({ at: [[value]], seconds: 1e-5 * (1 + i) }));
  const mixed = [0, 16, 64].flatMap((chunk) =>
    [0, 64].flatMap((past) =>
      [0, 8].flatMap((decodes) =>
        [0, 512].map((context, i) => ({
          at: [[chunk], [past], [decodes], [context]],
          seconds: 1e-5 * (1 + i + chunk + decodes),
        }))
      )
    )
  );
  return writeProfile({
    ...shippedProfile("rtx-4090"),
    tables: [
      tableOfRows("layer", { ...attributes, layer: "qkv_proj" }, [["tokens"]], along(1, 64)),
      tableOfRows("layer", { ...attributes, layer: "layernorm" }, [["tokens"]], along(1, 64)),
      tableOfRows(
        "sampled_layer",
        { ...attributes, layer: "lm_head" },
        [["sequences"]],
        along(1, 8),
      ),
      tableOfRows(
        "mixed_attention",
        attributes,
        [["chunk"], ["past"], ["decodes"], ["context"]],
        mixed,
      ),
    ],
  });
}

/** The files of a folder of LLMServingSim measurements. */
const LAYERS = {
  "tp1/dense.csv": "layer,tokens,time_us\nqkv_proj,1,5\nqkv_proj,64,9\n",
  "tp1/per_sequence.csv": "layer,sequences,time_us\nlm_head,1,5\nlm_head,8,6\n",
  "tp1/attention.csv": "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us\n" +
    "0,0,1,64,4\n16,0,0,0,5\n16,64,1,64,7\n",
  "meta.yaml": "skew_fit: { enabled: true, per_tp: { 1: { alpha_default: 0.3 } } }\n",
} as const;

function data(path: string): string {
  return Deno.readTextFileSync(new URL(`../../data/${path}`, import.meta.url));
}

/** A folder's results of a run and of an experiment, as the commands write them. */
async function writeResultsInto(folder: string): Promise<void> {
  const run = madeUpRun(40);
  const directory = openResultDirectory(`${folder}/out`);
  const config = loadConfig("slo: { ttft_s: 0.5 }");
  await writeResults(directory, run, ["parquet"]);
  directory.commit(await makeManifest(run, { config }));
}

const EXPERIMENT = (house: string) => `
import { defineExperiment } from "${house}lib/experiment/define_experiment.ts";
export default defineExperiment({
  id: "00_test", version: 1, seed: 7, question: "Does it run?",
  factors: { rate: [1, 2] },
  run: ({ cell }) => ({ seconds: Number(cell.rate) }),
  figures: {
    plain: (rows) => ({
      data: { values: rows.map(({ rate, seconds }) => ({ rate, seconds })) },
      mark: "point",
      encoding: { x: { field: "rate", type: "quantitative" } },
    }),
  },
});
`;

/**
 * Every kind of file, each with a command line that reads it. Writes what they need beside the file
 * itself into a folder.
 */
export async function namedFileKinds(folder: string): Promise<FileKind[]> {
  const write = (path: string, text: string | Uint8Array) => {
    const slash = path.lastIndexOf("/");
    if (slash > 0) Deno.mkdirSync(`${folder}/${path.slice(0, slash)}`, { recursive: true });
    Deno.writeFileSync(`${folder}/${path}`, bytes(text));
  };
  write("base.yaml", BASE);
  await writeResultsInto(folder);
  const house = new URL("../../", import.meta.url).href;
  write("experiments/00_test/experiment.ts", EXPERIMENT(house));
  write("rows/manifest.json", JSON.stringify({ experiment: "00_test", config: {} }));
  const rows = [1, 2].map((rate) => ({ rate, replication: 0, seconds: rate, kind: `k${rate}` }));
  write("rows/rows.parquet", parquetBytes(rowTable(rows)));

  for (const [file, content] of Object.entries(LAYERS)) write(`layers/${file}`, content);
  const at = (path: string) => `${folder}/${path}`;
  const set = (...pairs: string[]) => pairs.flatMap((pair) => ["--set", pair]);
  const simulate = (
    ...more: string[]
  ) => ["simulate", at("base.yaml"), "--quiet", ...more, ...BOUNDED];
  const plot = (
    ...more: string[]
  ) => ["plot", at("out"), "--out", at("drawn"), "--format", "svg", ...more];
  const kind = (
    name: string,
    language: Language,
    weight: number,
    content: string | Uint8Array,
    args: (path: string) => readonly string[],
    file = `fuzzed-${name.replaceAll(/\W+/g, "-")}.${language === "yaml" ? "yaml" : "json"}`,
  ): FileKind => ({ name, language, weight, file, content: bytes(content), args: args(at(file)) });
  const trace = (name: string, language: Language, content: string) =>
    kind(`trace of ${name}`, language, 2, content, (path) => simulate("--trace", path));
  const result = (file: string, language: Language, ...figures: string[]) =>
    kind(
      `results' ${file}`,
      language,
      1,
      Deno.readFileSync(at(`out/${file}`)),
      () => plot(...figures.flatMap((figure) => ["--figure", figure])),
      `out/${file}`,
    );
  const vidur =
    "num_tokens,num_tensor_parallel_workers,time_stats.emb.median,time_stats.add.median\n" +
    "1,1,0.01,0.02\n64,1,0.02,0.04\n";
  const importInto = ["--gpu", "h100-sxm", "--out", at("imported.json"), "--model", "llama-3.1-8b"];
  return [
    kind("configuration", "yaml", 8, BASE, (path) => ["simulate", path, "--quiet", ...BOUNDED]),
    kind("configuration of a fleet", "yaml", 8, FLEET, (path) => [
      ...["simulate", path, "--quiet", ...BOUNDED],
    ]),
    kind(
      "platform",
      "yaml",
      4,
      data("platforms/knative.yaml"),
      (path) => simulate("--platform", path),
    ),
    kind(
      "model",
      "json",
      5,
      JSON.stringify(HF_CONFIG, null, 1),
      (path) => simulate(...set(`model.hf_config=${path}`)),
    ),
    kind(
      "profile",
      "json",
      5,
      smallProfile(),
      (path) => simulate(...set("execution.source=profiled", `execution.profile=${path}`)),
    ),
    kind(
      "profile of layers",
      "json",
      3,
      layerProfile(),
      (path) => simulate(...set("execution.source=profiled", `execution.profile=${path}`)),
    ),
    kind("profile to show", "json", 2, smallProfile(), (path) => ["profile", "show", path]),
    kind(
      "preset",
      "yaml",
      5,
      data("cold_start/vllm-async.yaml"),
      (path) => simulate(...set(`cold_start.preset=${path}`)),
    ),
    kind("preset to show", "yaml", 2, data("cold_start/serverlessllm.yaml"), (path) => [
      ...["coldstart", "llama-3.1-8b", "--preset", path],
    ]),
    trace("CSV", "lines", csvTrace),
    trace(
      "Azure",
      "lines",
      "TIMESTAMP,ContextTokens,GeneratedTokens\n" +
        "2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n",
    ),
    trace("Vidur", "lines", "num_prefill_tokens,num_decode_tokens\n20,4\n30,5\n"),
    trace("JSON lines", "lines", jsonLines(rowsOf)),
    trace("JSON", "json", JSON.stringify({ requests: rowsOf })),
    trace(
      "Mooncake",
      "lines",
      jsonLines([
        { timestamp: 0, input_length: 600, output_length: 3, hash_ids: [1, 2] },
        { timestamp: 900, input_length: 20, output_length: 3, hash_ids: [1] },
      ]),
    ),
    trace(
      "LLMServingSim",
      "lines",
      jsonLines([
        { arrival_time_ns: 5, input_toks: 3, output_toks: 2, input_tok_ids: [1, 2, 3] },
        { arrival_time_ns: 1e9, input_toks: 2, output_toks: 2 },
      ]),
    ),
    kind("Vidur measurements", "lines", 1, vidur, (path) => [
      ...["profile", "import", path, "--format", "vidur", ...importInto],
    ]),
    ...Object.entries(LAYERS).map(([file, content]) =>
      kind(
        `LLMServingSim's ${file}`,
        file.endsWith(".yaml") ? "yaml" : "lines",
        1,
        content,
        () => ["profile", "import", at("layers"), "--format", "llmservingsim", ...importInto],
        `layers/${file}`,
      )
    ),
    result("requests.parquet", "bytes", "latency_cdf"),
    result("timeseries.parquet", "bytes", "timeline"),
    result("instances.parquet", "bytes", "instances"),
    result("token_gaps.parquet", "bytes", "latency_cdf"),
    result("cold_start_waits.parquet", "bytes", "cold_starts"),
    result("summary.json", "json", "cost", "latency_percentiles"),
    result("manifest.json", "json", "cost"),
    kind("an experiment's rows", "bytes", 1, Deno.readFileSync(at("rows/rows.parquet")), () => [
      ...["plot", at("rows"), "--format", "svg", "--experiments", at("experiments")],
    ], "rows/rows.parquet"),
    kind("an experiment's manifest", "json", 1, Deno.readFileSync(at("rows/manifest.json")), () => [
      ...["plot", at("rows"), "--format", "svg", "--experiments", at("experiments")],
    ], "rows/manifest.json"),
  ];
}

function bytes(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}
