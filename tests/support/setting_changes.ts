import { parse } from "@std/yaml";
import type { Configuration } from "../../lib/config/configuration.ts";
import type { Declared } from "../../lib/config/ignored_settings.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import type { RunResult } from "../../lib/metrics/run_tables.ts";
import { checkReport } from "./report_laws.ts";
import type { SettingBase } from "./setting_bases.ts";

/** Values of settings for which no other value can be made from the kind of the setting alone. */
const OTHER_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  platform: ["runpod-like", "knative"],
  "workload.trace.columns.arrival_s": ["when"],
  "workload.trace.columns.prompt_tokens": ["in"],
  "workload.trace.columns.output_tokens": ["out"],
  "workload.trace.columns.function": ["who"],
  "workload.trace.columns.class": ["who"],
  "workload.trace.columns.tenant": ["who"],
  "workload.trace.columns.session": ["who"],
  "workload.trace.path": ["other.csv"],
  "workload.trace.format": ["vidur", "csv"],
  "workload.embedded.name": ["azure-code"],
  "workload.classes[].name": ["other"],
  "workload.prompt_length.quantiles": [[5, 900]],
  "workload.prompt_length.probabilities": [[0, 1]],
  "workload.decode_length.min": [120],
  "workload.decode_length.max": [60],
  "workload.decode_length.quantiles": [[5, 90]],
  "workload.decode_length.probabilities": [[0, 1]],
  "model.name": ["mistral-7b"],
  "model.hf_config": ["none.json"],
  "model.architecture": ["llama", "gpt"],
  "model.activation_function": ["gelu", "silu"],
  "model.weight_dtype": ["fp8", "int8"],
  "profiling.predictors": [{ prefill: "some.json" }],
  "cluster.gpu_type": ["A100-40GB", "H100", "L40S"],
  "cluster.gpu_memory_gb": [40, 80],
  "cluster.nodes[].name": ["other"],
  "cluster.zones[].name": ["other"],
  "cluster.kv_transfer.rate": [1e6],
  "cluster.kv_transfer.message": [1e4],
  "groups.decider.conditional.minimum_tokens": [5000],
  "groups.decider.conditional.queue_limit": [0],
  "groups.decider.prefix_hit.share": [0.01],
  "memory.kv_tiers[].tier": ["store"],
  "memory.kv_tiers[].capacity": [50e6],
  "memory.kv_tiers[].write": ["evict"],
  "memory.kv_tiers[].ttl": [0.5],
  "memory.kv_tiers[].rate": [1e8],
  "memory.kv_tiers[].setup": [0.2],
  "migration.consolidate.fill_to": [0.02],
  "parallelization.fused_norm_limit": [0],
  "migration.last_stage_tokens": [400],
  "migration.policy": ["none", "consolidate"],
  "migration.urgent_classes": [[], ["slow"]],
  "cluster.routing.prefix_affinity.tier_weight": [0, 1],
  "groups.prefill": [{ scheduler: { max_num_seqs: 1 } }],
  "groups.decode": [{ scheduler: { max_num_seqs: 1 } }],
  "cluster.zones[].spot": ["0", "2x9 0x9 3"],
  "cluster.nodes[].type": ["aws-p5", "dgx-a100"],
  "cluster.nodes[].gpu_type": ["H100", "A100"],
  "speculative.num_speculative_tokens_per_batch_size": [[[1, 1, 1], [2, 2, 0]]],
  "speculative.acceptance": [[0.9], [0.1]],
  "speculative.synthetic_acceptance_rates": [[0.9, 0.2]],
  "speculative.synthetic_acceptance_length": [1.2],
  "speculative.draft.model": ["llama-3.1-70b"],
  "speculative.draft.hf_config": ["strange.json"],
  "speculative.draft.base_seconds": [0.002],
  "speculative.draft.per_token_seconds": [0.0001],
  "speculative.draft.per_context_token_seconds": [0.000001],
  "speculative.draft.share_of_target": [0.3],
  "speculative.draft.pass_seconds": [0.002],
  "execution.step_seconds": [0.03],
  "execution.coefficients.base_seconds": [0.04],
  "execution.coefficients.per_prefill_token_seconds": [1e-4],
  "execution.coefficients.per_decode_sequence_seconds": [1e-3],
  "execution.coefficients.per_context_token_seconds": [1e-6],
  "execution.overheads.step_seconds": [0.002],
  "execution.overheads.sequence_seconds": [0.001],
  "execution.overheads.collective_seconds": [0.0001],
  "execution.cold_first_requests.count": [1, 2],
  "execution.cold_first_requests.seconds": [0.3],
  "scheduler.max_cudagraph_capture_size": [2],
  "metrics.collect_interval": [3, 7],
  "scaling.period": [1, 3],
  "workload.closed_loop.concurrency": [4],
  "cluster.gpu_link.nccl_tests": ["fast.txt"],
  "execution.profile": ["a100-sxm-80gb"],
  "cold_start.preset": ["safetensors", "vllm-v1"],
  "cold_start.platform": ["ecs-v100"],
  "cold_start.registry": [1e8],
  "cold_start.store": [1e9],
  "cold_start.image_size": [2e9],
  "cold_start.present": [["weights_dram"], ["image"], ["graphs"]],
  "cluster.nodes[].present": [["weights_dram"], ["image"]],
  "cold_start.load_bandwidth": [1e9],
  "cold_start.container_seconds": [3],
  "cold_start.model_load_time": [12],
  "cold_start.kv_allocation_seconds": [3],
  "cluster.weight_cache.dram": [0, 2e10, 9e10],
  "cluster.weight_cache.ssd": [0, 2e10, 9e10],
  "memory.host_memory": [0, 2e11, 9e11],
  "scaling.keep_alive.hybrid_histogram.head": [0.8, 0.95],
  "scaling.prewarmed_pool.max": [0, 1],
  "scaling.keda.polling": [40],
  "scaling.knative_kpa.target_burst_capacity": [211, 0, -1],
  "scaling.target_tracking.from_zero_cooldown": [60],
  "scaling.target_tracking.in_periods": [2, 60],
  "scaling.max_step_up": [1],
  "scaling.max_step_down": [1],
  "scaling.slo.down_below": [0.9, 0.01],
  "workload.classes[].slo.tpot_s": [0.004],
  "cold_start.parameters": [{ load_s_per_gb: 3 }, { container_s: 9 }],
  "cost.gpu_cost_per_hour": [{ H100: 9 }, { A100: 2 }],
  "energy.idle_watts": [{ H100: 90 }, { A100: 60 }],
  "energy.power_limit": [300],
  "energy.region": ["us-east4"],
  "energy.carbon_by_hour": [Array.from({ length: 24 }, (_, hour) => 300 - 10 * hour)],
  "functions[].name": ["other"],
  "functions[].gpu_type": ["H100"],
  "logging.log_file": ["x.log"],
  "metrics.percentiles": [[25]],
};

/** Values to give a setting in place of the one that it has. */
export function otherValues(path: string, { info }: Declared, value: unknown): unknown[] {
  const candidates = OTHER_VALUES[path] ?? byKind(info, value);
  return candidates.filter((one) => JSON.stringify(one) !== JSON.stringify(value));
}

function byKind(info: Declared["info"], value: unknown): unknown[] {
  const { jsonSchema, allowed } = info;
  if (jsonSchema.enum !== undefined) return allowed.split(", ");
  if (jsonSchema.type === "boolean") return [true, false];
  if (jsonSchema.type === "array") {
    const { enum: names } = jsonSchema.items as { enum?: readonly string[] };
    return names === undefined ? [] : [names.slice(0, 1), names.slice(1)];
  }
  const schema = (Array.isArray(jsonSchema.anyOf) ? jsonSchema.anyOf[0] : jsonSchema) as {
    readonly type?: string;
    readonly minimum?: number;
    readonly exclusiveMinimum?: number;
    readonly maximum?: number;
  };
  if (schema.type !== "number" && schema.type !== "integer") return [];
  const now = typeof value === "number" ? value : 4;
  const values = schema.type === "integer"
    ? [now * 2, now + 1, now - 1, Math.ceil(now / 3), 1, 300, 3000]
    : [now * 3, now / 3, now + 0.3, now - 0.2, 0.5, 0.05, 7, 60];
  return [...new Set(values)].filter((one) =>
    one >= (schema.minimum ?? -Infinity) && one > (schema.exclusiveMinimum ?? -Infinity) &&
    one <= (schema.maximum ?? Infinity)
  );
}

/** A base with one setting changed; undefined where it has no list item to change. */
export function changed(
  base: SettingBase,
  path: string,
  value: unknown,
): Configuration | undefined {
  const list = /^(.+?)\[\]\.(.+)$/.exec(path);
  if (list === null) return loadConfig(base.yaml, { set: { [path]: value } });
  const [, at, rest] = list;
  const document = parse(base.yaml) as Record<string, unknown>;
  const items = at.split(".").reduce<unknown>(
    (part, key) => (part as Record<string, unknown> | undefined)?.[key],
    document,
  );
  if (!Array.isArray(items) || items.length === 0) return undefined;
  const keys = rest.split(".");
  const last = keys.pop()!;
  let target = items[0] as Record<string, unknown>;
  for (const key of keys) target = (target[key] ??= {}) as Record<string, unknown>;
  target[last] = value;
  return loadConfig(JSON.stringify(document));
}

/** The value of a setting, of the first item where it stands in a list. */
export function valueAt(config: Configuration, path: string): unknown {
  return path.replaceAll("[]", ".0").split(".").reduce<unknown>(
    (part, key) => (part as Record<string, unknown> | null | undefined)?.[key],
    config,
  );
}

/** Everything that a run says but its notices, as a text. */
export function fingerprint(run: RunResult): string {
  const { summary, requests, timeSeries, instances, coldStartWaits, tbtCdf, functionNames } = run;
  return JSON.stringify(
    { summary, requests, timeSeries, instances, coldStartWaits, tbtCdf, functionNames },
    (_, value) => ArrayBuffer.isView(value) ? [...value as unknown as number[]] : value,
  );
}

/** A run of a base with one setting changed: what it says, or the mistake that it was refused for. */
export async function outcome(
  config: Configuration,
  base: SettingBase,
): Promise<{ readonly says: string; readonly notices: readonly string[] }> {
  try {
    const run = await simulate(config, base.texts);
    checkReport(run);
    return { says: fingerprint(run), notices: run.engine.notices };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { says: `refused: ${error.message}`, notices: [] };
  }
}

/** Whether an error says that something given cannot be used. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof RangeError || error instanceof SyntaxError ||
    (error instanceof TypeError && error.message.startsWith("Cannot "));
}

/** The settings that a notice says to have no effect. */
export function namedAsIgnored(notices: readonly string[]): string[] {
  return notices.flatMap((notice) => {
    const match = /^(?:platform \S+: )?(\S+(?:, \S+)*(?: and \S+)?) (?:has|have) no effect: /.exec(
      notice,
    );
    if (match === null) return [];
    const [first, ...others] = match[1].split(/, | and /);
    const head = /^(functions\[\d+\]\.)?[^.]+/.exec(first)![0];
    return [first, ...others.map((name) => `${head}.${name}`)];
  });
}
