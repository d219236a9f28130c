import type { Configuration } from "../configuration.ts";
import { type Problem, problem } from "./problem.ts";

/** What is wrong between the GPUs of an instance and the parallel degrees. */
function checkParallelism({ cluster, parallelization }: Configuration): Problem[] {
  const { tensor_parallel_size, pipeline_parallel_size, expert_parallel_size } = parallelization;
  const { num_gpus_per_replica } = cluster;
  const gpus = tensor_parallel_size * pipeline_parallel_size;
  const problems: Problem[] = [];
  if (num_gpus_per_replica !== null && num_gpus_per_replica !== gpus) {
    const path = "cluster.num_gpus_per_replica";
    const allowed = `${gpus}, which is tensor_parallel_size x pipeline_parallel_size`;
    problems.push(problem(path, "the GPUs of an instance", num_gpus_per_replica, allowed));
  }
  if (tensor_parallel_size % expert_parallel_size !== 0) {
    const path = "parallelization.expert_parallel_size";
    const allowed = `a divisor of tensor_parallel_size, which is ${tensor_parallel_size}`;
    problems.push(problem(path, "groups of the tensor degree", expert_parallel_size, allowed));
  }
  return problems;
}

/** What is wrong between the settings of the scheduler. */
function checkScheduler({ scheduler }: Configuration): Problem[] {
  const { max_num_seqs, max_num_batched_tokens, preemption_mode, type } = scheduler;
  const problems: Problem[] = [];
  if (max_num_batched_tokens < max_num_seqs) {
    const path = "scheduler.max_num_batched_tokens";
    const allowed = `>= max_num_seqs, which is ${max_num_seqs}`;
    problems.push(problem(path, "a token for each sequence", max_num_batched_tokens, allowed));
  }
  if (preemption_mode === "swap" && type !== "vllm-v0") {
    const path = "scheduler.preemption_mode";
    problems.push(problem(path, `a preemption mode of "${type}"`, "swap", "recompute"));
  }
  return problems;
}

/** What is wrong between the bounds of the fleet. */
function checkFleet({ scaling, cold_start, gateway }: Configuration): Problem[] {
  const { min_instances, max_instances, scale_up_threshold, scale_down_threshold } = scaling;
  const problems: Problem[] = [];
  if (min_instances > max_instances) {
    const allowed = `<= max_instances, which is ${max_instances}`;
    problems.push(
      problem("scaling.min_instances", "the fewest instances", min_instances, allowed),
    );
  }
  if (scale_down_threshold >= scale_up_threshold) {
    const path = "scaling.scale_down_threshold";
    const allowed = `< scale_up_threshold, which is ${scale_up_threshold}`;
    problems.push(problem(path, "the lower threshold", scale_down_threshold, allowed));
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

/** What is wrong between the settings of the instances and their number. */
export function checkDeployment(configuration: Configuration): Problem[] {
  return [checkParallelism, checkScheduler, checkFleet].flatMap((check) => check(configuration));
}
