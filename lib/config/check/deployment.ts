import { scalingPolicyName } from "../scaling_policy_name.ts";
import { predictivePolicy } from "../../serverless/scaling/predictive.ts";
import { thresholdPolicy } from "../../serverless/scaling/threshold.ts";
import { LIMITS, plain } from "../../sim/limits.ts";
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
  const { min_instances, max_instances } = scaling;
  const thresholds = thresholdPolicy.settings;
  const up = scaling.scale_up_threshold ?? thresholds.upAbove.defaultValue;
  const down = scaling.scale_down_threshold ?? thresholds.downBelow.defaultValue;
  const problems: Problem[] = [];
  if (min_instances > max_instances) {
    const allowed = `<= max_instances, which is ${max_instances}`;
    problems.push(
      problem("scaling.min_instances", "the fewest instances", min_instances, allowed),
    );
  }
  if (down >= up) {
    const path = "scaling.scale_down_threshold";
    problems.push(
      problem(path, "the lower threshold", down, `< scale_up_threshold, which is ${up}`),
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

/** What a scaling policy needs and does not have. */
function checkPolicy({ scaling, slo }: Configuration): Problem[] {
  const { policy, schedule, predictive, keep_alive: keepAlive } = scaling;
  const problems: Problem[] = [];
  if (policy === "slo" && slo.ttft_s === null && slo.tpot_s === null) {
    const allowed = "a policy without limits, or slo.ttft_s or slo.tpot_s given";
    problems.push(problem("scaling.policy", "a policy with limits", policy, allowed));
  }
  const froms = schedule.entries.map(({ from }) => from);
  if (policy === "schedule" && froms.length === 0) {
    problems.push(problem("scaling.schedule.entries", "a timetable", [], "one or more entries"));
  }
  if (froms.some((from, i) => i > 0 && from <= froms[i - 1])) {
    problems.push(
      problem("scaling.schedule.entries", "a timetable", froms, "entries in rising order of from"),
    );
  }
  if (schedule.repeat !== null && froms.some((from) => from >= schedule.repeat!)) {
    const allowed = "more than the last entry's from";
    problems.push(problem("scaling.schedule.repeat", "a repetition", schedule.repeat, allowed));
  }
  const period = scaling.period ?? predictivePolicy.periodSeconds;
  if (policy === "predictive" && !isMultiple(predictive.season, period)) {
    const allowed = `a multiple of the period, which is ${period}`;
    problems.push(problem("scaling.predictive.season", "a season", predictive.season, allowed));
  }
  const { bin, range } = keepAlive.hybrid_histogram;
  if (!isMultiple(range, bin)) {
    const path = "scaling.keep_alive.hybrid_histogram.range";
    problems.push(problem(path, "whole bins", range, `a multiple of bin, which is ${bin}`));
  }
  return [...problems, ...checkBins(scaling)];
}

/** Histograms, seasons and windows of the policies in use that are cut into too many parts. */
function checkBins(scaling: Configuration["scaling"]): Problem[] {
  const { keep_alive: keepAlive, knative_kpa: kpa, hpa, predictive, schedule, concurrency } =
    scaling;
  const { range, bin } = keepAlive.hybrid_histogram;
  const period = scaling.period ?? 1;
  const policy = scalingPolicyName(scaling);
  const cuts = [
    [keepAlive.policy === "hybrid-histogram", "keep_alive.hybrid_histogram.range", range, bin],
    [policy === "predictive", "predictive.season", predictive.season, period],
    [policy === "predictive", "predictive.lead", predictive.lead ?? 0, period],
    [policy === "schedule", "schedule.lead", schedule.lead, schedule.repeat ?? Infinity],
    [policy === "knative-kpa", "knative_kpa.stable_window", kpa.stable_window, period],
    [policy === "knative-kpa", "knative_kpa.scale_down_delay", kpa.scale_down_delay, period],
    [
      policy === "concurrency",
      "concurrency.scale_down_window",
      concurrency.scale_down_window,
      period,
    ],
    [policy === "hpa", "hpa.scale_down_stabilization", hpa.scale_down_stabilization, period],
    [scaling.enabled, "scrape_delay", scaling.scrape_delay, period],
    [scaling.enabled, "actuation_delay", scaling.actuation_delay, period],
  ] as const;
  const most = LIMITS.bins.value;
  return cuts.filter(([isUsed, , whole, part]) => isUsed && whole / part > most)
    .map(([, path, whole, part]) => {
      const allowed = `<= ${plain(most * part)}, which is ${plain(most)} times ${part} s`;
      return problem(`scaling.${path}`, "a time of so many parts", whole, allowed);
    });
}

/** What a pre-warmed pool contradicts. */
function checkPool({ scaling, cold_start: start, cluster }: Configuration): Problem[] {
  const { of, policy, size, max } = scaling.prewarmed_pool;
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
  if (policy !== "fixed" && size > max) {
    const path = "scaling.prewarmed_pool.size";
    problems.push(problem(path, "the fewest members", size, `<= max, which is ${max}`));
  }
  return problems;
}

function isMultiple(value: number, unit: number): boolean {
  return Math.abs(value / unit - Math.round(value / unit)) < 1e-9;
}

/** What is wrong between the settings of the instances and their number. */
export function checkDeployment(configuration: Configuration): Problem[] {
  return [checkParallelism, checkScheduler, checkFleet, checkPolicy, checkPool].flatMap((check) =>
    check(configuration)
  );
}
