import { ok } from "#assert";
import fc from "fast-check";
import { isUsersMistake } from "../../lib/cli/usage_error.ts";
import { runSize } from "../../lib/config/check/mod.ts";
import { ConfigError } from "../../lib/config/config_error.ts";
import type { Configuration } from "../../lib/config/configuration.ts";
import { configurationSettings } from "../../lib/config/configuration_settings.ts";
import { engineSettings } from "../../lib/config/engine_settings.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";

/** A run of a few seconds. */
const BASE = {
  "workload.type": "poisson",
  "workload.arrival_rate": 5,
  "workload.num_requests": 12,
  "workload.decode_length": { distribution: "exponential", mean: 6 },
  "simulation.duration": 60,
};

const SHAPE = {
  "model.num_layers": 2,
  "model.hidden_size": 256,
  "model.num_attention_heads": 4,
  "model.vocab_size": 1000,
};

/** What makes the settings below a path count: the longest path that fits holds. */
const MADE_TO_COUNT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "workload.cv": { "workload.type": "gamma" },
  "workload.burst": { "workload.type": "synthetic" },
  "workload.embedded": { "workload.type": "embedded" },
  "workload.closed_loop": { "workload.closed_loop.concurrency": 2 },
  "workload.tenants": { "workload.tenants.count": 3, "gateway.fairness": "weighted" },
  "workload.functions": { "workload.functions.count": 3 },
  "workload.prefix_groups": { "workload.prefix_groups.groups": 3 },
  "workload.sessions": { "workload.sessions.mean_turns": 2 },
  "model": SHAPE,
  "model.num_experts": { ...SHAPE, "model.num_experts": 4, "model.num_experts_per_token": 2 },
  "model.moe": { ...SHAPE, "model.num_experts": 4, "model.num_experts_per_token": 2 },
  "model.max_model_len": {},
  "profiling": { "execution.source": "simfaasinfer" },
  "cluster.num_replicas": { "scaling.enabled": false },
  "cluster.weight_cache": { "cluster.nodes": [{ count: 2, gpus: 2 }] },
  "cluster.routing.prefix_affinity": { "cluster.routing.policy": "prefix-affinity" },
  "scheduler.chunk_size": { "scheduler.type": "sarathi" },
  "scheduler.watermark": { "scheduler.type": "vllm-v0" },
  "memory.swap_space_gb": { "scheduler.type": "vllm-v0", "scheduler.preemption_mode": "swap" },
  "execution.step_seconds": { "execution.source": "constant" },
  "execution.coefficients": { "execution.source": "linear" },
  "scaling.scale_up_threshold": { "scaling.policy": "threshold" },
  "scaling.cooldown_period": { "scaling.policy": "threshold" },
  "scaling.keep_alive.hybrid_histogram": { "scaling.keep_alive.policy": "hybrid-histogram" },
  "scaling.keep_alive.sleep": {
    "scaling.keep_alive.sleep.level": 1,
    "scaling.keep_alive.seconds": 1,
  },
  "scaling.prewarmed_pool": {
    "scaling.prewarmed_pool.of": "container",
    "scaling.prewarmed_pool.policy": "littles-law",
  },
  "scaling.queue_delay": { "scaling.policy": "queue-delay" },
  "scaling.knative_kpa": { "scaling.policy": "knative-kpa" },
  "scaling.hpa": { "scaling.policy": "hpa" },
  "scaling.keda": { "scaling.policy": "keda" },
  "scaling.dynamo_planner": { "scaling.policy": "dynamo-planner" },
  "scaling.llm_d_wva": { "scaling.policy": "llm-d-wva" },
  "scaling.ray_serve": { "scaling.policy": "ray-serve" },
  "scaling.slo": { "scaling.policy": "slo", "slo.ttft_s": 1 },
  "scaling.predictive": { "scaling.policy": "predictive" },
  "scaling.schedule": {
    "scaling.policy": "schedule",
    "scaling.schedule.entries": [{ from: 0, instances: 1 }],
  },
  "scaling.oracle": { "scaling.policy": "oracle" },
  "gateway.limit": { "gateway.on_no_capacity": "buffer" },
  "gateway.timeout": { "gateway.on_no_capacity": "buffer" },
  "faults.failures": { "faults.failures.mtbf": 100 },
  "faults.spot": { "faults.spot.mtbf": 100 },
  "faults.starts": { "faults.starts.failure_probability": 0.5 },
};

function madeToCount(path: string): Readonly<Record<string, unknown>> {
  const fits = Object.keys(MADE_TO_COUNT).filter((prefix) => path.startsWith(prefix));
  return MADE_TO_COUNT[fits.toSorted((a, b) => b.length - a.length)[0]] ?? {};
}

/** Settings that are single numbers, and their bounds. */
const NUMBERS = configurationSettings().flatMap(({ path, info }) => {
  const { anyOf } = info.jsonSchema as { readonly anyOf?: readonly Record<string, unknown>[] };
  const schema = anyOf?.[0] ?? info.jsonSchema;
  if (schema.type !== "number" && schema.type !== "integer") return [];
  const { minimum = 0, maximum = 1e9 } = schema as { minimum?: number; maximum?: number };
  return [{ path, bounds: [minimum, maximum], isWhole: schema.type === "integer" }];
});

const EXTREMES = [0, 1e-300, 1e-12, 1e-6, 1, 1000, 1e6, 1e9, 2 ** 31 - 1, 2 ** 53 - 1, 1e300];

/** A setting at a value near its bounds, now and then beyond them. */
const extreme = fc.constantFrom(...NUMBERS).chain(({ path, bounds, isWhole }) => {
  const [least, most] = bounds;
  const within = EXTREMES.map((value) => Math.min(most, Math.max(least, value)));
  const values = new Set(within.map((value) => isWhole ? Math.round(value) : value));
  return fc.constantFrom(...values, ...bounds, EXTREMES[EXTREMES.length - 1])
    .map((value) => ({ path, value }));
});

/** Reports of progress, one in 64 samples, after which a run has shown that it goes on. */
const MOST_REPORTS = 40;

const CASES = 300;
const SEED = 12;

/** The run has gone on for long enough. */
class Enough extends Error {}

/** Whether a run can be tried here without much time or memory. */
function isSmall(config: Configuration): boolean {
  const size = runSize(config);
  return size.computeSeconds < 0.2 && size.bytes < 1e7 && size.requests < 1000 &&
    engineSettings(config).maxSequences < 5000 && config.simulation.replications === 1;
}

/** @returns Whether it was run, rather than refused or large. */
async function tryOut(set: Readonly<Record<string, unknown>>): Promise<boolean> {
  let config: Configuration;
  try {
    config = loadConfig([], { set });
  } catch (error) {
    ok(error instanceof ConfigError, `${JSON.stringify(set)}: ${error}`);
    return false;
  }
  if (!isSmall(config)) return false;
  let reports = 0;
  try {
    const { summary } = await simulate(config, {
      onProgress: () => {
        if (++reports > MOST_REPORTS) throw new Enough();
      },
    });
    const { arrived, completed, rejected, timed_out, failed, unfinished } = summary.requests;
    ok(arrived === completed + rejected + timed_out + failed + unfinished, JSON.stringify(set));
  } catch (error) {
    const isClear = error instanceof Enough || isUsersMistake(error);
    ok(isClear, `${JSON.stringify(set)}: ${(error as Error).stack}`);
  }
  return true;
}

Deno.test("every numeric setting at its bounds is refused, or runs", async () => {
  let ran = 0;
  for (const { path, bounds } of NUMBERS) {
    for (const value of bounds) {
      if (await tryOut({ ...BASE, ...madeToCount(path), [path]: value })) ran++;
    }
  }
  ok(ran > NUMBERS.length, `${ran} runs of ${NUMBERS.length} settings`);
});

Deno.test("any two settings at extreme values are refused in plain words, or run", async () => {
  let ran = 0;
  await fc.assert(
    fc.asyncProperty(extreme, extreme, async (a, b) => {
      const isRun = await tryOut({
        ...BASE,
        ...madeToCount(a.path),
        ...madeToCount(b.path),
        [a.path]: a.value,
        [b.path]: b.value,
      });
      if (isRun) ran++;
    }),
    { numRuns: CASES, seed: SEED },
  );
  ok(ran > CASES / 4, `${ran} runs of ${CASES} cases`);
});
