import type { Configuration } from "./schema.ts";
import { LENGTH_SETTINGS, type LengthConfiguration } from "./sections/length_distribution.ts";
import { showValue } from "./show_value.ts";

/** A line in the form of all errors. */
function line(path: string, wanted: string, value: unknown, allowed: string): string {
  return `Cannot read "${path}" as ${wanted}: current value is ${showValue(value)} ` +
    `(allowed: ${allowed})`;
}

function checkLengths(path: string, lengths: LengthConfiguration): string[] {
  const { distribution } = lengths;
  const { required, optional } = LENGTH_SETTINGS[distribution];
  const known: readonly string[] = [...required, ...optional];
  const problems: string[] = [];
  for (const [key, value] of Object.entries(lengths)) {
    if (key === "distribution") continue;
    if (value === null && (required as readonly string[]).includes(key)) {
      problems.push(
        line(`${path}.${key}`, `a setting that "${distribution}" needs`, value, "a value"),
      );
    }
    if (value !== null && !known.includes(key)) {
      const allowed = known.length > 0 ? known.join(", ") : "none";
      problems.push(line(`${path}.${key}`, `a setting of "${distribution}"`, value, allowed));
    }
  }
  if (problems.length > 0) return problems;
  const { min, max, mean, quantiles, probabilities } = lengths;
  if (min !== null && max !== null && min > max) {
    problems.push(line(`${path}.min`, "the least length", min, `<= max, which is ${max}`));
  } else if (mean !== null && distribution !== "constant") {
    if (mean < (min ?? 0) || mean > (max ?? Infinity)) {
      const bounds = `${min ?? 0} (min) to ${max ?? "any"} (max)`;
      problems.push(line(`${path}.mean`, "a mean within the bounds", mean, bounds));
    }
  }
  if (distribution === "constant" && mean !== null && !Number.isInteger(mean)) {
    problems.push(line(`${path}.mean`, "a constant length", mean, "whole, >= 1"));
  }
  if (quantiles !== null && probabilities !== null) {
    const last = probabilities.length - 1;
    if (probabilities.length !== quantiles.length) {
      problems.push(
        line(
          `${path}.probabilities`,
          "probabilities of the quantiles",
          probabilities,
          `${quantiles.length} numbers`,
        ),
      );
    } else if (probabilities[0] !== 0 || probabilities[last] !== 1) {
      problems.push(
        line(
          `${path}.probabilities`,
          "probabilities from 0 to 1",
          probabilities,
          "first 0, last 1",
        ),
      );
    }
  }
  return problems;
}

function checkWorkload({ workload, simulation }: Configuration): string[] {
  const problems = [
    ...checkLengths("workload.prompt_length", workload.prompt_length),
    ...checkLengths("workload.decode_length", workload.decode_length),
  ];
  if (simulation.warmup_duration >= simulation.duration) {
    problems.push(
      line(
        "simulation.warmup_duration",
        "a part of the simulation",
        simulation.warmup_duration,
        `< simulation.duration, which is ${simulation.duration}`,
      ),
    );
  }
  const { burst, trace, type, classes } = workload;
  if (burst.length > burst.period) {
    problems.push(
      line(
        "workload.burst.length",
        "a part of the period",
        burst.length,
        `<= period, which is ${burst.period}`,
      ),
    );
  }
  if (type === "trace" && trace.path === null) {
    problems.push(line("workload.trace.path", "the file of the trace", null, "a path"));
  }
  const shares = classes.map(({ share }) => share).filter((share) => share !== null);
  if (shares.length > 0) {
    const sum = shares.reduce((total, share) => total + share, 0);
    if (shares.length < classes.length) {
      const i = classes.findIndex(({ share }) => share === null);
      problems.push(line(`workload.classes[${i}].share`, "a share", null, "all shares or none"));
    } else if (Math.abs(sum - 1) > 1e-9) {
      problems.push(line("workload.classes", "shares of a whole", shares, "a sum of 1"));
    }
  }
  const names = classes.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    problems.push(line("workload.classes", "different names", names, "each name once"));
  }
  return problems;
}

/** Keys that a shape must have when any part of it is given. */
const SHAPE_KEYS = ["num_layers", "hidden_size", "num_attention_heads", "vocab_size"] as const;

function checkModel({ model }: Configuration): string[] {
  const { hidden_size, num_attention_heads, num_kv_heads, head_dim } = model;
  const given = SHAPE_KEYS.filter((key) => model[key] !== null);
  if (given.length === 0) return [];
  const missing = SHAPE_KEYS.filter((key) => model[key] === null);
  const problems = missing.map((key) =>
    line(`model.${key}`, "a part of the model's shape", null, "whole, >= 1")
  );
  if (
    num_attention_heads !== null && num_kv_heads !== null &&
    num_attention_heads % num_kv_heads !== 0
  ) {
    problems.push(
      line(
        "model.num_kv_heads",
        "key-value heads",
        num_kv_heads,
        `a divisor of num_attention_heads, which is ${num_attention_heads}`,
      ),
    );
  }
  if (
    hidden_size !== null && num_attention_heads !== null && head_dim === null &&
    hidden_size % num_attention_heads !== 0
  ) {
    problems.push(
      line(
        "model.num_attention_heads",
        "heads",
        num_attention_heads,
        `a divisor of hidden_size, which is ${hidden_size}, or head_dim given`,
      ),
    );
  }
  if ((model.num_experts === null) !== (model.num_experts_per_token === null)) {
    const key = model.num_experts === null ? "num_experts" : "num_experts_per_token";
    problems.push(line(`model.${key}`, "a part of a mixture of experts", null, "whole, >= 1"));
  }
  return problems;
}

function checkCluster({ cluster, parallelization }: Configuration): string[] {
  const { tensor_parallel_size, pipeline_parallel_size, expert_parallel_size } = parallelization;
  const gpus = tensor_parallel_size * pipeline_parallel_size;
  const problems: string[] = [];
  if (cluster.num_gpus_per_replica !== null && cluster.num_gpus_per_replica !== gpus) {
    problems.push(
      line(
        "cluster.num_gpus_per_replica",
        "the GPUs of an instance",
        cluster.num_gpus_per_replica,
        `${gpus}, which is tensor_parallel_size x pipeline_parallel_size`,
      ),
    );
  }
  if (tensor_parallel_size % expert_parallel_size !== 0) {
    problems.push(
      line(
        "parallelization.expert_parallel_size",
        "groups of the tensor-parallel GPUs",
        expert_parallel_size,
        `a divisor of tensor_parallel_size, which is ${tensor_parallel_size}`,
      ),
    );
  }
  return problems;
}

function checkFleet({ scaling, cold_start, scheduler }: Configuration): string[] {
  const problems: string[] = [];
  const { min_instances, max_instances, scale_up_threshold, scale_down_threshold } = scaling;
  if (min_instances > max_instances) {
    problems.push(
      line(
        "scaling.min_instances",
        "the fewest instances",
        min_instances,
        `<= max_instances, which is ${max_instances}`,
      ),
    );
  }
  if (scale_down_threshold >= scale_up_threshold) {
    problems.push(
      line(
        "scaling.scale_down_threshold",
        "the lower threshold",
        scale_down_threshold,
        `< scale_up_threshold, which is ${scale_up_threshold}`,
      ),
    );
  }
  const initial = cold_start.initial_instances;
  if (scaling.enabled && initial !== null && (initial < min_instances || initial > max_instances)) {
    problems.push(
      line(
        "cold_start.initial_instances",
        "instances at the start",
        initial,
        `${min_instances} (min_instances) to ${max_instances} (max_instances)`,
      ),
    );
  }
  const { max_num_seqs, max_num_batched_tokens } = scheduler;
  if (max_num_batched_tokens < max_num_seqs) {
    problems.push(
      line(
        "scheduler.max_num_batched_tokens",
        "a token for every sequence",
        max_num_batched_tokens,
        `>= max_num_seqs, which is ${max_num_seqs}`,
      ),
    );
  }
  if (scheduler.preemption_mode === "swap" && scheduler.type !== "vllm-v0") {
    problems.push(
      line(
        "scheduler.preemption_mode",
        `a preemption mode of "${scheduler.type}"`,
        "swap",
        "recompute",
      ),
    );
  }
  return problems;
}

/**
 * What is wrong with settings that are each allowed but contradict each other: one line each. Names
 * of models, GPUs and presets are looked up by those who own the catalogues.
 */
export function checkConfiguration(configuration: Configuration): string[] {
  return [checkWorkload, checkModel, checkCluster, checkFleet].flatMap((check) =>
    check(configuration)
  );
}
