import { deepEqual, equal } from "#assert";
import { loadConfig } from "./load.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The folder with SimFaaSInfer's configuration files, or undefined. */
function findFolder(): string | undefined {
  const bases = [
    Deno.env.get("SIMFAAS_DATA"),
    `${ROOT}data/external`,
    `${ROOT}../shared/reference`,
  ];
  for (const base of bases) {
    if (base === undefined) continue;
    const folder = `${base}/simfaasinfer/configs`;
    try {
      if (Deno.statSync(folder).isDirectory) return folder;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

const folder = findFolder();

function withFiles(name: string, test: (read: (file: string) => string) => void) {
  Deno.test({
    name: `${name} (needs reference data)`,
    ignore: folder === undefined,
    fn: () => test((file) => Deno.readTextFileSync(`${folder}/${file}`)),
  });
}

const MODELS = ["models/gpt2_profile.yaml", "models/llama2_7b.yaml", "models/llama2_70b.yaml"];

withFiles("loadConfig() reads SimFaaSInfer's default.yaml unchanged", (read) => {
  const { workload, scheduler, cluster, memory, cost, cold_start, simulation, scaling } =
    loadConfig(
      read("default.yaml"),
    );
  deepEqual(
    [workload.type, workload.arrival_rate, workload.num_requests],
    ["poisson", 10, 1000],
  );
  deepEqual(workload.prompt_length, {
    distribution: "gamma",
    mean: 512,
    std: 256,
    min: 1,
    max: 4096,
    exponent: null,
    quantiles: null,
    probabilities: null,
  });
  deepEqual([scheduler.max_num_seqs, scheduler.max_num_batched_tokens], [256, 4096]);
  deepEqual([cluster.gpu_type, cluster.gpu_memory_gb], ["A100", 80]);
  deepEqual([memory.kv_cache_dtype, memory.reserved_memory_gb], ["fp16", 2]);
  deepEqual(cost.gpu_cost_per_hour, { A100: 3.06, H100: 5.12 });
  deepEqual([cold_start.model_load_time, cold_start.initial_instances], [30, 1]);
  deepEqual([simulation.duration, simulation.warmup_duration], [3600, 300]);
  deepEqual([scaling.min_instances, scaling.max_instances, scaling.cooldown_period], [1, 10, 300]);
});

withFiles(
  "loadConfig() reads SimFaaSInfer's model files over our defaults and over its own",
  (read) => {
    const layers = [12, 32, 80];
    for (const [i, file] of MODELS.entries()) {
      const alone = loadConfig(read(file));
      const over = loadConfig([read("default.yaml"), read(file)]);
      deepEqual(alone.model, over.model);
      deepEqual(alone.profiling, over.profiling);
      deepEqual([alone.workload.type, over.workload.type], ["embedded", "poisson"]);
      deepEqual([alone.cluster.gpu_type, over.cluster.gpu_memory_gb], ["A100", 80]);
      equal(over.model.num_layers, layers[i]);
    }
    const large = loadConfig([read("default.yaml"), read("models/llama2_70b.yaml")]);
    deepEqual([large.scheduler.type, large.scheduler.chunk_size], ["sarathi", 512]);
    deepEqual(
      [large.cluster.num_gpus_per_replica, large.parallelization.tensor_parallel_size],
      [4, 4],
    );
    equal(large.model.num_kv_heads, 8);
    equal(large.profiling.mlp_time_per_token, 0.0008);
  },
);
