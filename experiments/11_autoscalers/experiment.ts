import { loadConfig, simulate } from "simfaasinfer";
import { defineExperiment } from "simfaasinfer/experiment";
import { dotWhisker, heatMap, paretoFront } from "simfaasinfer/plot";
import { meanInterval } from "simfaasinfer/stats";
import {
  embeddedWorkload,
  generateWorkload,
  randomStreams,
  rateCurve,
} from "simfaasinfer/workload";

/** Length of a run, seconds. */
const HOUR_S = 3600;

/** Rates of the workloads, requests per second, in pieces of a minute of the hour. */
const WORKLOADS = {
  steady: () => 4,
  // A day in an hour, between a fifth and nine fifths of its mean.
  day: (minute: number) => 4 * (1 - 0.8 * Math.cos(2 * Math.PI * minute / 60)),
  // Four times an hour, four minutes each.
  bursts: (minute: number) => (minute % 15 < 4 ? 12 : 1.1),
  // Once, without a warning, and slowly gone.
  crowd: (minute: number) => (minute < 20 ? 2 : 2 + 22 * 0.82 ** (minute - 20)),
  // Nearly nothing, and often nothing at all.
  sparse: (minute: number) => (minute % 20 < 3 ? 0.25 : 0.005),
} as const;

type Workload = keyof typeof WORKLOADS;

/** What each policy has of its own; `queue-delay` needs a queue at the gateway. */
const SETTINGS = {
  "concurrency": "concurrency: { target: 8 }",
  "knative-kpa": "knative_kpa: { target: 8, target_utilization: 1 }",
  "hpa": "hpa: { target: 8 }",
  "keda": "keda: { target: 8 }, activation: none",
  "ray-serve": "ray_serve: { target_ongoing_requests: 8 }",
  "request-count": "request_count: { requests: 8 }",
  "queue-delay": "queue_delay: { threshold: 2s }",
  "target-tracking": "",
  "predictive": "",
  "slo": "",
  "threshold": "",
  "dynamo-planner": "dynamo_planner: { max_gpu_budget: 24 }",
  "llm-d-wva": "",
  "oracle": "concurrency: { target: 8 }",
} as const;

type Policy = keyof typeof SETTINGS;

const POLICIES = Object.keys(SETTINGS) as Policy[];
const NAMES = Object.keys(WORKLOADS) as Workload[];

/** What a request that misses a limit is taken to cost, US dollars. */
const MISS_USD = 0.01;

type Row = {
  readonly workload: string;
  readonly policy: string;
  readonly replication: number;
  readonly cost_usd: number;
  readonly attainment: number;
  readonly loss_usd: number;
};

/** All autoscalers on five workloads, against one that knows what comes. */
export default defineExperiment({
  id: "11_autoscalers",
  version: 2,
  seed: 1130,
  replications: 4,
  question: "What does an autoscaler lose against one that knows the arrivals, by workload?",
  factors: { workload: NAMES, policy: POLICIES },
  async run({ cell, seed, replication }) {
    const config = loadConfig(`
simulation: { random_seed: ${seed}, replication: ${replication}, duration: ${HOUR_S},
              end: duration }
model: { name: llama-3.1-8b, max_model_len: 8192 }
cluster: { gpu_type: a10g }
cold_start: { preset: serverlessllm, jitter: 0.2 }
slo: { ttft_s: 2s, tpot_s: 100ms }
workload: { type: trace, trace: { path: arrivals.csv } }
scaling: { policy: ${cell.policy}, min_instances: 0, max_instances: 24${
      SETTINGS[cell.policy] && `, ${SETTINGS[cell.policy]}`
    } }
gateway: { concurrency_per_instance: ${cell.policy === "queue-delay" ? 12 : null} }
`);
    const { summary } = await simulate(config, {
      traceText: arrivals(cell.workload, seed, replication),
    });
    const arrived = summary.requests.arrived;
    const missed = arrived * (1 - (summary.slo_attainment ?? 1));
    return {
      cost_usd: summary.cost.total_usd!,
      attainment: summary.slo_attainment ?? 1,
      missed,
      loss_usd: summary.cost.total_usd! + MISS_USD * missed,
      cold_starts: summary.cold_starts,
      ttft_p99_s: summary.ttft_s.p99,
      digest: summary.digest,
    };
  },
  headlines: (rows) =>
    Object.fromEntries(
      NAMES.flatMap((workload) =>
        POLICIES.filter((policy) => policy !== "oracle").map((policy) => [
          `regret_${workload}_${policy.replaceAll("-", "_")}_usd`,
          regret(rows, workload, policy).estimate,
        ])
      ),
    ),
  figures: {
    regret: (rows, { column }) =>
      heatMap(
        ranked(rows).flatMap((policy) =>
          NAMES.map((workload) => ({
            x: workload,
            y: policy,
            value: Math.round(100 * regret(rows, workload, policy).estimate) / 100,
          }))
        ),
        {
          xTitle: "Workload",
          yTitle: "Policy",
          valueTitle: "Regret (US$ in an hour)",
          column: column ?? 2,
        },
      ),
    regret_bursts: (rows, { column }) => whiskers(rows, "bursts", column),
    regret_day: (rows, { column }) => whiskers(rows, "day", column),
    regret_sparse: (rows, { column }) => whiskers(rows, "sparse", column),
    tradeoff_bursts: (rows, { column }) =>
      paretoFront(
        POLICIES.map((policy) => ({
          series: policy === "oracle" ? "oracle" : "policies",
          label: policy,
          x: meanInterval(of(rows, "bursts", policy).map((row) => row.cost_usd)).estimate,
          y: 100 *
            (1 - meanInterval(of(rows, "bursts", policy).map((row) => row.attainment)).estimate),
        })),
        { xTitle: "Cost of the hour (US$)", yTitle: "Requests that miss a limit (%)", column },
      ),
  },
});

function of(rows: readonly Row[], workload: string, policy: string): Row[] {
  return rows.filter((row) => row.workload === workload && row.policy === policy);
}

/** What a policy loses against the oracle on the same requests, US dollars in the hour. */
function regret(rows: readonly Row[], workload: string, policy: string) {
  const oracle = of(rows, workload, "oracle");
  return meanInterval(
    of(rows, workload, policy).map((row) =>
      row.loss_usd - oracle.find((one) => one.replication === row.replication)!.loss_usd
    ),
  );
}

/** The policies but for the oracle, those of the least regret over all workloads first. */
function ranked(rows: readonly Row[]): Policy[] {
  const total = (policy: Policy) =>
    NAMES.reduce((sum, workload) => sum + regret(rows, workload, policy).estimate, 0);
  return POLICIES.filter((policy) => policy !== "oracle")
    .sort((one, other) => total(one) - total(other));
}

function whiskers(rows: readonly Row[], workload: Workload, column: 1 | 2 | undefined) {
  return dotWhisker(
    ranked(rows).map((policy) => {
      const { estimate, lower, upper } = regret(rows, workload, policy);
      return { label: policy, value: estimate, lower, upper };
    }),
    {
      title: `Regret, ${workload} (US$ in an hour)`,
      whiskers: "95 % intervals of 4 seeds",
      reference: { value: 0, label: "oracle" },
      column: column ?? 2,
    },
  );
}

/** A trace of an hour: other requests in each replication, the same for every policy. */
function arrivals(workload: Workload, seed: number, replication: number): string {
  const table = generateWorkload({
    arrivals: rateCurve({
      ratesPerSecond: Array.from({ length: 60 }, (_, minute) => WORKLOADS[workload](minute)),
    }),
    lengths: embeddedWorkload("azure-conversation").lengths,
    durationSeconds: HOUR_S,
  }, randomStreams(seed, replication));
  const lines = ["arrival_s,prompt_tokens,output_tokens"];
  for (let i = 0; i < table.count; i++) {
    lines.push(`${table.arrivalAtSeconds[i]},${table.promptTokens[i]},${table.outputTokens[i]}`);
  }
  return lines.join("\n");
}
