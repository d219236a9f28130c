import { BATCHING_STRATEGIES } from "../../scheduling/batching/strategies.ts";
import type { BatchingEntry } from "../../scheduling/batching/strategy.ts";
import { engineOfStrategy, engineVersion } from "../../scheduling/batching/engine_versions.ts";
import { policyNamed } from "../../settings/from_table.ts";
import type { Configuration } from "../configuration.ts";
import { engineSettings } from "../engine_settings.ts";
import { type Problem, problem } from "./problem.ts";
import { SHORTEST_OWN_PERIOD_SECONDS } from "./run_size.ts";
import { tooManyParts } from "./too_many_parts.ts";

/** What is wrong between the GPUs of an instance and the parallel degrees. */
function checkParallelism({ cluster, parallelization }: Configuration): Problem[] {
  const { tensor_parallel_size, pipeline_parallel_size, expert_parallel_size } = parallelization;
  const { num_gpus_per_replica } = cluster;
  const gpus = tensor_parallel_size * pipeline_parallel_size;
  const problems: Problem[] = [];
  if (num_gpus_per_replica !== null && num_gpus_per_replica !== gpus) {
    const path = "cluster.num_gpus_per_replica";
    const isMultiple = num_gpus_per_replica % pipeline_parallel_size === 0;
    const degree = num_gpus_per_replica / pipeline_parallel_size;
    const way = isMultiple ? `; set parallelization.tensor_parallel_size: ${degree}` : "";
    const allowed = `${gpus}, which is tensor_parallel_size x pipeline_parallel_size${way}`;
    problems.push(problem(path, "the GPUs of an instance", num_gpus_per_replica, allowed));
  }
  if (tensor_parallel_size % expert_parallel_size !== 0) {
    const path = "parallelization.expert_parallel_size";
    const allowed = `a divisor of tensor_parallel_size, which is ${tensor_parallel_size}`;
    problems.push(problem(path, "groups of the tensor degree", expert_parallel_size, allowed));
  }
  return [...problems, ...attentionRankProblems(parallelization)];
}

/** Attention ranks divide the GPUs, and experts are then spread over all of them. */
function attentionRankProblems(parallelization: Configuration["parallelization"]): Problem[] {
  const { tensor_parallel_size: gpus, expert_parallel_size: groups } = parallelization;
  const { data_parallel_attention: ranks } = parallelization;
  if (gpus % ranks !== 0) {
    const allowed = `a divisor of tensor_parallel_size, which is ${gpus}`;
    return [
      problem("parallelization.data_parallel_attention", "ranks of the GPUs", ranks, allowed),
    ];
  }
  if (ranks === 1 || groups === 1 || groups === gpus) return [];
  const allowed = `1 or ${gpus}: attention ranks share experts that are whole on each GPU`;
  return [
    problem("parallelization.expert_parallel_size", "all GPUs of the ranks", groups, allowed),
  ];
}

/** What is wrong between the settings of the scheduler. */
function checkScheduler(config: Configuration): Problem[] {
  const { preemption_mode, type, engine } = config.scheduler;
  const { maxSequences, maxTokensPerStep } = engineSettings(config);
  const problems: Problem[] = [];
  if (maxTokensPerStep < maxSequences) {
    const path = "scheduler.max_num_batched_tokens";
    const allowed = `>= max_num_seqs, which is ${maxSequences}`;
    problems.push(problem(path, "a token for each sequence", maxTokensPerStep, allowed));
  }
  const named = engineVersion(engine)!;
  const own = engineOfStrategy(type);
  if (own !== undefined && own.strategy !== named.strategy) {
    const allowed = `${named.strategy}, which is how ${engine} forms its steps, or a version of ` +
      `the engine that it is of, such as scheduler.engine: ${own.name}`;
    problems.push(problem("scheduler.type", `the batching of ${engine}`, type, allowed));
  }
  const { num_gpu_blocks } = config.memory;
  if (type === "vllm" && num_gpu_blocks === 1) {
    const path = "memory.num_gpu_blocks";
    problems.push(problem(path, "KV blocks of which vLLM uses one less", num_gpu_blocks, ">= 2"));
  }
  const strategy: BatchingEntry<string, object> = policyNamed(BATCHING_STRATEGIES, type);
  if (preemption_mode === "swap" && strategy.canSwap !== true) {
    const path = "scheduler.preemption_mode";
    problems.push(problem(path, `a preemption mode of "${type}"`, "swap", "recompute"));
  }
  return problems;
}

/** What is wrong between the bounds of the fleet. */
function checkFleet({ scaling, cold_start, gateway }: Configuration): Problem[] {
  const { min_instances, max_instances } = scaling;
  const problems: Problem[] = [];
  if (min_instances > max_instances) {
    const allowed = `<= max_instances, which is ${max_instances}`;
    problems.push(
      problem("scaling.min_instances", "the fewest instances", min_instances, allowed),
    );
  }
  const initial = cold_start.initial_instances;
  if (scaling.enabled && initial !== null && (initial < min_instances || initial > max_instances)) {
    const path = "cold_start.initial_instances";
    const allowed = `min_instances ${min_instances} to max_instances ${max_instances}`;
    problems.push(problem(path, "instances at the start", initial, allowed));
  }
  for (const key of ["limit", "timeout"] as const) {
    if (gateway[key] !== null && gateway.on_no_capacity !== "buffer") {
      const wanted = `a setting of "${gateway.on_no_capacity}"`;
      problems.push(problem(`gateway.${key}`, wanted, gateway[key], "null, or buffer"));
    }
  }
  return problems;
}

/** Delays that are cut into too many periods. */
function checkDelays({ scaling }: Configuration): Problem[] {
  if (!scaling.enabled) return [];
  return (["scrape_delay", "actuation_delay"] as const).flatMap((key) =>
    tooManyParts(`scaling.${key}`, scaling[key], scaling.period ?? SHORTEST_OWN_PERIOD_SECONDS)
  );
}

/** What a pre-warmed pool contradicts. */
function checkPool({ scaling, cold_start: start, cluster }: Configuration): Problem[] {
  const { of } = scaling.prewarmed_pool;
  if (of === null) return [];
  const problems: Problem[] = [];
  if (!start.enabled) {
    const path = "scaling.prewarmed_pool.of";
    problems.push(problem(path, "stages of a start done ahead", of, "null, or cold_start.enabled"));
  }
  if (of === "node" && cluster.nodes.length > 0) {
    const allowed = "container, engine: machines in cluster.nodes are there throughout";
    problems.push(problem("scaling.prewarmed_pool.of", "what takes time to start", of, allowed));
  }
  return problems;
}

/** What is wrong between the settings of the instances and their number. */
export function checkDeployment(configuration: Configuration): Problem[] {
  return [checkParallelism, checkScheduler, checkFleet, checkDelays, checkPool].flatMap((check) =>
    check(configuration)
  );
}
