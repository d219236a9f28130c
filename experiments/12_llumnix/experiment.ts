import { loadConfig, simulate } from "simfaasinfer";
import { defineExperiment, pinnedTargetRows, readPinnedTargets } from "simfaasinfer/experiment";
import { bandedCurves, dotWhisker } from "simfaasinfer/plot";
import { meanInterval } from "simfaasinfer/stats";
import targetsText from "../../data/targets/llumnix.yaml" with { type: "text" };

const TARGETS = readPinnedTargets(targetsText);

/** Lengths of figure 10, tokens. */
const LENGTHS = [256, 512, 1024, 2048, 4096, 8192] as const;
const METHODS = ["live", "blocking", "recompute"] as const;

/**
 * Models of figure 10. The rates are fitted to its blocking copies of up to 2,048 tokens, the set-up to
 * its downtimes of as many; the times of a prefill and of a step place a request in the run.
 */
const MODELS = {
  "7b": {
    shape: "num_layers: 32, hidden_size: 4096, intermediate_size: 11008, num_attention_heads: 32",
    gpus: 1,
    link: "{ rate: 2.453GB/s, setup: 10.6ms }",
    prefillSeconds: (tokens: number) => 0.07 + 1.7e-4 * tokens,
    stepSeconds: 0.034,
  },
  "30b": {
    shape: "num_layers: 60, hidden_size: 6656, intermediate_size: 17920, num_attention_heads: 52",
    gpus: 4,
    link: "{ rate: 4.61GB/s, setup: 24.7ms }",
    prefillSeconds: (tokens: number) => 0.24 + 7e-4 * tokens,
    stepSeconds: 0.043,
  },
} as const;

/** Rows of figure 11: rates, requests per second, and the Zipf exponent of mean lengths up to 6,144. */
const ROWS = {
  "S-S": { exponent: 1.3586, rates: [32, 34, 36] },
  "M-M": { exponent: 1.2219, rates: [7.4, 7.6, 7.8] },
  "L-L": { exponent: 1.0663, rates: [2.6, 2.8, 3] },
} as const;

/** How requests are placed: by turns, to the freest instance, and that with migration. */
const SYSTEMS = {
  "round-robin": "cluster: { routing: { policy: round-robin } }",
  "infaas": "cluster: { routing: { policy: freeness } }",
  "llumnix": `cluster: { routing: { policy: freeness } }
migration: { method: live, policy: freeness }`,
} as const;

type Row = {
  readonly part: string;
  readonly name: string;
  readonly way: string;
  readonly x: number;
  readonly replication: number;
  readonly downtime_ms: number | null;
  readonly ttft_mean_s: number | null;
  readonly ttft_p99_s: number | null;
  readonly e2e_mean_s: number | null;
  readonly preemptions: number | null;
};

/** Llumnix's migrations and what they do for a fleet. */
export default defineExperiment({
  id: "12_llumnix",
  version: 2,
  seed: 2406,
  replications: 4,
  question: "How long does a request stand still that migrates, and what does rescheduling gain?",
  factors: {
    part: ["figure 10", "figure 11"],
    name: ["7b", "30b", "S-S", "M-M", "L-L"],
    way: [...METHODS, ...Object.keys(SYSTEMS)],
    x: [...LENGTHS, 32, 34, 36, 7.4, 7.6, 7.8, 2.6, 2.8, 3],
  },
  design: {
    cells: [
      ...(["7b", "30b"] as const).flatMap((name) =>
        METHODS.flatMap((way) => LENGTHS.map((x) => ({ part: "figure 10", name, way, x }) as const))
      ),
      ...(["S-S", "M-M", "L-L"] as const).flatMap((name) =>
        Object.keys(SYSTEMS).flatMap((way) =>
          ROWS[name].rates.map((x) => ({ part: "figure 11", name, way, x }) as const)
        )
      ),
    ],
  },
  async run({ cell, seed, replication }) {
    const { part, name, way, x } = cell;
    if (part === "figure 10") {
      const model = MODELS[name as keyof typeof MODELS];
      const { requests, summary } = await simulate(
        loadConfig(oneMove(model, way, seed, replication)),
        { traceText: twoRequests(model, x) },
      );
      // A request that is computed anew stands still for its longest gap, less the step itself.
      const stands = way === "recompute"
        ? Math.max(...requests.maxTbtSeconds)
        : summary.migrations!.downtime_mean_s!;
      return {
        downtime_ms: 1000 * stands,
        ttft_mean_s: null,
        ttft_p99_s: null,
        e2e_mean_s: null,
        preemptions: null,
        digest: summary.digest,
      };
    }
    const { summary } = await simulate(loadConfig([
      fleet(ROWS[name as keyof typeof ROWS].exponent, x, seed, replication),
      SYSTEMS[way as keyof typeof SYSTEMS],
    ]));
    return {
      downtime_ms: null,
      ttft_mean_s: summary.ttft_s.mean,
      ttft_p99_s: summary.ttft_s.p99,
      e2e_mean_s: summary.e2e_s.mean,
      preemptions: summary.preemptions,
      digest: summary.digest,
    };
  },
  headlines: (rows) => headlinesOf(rows),
  targets: (rows) => pinnedTargetRows(TARGETS, headlinesOf(rows)),
  figures: {
    downtime: (rows, { column }) =>
      bandedCurves(
        (["7b", "30b"] as const).flatMap((name) =>
          METHODS.flatMap((way) =>
            LENGTHS.map((x) => {
              const { estimate, lower, upper } = mean(rows, name, way, x, "downtime_ms");
              return { series: `${name}, ${way}`, x, y: estimate, lower, upper };
            })
          )
        ),
        {
          xTitle: "Tokens of the request",
          yTitle: "Standstill (ms)",
          bands: "bands: 95 % intervals",
          xLog: true,
          yLog: true,
          column: column ?? 2,
        },
      ),
    gains: (rows, { column }) =>
      dotWhisker(
        (["S-S", "M-M", "L-L"] as const).flatMap((name) =>
          ROWS[name].rates.map((x) => {
            const { estimate, lower, upper } = gain(rows, name, x, "ttft_mean_s");
            return { label: `${name}, ${x}/s`, value: estimate, lower, upper };
          })
        ),
        {
          title: "Mean TTFT without migration over that with it",
          whiskers: "95 % intervals of 4 seeds, of the ratios' logarithms",
          isLog: true,
          reference: { value: 1, label: "no gain" },
          column,
        },
      ),
  },
});

type Measure = "downtime_ms" | "ttft_mean_s" | "ttft_p99_s" | "e2e_mean_s" | "preemptions";

function mean(rows: readonly Row[], name: string, way: string, x: number, measure: Measure) {
  return meanInterval(
    rows.filter((row) => row.name === name && row.way === way && row.x === x)
      .map((row) => row[measure]!),
  );
}

/** How many times the time is without migration, on the same requests. */
function gain(
  rows: readonly Row[],
  name: string,
  x: number,
  measure: "ttft_mean_s" | "ttft_p99_s",
) {
  const own = (way: string) =>
    rows.filter((row) => row.name === name && row.way === way && row.x === x)
      .toSorted((one, other) => one.replication - other.replication);
  const migrated = own("llumnix");
  const logs = own("infaas").map((row, i) => Math.log(row[measure]! / migrated[i][measure]!));
  const { estimate, lower, upper } = meanInterval(logs);
  return { estimate: Math.exp(estimate), lower: Math.exp(lower), upper: Math.exp(upper) };
}

function headlinesOf(rows: readonly Row[]): Record<string, number> {
  const of = (...at: Parameters<typeof mean> extends [unknown, ...infer Rest] ? Rest : never) =>
    mean(rows, ...at).estimate;
  const downtimes = (["7b", "30b"] as const).flatMap((name) =>
    METHODS.flatMap((way) =>
      LENGTHS.map((x) =>
        [`downtime_${name}_${way}_${x}_ms`, of(name, way, x, "downtime_ms")] as const
      )
    )
  );
  const loads = (["S-S", "M-M", "L-L"] as const).flatMap((name) =>
    ROWS[name].rates.map((x) => ({
      id: `${name.toLowerCase().replace("-", "_")}_${x}`,
      gains: (["ttft_mean_s", "ttft_p99_s"] as const).map((measure) =>
        gain(rows, name, x, measure).estimate
      ),
    }))
  );
  return {
    ...Object.fromEntries(downtimes),
    ...Object.fromEntries(loads.flatMap(({ id, gains: [average, tail] }) => [
      [`ttft_mean_gain_${id}`, average],
      [`ttft_p99_gain_${id}`, tail],
    ])),
    rates_at_which_migration_loses: loads.filter(({ gains: [average] }) => average < 1).length,
  };
}

type Model = (typeof MODELS)[keyof typeof MODELS];

/** When it is decided who moves, seconds. */
const DECIDED_S = 12;

/** A short request that is over by then, and one that has so many tokens then. */
function twoRequests({ prefillSeconds, stepSeconds }: Model, tokens: number): string {
  const prefill = prefillSeconds(tokens);
  const arrival = Math.min(9.5, DECIDED_S - 1.5 - prefill);
  const prompt = Math.max(1, Math.round(tokens - (DECIDED_S - arrival - prefill) / stepSeconds));
  const before = Math.min(8, arrival - 0.1);
  // It is over a second before, when the other instance has been told to stop already.
  const output = Math.round((DECIDED_S - 1 - before) / stepSeconds);
  const rows = [[before, 16, output], [arrival, prompt, 400]];
  return ["arrival_s,prompt_tokens,output_tokens", ...rows.map((row) => row.join())].join("\n");
}

/** Two instances, of which one is told to stop when the other has just become free. */
function oneMove(
  { shape, gpus, link }: Model,
  method: string,
  seed: number,
  replication: number,
): string {
  return `
simulation: { random_seed: ${seed}, replication: ${replication} }
model: { name: llama, dtype: fp16, ${shape}, vocab_size: 32000, max_position_embeddings: 16384 }
cluster: { gpu_type: a10, kv_transfer: ${link}, routing: { policy: round-robin } }
parallelization: { tensor_parallel_size: ${gpus} }
scaling: { policy: schedule, min_instances: 1, max_instances: 2,
           schedule: { entries: [{ from: 0s, instances: 2 }, { from: 10s, instances: 1 }] } }
cold_start: { enabled: false, initial_instances: 2 }
scheduler: { type: vllm-v0, prefix_caching: false, max_num_batched_tokens: 16384 }
memory: { num_gpu_blocks: 2000 }
migration: { method: ${method}, policy: none, period: ${DECIDED_S}s }
workload: { type: trace, trace: { path: two.csv } }
`;
}

/** Sixteen A10 with the memory that Llumnix's had, and requests of Zipf lengths. */
function fleet(exponent: number, rate: number, seed: number, replication: number): string {
  const lengths = `{ distribution: zipf, exponent: ${exponent}, max: 6144 }`;
  return `
simulation: { random_seed: ${seed}, replication: ${replication} }
model: { name: llama, dtype: fp16, ${
    MODELS["7b"].shape
  }, vocab_size: 32000, max_position_embeddings: 12400 }
cluster: { gpu_type: a10, num_replicas: 16, kv_transfer: ${MODELS["7b"].link} }
scaling: { enabled: false }
cold_start: { enabled: false }
execution: { overheads: { step_seconds: 8ms } }
scheduler: { type: vllm-v0, prefix_caching: false, max_num_batched_tokens: 12400 }
memory: { num_gpu_blocks: 775 }
workload: { type: poisson, arrival_rate: ${rate}, num_requests: 10000,
            prompt_length: ${lengths}, decode_length: ${lengths} }
`;
}
