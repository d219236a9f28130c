import { loadConfig, simulate } from "simfaasinfer";
import { meanInterval } from "simfaasinfer/stats";
import { defineExperiment } from "simfaasinfer/experiment";
import { bandedCurves, heatMap, paretoFront } from "simfaasinfer/plot";

/** Idle times that a fixed keep-alive waits, seconds. */
const FIXED = [1, 10, 30, 60, 120, 300, 600] as const;

/** Settings of `scaling.keep_alive` by the name in tables and figures. */
const POLICIES = {
  ...Object.fromEntries(FIXED.map((seconds) => [`fixed ${seconds} s`, `{ seconds: ${seconds} }`])),
  "always": "{ policy: always }",
  "hybrid, 60 s bins": "{ policy: hybrid-histogram }",
  "hybrid, 10 s bins": "{ policy: hybrid-histogram, hybrid_histogram: { bin: 10, range: 600 } }",
} as Readonly<Record<string, string>>;

/** Shares of the trace's requests: a busy function and a quiet one. */
const LOADS = [1, 0.05] as const;

type Measure = "cost_usd" | "cold_share" | "ttft_p99_s" | "cold_starts";
type Row = Readonly<Record<Measure, number | null>> & {
  readonly policy: string;
  readonly load: number;
};

/** What keeping idle instances costs and saves on an hour of code completion. */
export default defineExperiment({
  id: "05_keep_alive",
  version: 6,
  seed: 2023,
  replications: 8,
  question: "How long is an idle instance worth keeping, and does a histogram of idle times help?",
  factors: { load: LOADS, policy: Object.keys(POLICIES) },
  inputs: { trace: { dataset: "azure-llm-2023", path: "AzureLLMInferenceTrace_code.csv" } },
  async run({ cell, seed, replication, inputs }) {
    const config = loadConfig(`
simulation: { random_seed: ${seed}, replication: ${replication},
              duration: 3600, end: duration }
model: { name: llama-3.1-8b }
cluster: { gpu_type: h100-sxm, routing: { policy: newest-idle } }
gateway: { concurrency_per_instance: 16 }
# Requests alone start instances, and keep-alive alone stops them.
scaling: { policy: none, activation: each, max_instances: 8,
           keep_alive: ${POLICIES[cell.policy]} }
cold_start: { preset: serverlessllm, jitter: 0.2 }
workload: { type: trace, trace: { path: code.csv, rate_scale: ${cell.load} } }
`);
    const { summary } = await simulate(config, { traceText: inputs.trace });
    return {
      cost_usd: summary.cost.total_usd,
      idle_usd: summary.cost.idle_usd,
      cold_share: summary.cold_start_rate,
      cold_starts: summary.cold_starts,
      ttft_p50_s: summary.ttft_s.p50,
      ttft_p99_s: summary.ttft_s.p99,
      digest: summary.digest,
    };
  },
  headlines(rows) {
    const entries = LOADS.flatMap((load) =>
      ["fixed 60 s", "fixed 300 s", "hybrid, 60 s bins"].flatMap((policy) =>
        (["cost_usd", "cold_share", "ttft_p99_s"] as const).map((measure) => [
          `${policy.replaceAll(/[ ,]+/g, "_")}_load_${load}_${measure}`,
          intervalOf(rows, load, policy, measure).estimate,
        ])
      )
    );
    return Object.fromEntries(entries);
  },
  figures: {
    pareto_busy: (rows, { column }) => pareto(rows, 1, column),
    pareto_quiet: (rows, { column }) => pareto(rows, 0.05, column),
    cold_requests: (rows, { column }) =>
      bandedCurves(curves(rows, "cold_share", 100), {
        xTitle: "Keep-alive (s)",
        yTitle: "Cold requests (%)",
        bands: "bands: 95 % intervals",
        xLog: true,
        column,
      }),
    cost: (rows, { column }) =>
      bandedCurves(curves(rows, "cost_usd", 1), {
        xTitle: "Keep-alive (s)",
        yTitle: "Cost of the hour (US$)",
        bands: "bands: 95 % intervals",
        xLog: true,
        column,
      }),
    cold_starts: (rows, { column }) =>
      heatMap(
        Object.keys(POLICIES).flatMap((policy) =>
          LOADS.map((load) => ({
            x: `${100 * load} %`,
            y: policy,
            value: intervalOf(rows, load, policy, "cold_starts").estimate,
          }))
        ),
        {
          xTitle: "Requests of the trace",
          yTitle: "Keep-alive",
          valueTitle: "Cold starts in the hour",
          column,
        },
      ),
  },
});

function intervalOf(rows: readonly Row[], load: number, policy: string, measure: Measure) {
  const own = rows.filter((row) => row.load === load && row.policy === policy);
  return meanInterval(own.map((row) => row[measure]!));
}

function pareto(rows: readonly Row[], load: number, column: 1 | 2 | undefined) {
  return paretoFront(
    Object.keys(POLICIES).map((policy) => ({
      series: policy.startsWith("fixed") ? "fixed" : policy,
      label: policy.startsWith("fixed") ? policy.slice("fixed ".length) : "",
      x: intervalOf(rows, load, policy, "cost_usd").estimate,
      y: intervalOf(rows, load, policy, "ttft_p99_s").estimate,
    })),
    { xTitle: "Cost of the hour (US$)", yTitle: "p99 TTFT (s)", column },
  );
}

/** Fixed keep-alive, with 95 % intervals over the replications. */
function curves(rows: readonly Row[], measure: Measure, factor: number) {
  return LOADS.flatMap((load) =>
    FIXED.map((seconds) => {
      const { estimate, lower, upper } = intervalOf(rows, load, `fixed ${seconds} s`, measure);
      return {
        series: `${100 * load} % of the trace`,
        x: seconds,
        y: factor * estimate,
        lower: factor * Math.max(0, lower),
        upper: factor * upper,
      };
    })
  );
}
