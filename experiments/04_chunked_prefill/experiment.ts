import { loadConfig, simulate } from "simfaasinfer";
import { meanInterval } from "simfaasinfer/stats";
import { boundRow, defineExperiment, relativeRow } from "simfaasinfer/experiment";
import { attainmentCurves, bandedCurves, paretoFront } from "simfaasinfer/plot";

const SOURCE =
  "Sarathi-Serve: Taming Throughput-Latency Tradeoff in LLM Inference (OSDI 2024), section 5.1: " +
  "Mistral-7B on one A100, strict SLO (P99 TBT 0.1 s, median scheduling delay 2 s); 2.6x vLLM";

const RATES = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5] as const;

/** Strategies as curves are drawn, each with one token budget per step. */
const SHOWN = [
  { strategy: "sarathi", tokens: 512 },
  { strategy: "vllm", tokens: 2048 },
  { strategy: "orca", tokens: 8192 },
  { strategy: "vllm-v0", tokens: 8192 },
  { strategy: "fastertransformer", tokens: 8192 },
] as const;

/** Further budgets of chunked prefill, for the trade-off. */
const BUDGETS = [256, 1024, 2048] as const;

const TTFT_LIMIT_S = 2;
const DELAY_LIMIT_S = 2;
const TBT_LIMITS_S = { strict: 0.1, relaxed: 0.5 } as const;
const WARMUP_S = 120;

type Measured = {
  readonly ttft_p50_s: number | null;
  readonly ttft_p99_s: number | null;
  readonly tbt_p99_s: number | null;
  readonly scheduling_delay_p50_s: number | null;
  readonly attainment_strict: number;
  readonly attainment_relaxed: number;
  readonly digest: string;
};
type Row = Measured & {
  readonly strategy: string;
  readonly tokens: number;
  readonly rate: number;
  readonly replication: number;
};

/** What the bands of figures are. */
const BANDS = "bands: 95 % intervals";

/** Sarathi-Serve's trade-off between TTFT and TBT, for five ways to form batches. */
export default defineExperiment({
  id: "04_chunked_prefill",
  version: 7,
  seed: 20240710,
  replications: 8,
  question: "How much load does an engine carry within its limits under five batching strategies?",
  factors: {
    strategy: ["sarathi", "vllm", "orca", "vllm-v0", "fastertransformer"],
    tokens: [256, 512, 1024, 2048, 8192],
    rate: RATES,
  },
  design: {
    cells: [...SHOWN, ...BUDGETS.map((tokens) => ({ strategy: "sarathi", tokens } as const))]
      .flatMap((choice) => RATES.map((rate) => ({ ...choice, rate }))),
  },
  async run({ cell, seed, replication }): Promise<Measured> {
    const config = loadConfig(`
simulation: { random_seed: ${seed}, replication: ${replication}, duration: 720,
              warmup_duration: ${WARMUP_S} }
model: { name: mistral-7b }
cluster: { gpu_type: a100-sxm-80gb }
scaling: { min_instances: 1, max_instances: 1 }
cold_start: { enabled: false }
scheduler: { type: ${cell.strategy}, max_num_seqs: 128, prefix_caching: false,
             chunk_size: ${cell.tokens}, max_num_batched_tokens: ${cell.tokens} }
workload:
  type: poisson
  arrival_rate: ${cell.rate}
  # Like openchat_sharegpt4 in the paper's Table 2: its deviations, medians near 1730 and 415.
  prompt_length: { distribution: gamma, mean: 2300, std: 2088, min: 16, max: 7168 }
  decode_length: { distribution: gamma, mean: 415, std: 101, min: 4, max: 1024 }
`);
    const { summary, requests } = await simulate(config);
    const { count, arrivalAtSeconds, firstTokenAtSeconds, maxTbtSeconds } = requests;
    let arrived = 0;
    const within = { strict: 0, relaxed: 0 };
    for (let i = 0; i < count; i++) {
      if (arrivalAtSeconds[i] < WARMUP_S) continue;
      arrived++;
      // NaN where it never came to a first token, which then is not within the limit.
      if (!(firstTokenAtSeconds[i] - arrivalAtSeconds[i] <= TTFT_LIMIT_S)) continue;
      if (maxTbtSeconds[i] <= TBT_LIMITS_S.strict) within.strict++;
      if (maxTbtSeconds[i] <= TBT_LIMITS_S.relaxed) within.relaxed++;
    }
    return {
      ttft_p50_s: summary.ttft_s.p50,
      ttft_p99_s: summary.ttft_s.p99,
      // A static batch is returned as a whole: it has no gaps between tokens.
      tbt_p99_s: cell.strategy === "fastertransformer" ? null : summary.tbt_s.p99,
      scheduling_delay_p50_s: summary.scheduling_delay_s.p50,
      attainment_strict: within.strict / arrived,
      attainment_relaxed: within.relaxed / arrived,
      digest: summary.digest,
    };
  },
  targets(rows) {
    const strict = (strategy: string, tokens: number) =>
      meanInterval(capacities(rows, strategy, tokens, TBT_LIMITS_S.strict)).estimate;
    const sarathi = strict("sarathi", 512);
    const others = SHOWN.filter(({ strategy }) => strategy !== "sarathi" && strategy !== "vllm")
      .map(({ strategy, tokens }) => strict(strategy, tokens));
    const ratio = relativeRow(
      "sarathi-osdi24/strict-capacity-over-vllm",
      SOURCE,
      2.6,
      sarathi / strict("vllm-v0", 8192),
      0.3,
    );
    return [
      { ...ratio, unit: "count" },
      boundRow(
        "sarathi-osdi24/strategies-with-more-strict-capacity",
        SOURCE,
        others.filter((capacity) => capacity >= sarathi).length,
        0,
        "count",
      ),
    ];
  },
  headlines(rows) {
    return Object.fromEntries(
      (["strict", "relaxed"] as const).flatMap((limit) =>
        SHOWN.filter(({ strategy }) => strategy !== "fastertransformer").flatMap(
          ({ strategy, tokens }) => {
            const interval = meanInterval(
              capacities(rows, strategy, tokens, TBT_LIMITS_S[limit]),
            );
            const name = `capacity_${limit}_${strategy.replace("-", "_")}`;
            return [[`${name}_rps`, interval.estimate], [
              `${name}_half_width_rps`,
              interval.halfWidth,
            ]];
          },
        )
      ),
    );
  },
  figures: {
    attainment_strict: (rows, { column }) =>
      attainmentCurves(attainment(rows, "attainment_strict"), {
        target: 0.9,
        bands: BANDS,
        column,
      }),
    attainment_relaxed: (rows, { column }) =>
      attainmentCurves(attainment(rows, "attainment_relaxed"), {
        target: 0.9,
        bands: BANDS,
        column,
      }),
    tbt: (rows, { column }) =>
      bandedCurves(curves(rows, "tbt_p99_s", 1000), {
        xTitle: "Arrival rate (requests/s)",
        yTitle: "p99 TBT (ms)",
        bands: BANDS,
        yLog: true,
        target: 1000 * TBT_LIMITS_S.strict,
        column,
      }),
    ttft: (rows, { column }) =>
      bandedCurves(curves(rows, "ttft_p99_s", 1), {
        xTitle: "Arrival rate (requests/s)",
        yTitle: "p99 TTFT (s)",
        bands: BANDS,
        yLog: true,
        column,
      }),
    tradeoff: (rows, { column }) =>
      paretoFront(
        [...SHOWN, ...BUDGETS.map((tokens) => ({ strategy: "sarathi", tokens }))]
          .filter(({ strategy }) => strategy !== "fastertransformer")
          .map(({ strategy, tokens }) => {
            const tbt = intervalOf(rows, strategy, tokens, 2.5, "tbt_p99_s");
            const ttft = intervalOf(rows, strategy, tokens, 2.5, "ttft_p99_s");
            return {
              series: strategy,
              label: String(tokens),
              x: 1000 * tbt.estimate,
              // Logarithmic axes have no place for an end below zero.
              xInterval: [
                1000 * Math.max(tbt.lower, tbt.estimate / 10),
                1000 * tbt.upper,
              ] as const,
              y: ttft.estimate,
              yInterval: [Math.max(ttft.lower, ttft.estimate / 10), ttft.upper] as const,
            };
          }),
        {
          xTitle: "p99 TBT at 2.5 requests/s (ms)",
          intervals: "numbers: tokens per step\nlines: 95 % intervals",
          ...{ yTitle: "p99 TTFT (s)", xLog: true, yLog: true, column },
        },
      ),
  },
});

/** Highest rates that keep the limits, one for each replication, between the simulated rates. */
function capacities(
  rows: readonly Row[],
  strategy: string,
  tokens: number,
  tbtLimit: number,
): number[] {
  const replications = [...new Set(rows.map((row) => row.replication))];
  return replications.map((replication) => {
    const own = rows.filter((row) =>
      row.strategy === strategy && row.tokens === tokens && row.replication === replication
    ).toSorted((a, b) => a.rate - b.rate);
    const excess = own.map((row) =>
      Math.max(
        (row.tbt_p99_s ?? Infinity) / tbtLimit,
        (row.scheduling_delay_p50_s ?? Infinity) / DELAY_LIMIT_S,
      )
    );
    const first = excess.findIndex((value) => value > 1);
    if (first === -1) return own[own.length - 1].rate;
    if (first === 0) return 0;
    const share = Math.log(1 / excess[first - 1]) / Math.log(excess[first] / excess[first - 1]);
    return own[first - 1].rate + share * (own[first].rate - own[first - 1].rate);
  });
}

type Measure = "ttft_p99_s" | "tbt_p99_s" | "attainment_strict" | "attainment_relaxed";

function valuesOf(
  rows: readonly Row[],
  strategy: string,
  tokens: number,
  rate: number,
  measure: Measure,
): number[] {
  return rows.filter((row) =>
    row.strategy === strategy && row.tokens === tokens && row.rate === rate
  ).map((row) => row[measure]).filter((value) => value !== null);
}

/** Mean over the replications with its 95 % interval. */
function intervalOf(...choice: Parameters<typeof valuesOf>) {
  return meanInterval(valuesOf(...choice));
}

/** Means over the replications with their 95 % intervals. */
function curves(rows: readonly Row[], measure: Measure, factor: number) {
  return SHOWN.flatMap(({ strategy, tokens }) =>
    RATES.flatMap((rate) => {
      const values = valuesOf(rows, strategy, tokens, rate, measure);
      if (values.length === 0) return [];
      const { estimate, lower, upper } = meanInterval(values);
      return [{
        series: strategy,
        x: rate,
        y: factor * estimate,
        // A logarithmic axis has no place for an end below zero.
        lower: factor * Math.max(lower, estimate / 10),
        upper: factor * upper,
      }];
    })
  );
}

function attainment(rows: readonly Row[], measure: "attainment_strict" | "attainment_relaxed") {
  return SHOWN.flatMap(({ strategy, tokens }) =>
    RATES.map((rate) => {
      const { estimate, lower, upper } = meanInterval(
        valuesOf(rows, strategy, tokens, rate, measure),
      );
      return {
        series: strategy,
        ratePerSecond: rate,
        attainment: estimate,
        lower: Math.max(0, lower),
        upper: Math.min(1, upper),
      };
    })
  );
}
