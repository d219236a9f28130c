import { defineExperiment, pinnedTargetRows, readPinnedTargets } from "simfaasinfer/experiment";
import { bandedCurves, barPanels } from "simfaasinfer/plot";
import { meanInterval } from "simfaasinfer/stats";
import targetsText from "../../data/targets/vidur-search.yaml" with { type: "text" };
import { capacity, TENSOR } from "./search.ts";

const MODELS = ["llama2-70b", "qwen-72b"] as const;
const TRACES = ["chat-1m", "arxiv-4k", "bwb-4k"] as const;
const GPUS = ["a100-sxm-80gb", "h100-sxm"] as const;

/** Dollars per GPU and hour with which the paper's analysis reckons (CoreWeave, February 2024). */
const USD_PER_GPU_HOUR: Readonly<Record<string, number>> = {
  "a100-sxm-80gb": 2.21,
  "h100-sxm": 4.25,
};

/** The search's limit on the 99th percentile of the time between tokens, seconds. */
const TBT_S = 0.2;
/** Stricter limits, 20 ms apart: LLaMA2-70B on Chat-1M, with the largest batch. */
const STRICTER_S = [0.04, 0.06, 0.08, 0.1, 0.12, 0.14] as const;

const TARGETS = readPinnedTargets(targetsText);

/** Capacities within this share of the best one are as good: of these the smallest batch is taken. */
const ALIKE = 0.02;

interface Row {
  readonly model: string;
  readonly trace: string;
  readonly tbt_limit_s: number;
  readonly gpu: string;
  readonly batching: string;
  readonly batch: number;
  readonly replication: number;
  readonly capacity_rps: number;
  readonly requests_per_usd: number;
}

type Choice = Pick<Row, "gpu" | "batching" | "batch"> & {
  readonly requestsPerUsd: number;
};

const BATCHES = [64, 128, 256] as const;
const BATCHING = ["vllm", "orca", "sarathi-512", "sarathi-1024", "sarathi-2048"] as const;

/** Vidur-Search's question: which deployment serves most requests per dollar, by model and trace. */
export default defineExperiment({
  id: "07_vidur_search",
  version: 3,
  seed: 20240521,
  replications: 3,
  question: "Which deployment of a 70B model serves most requests per dollar, by trace and limit?",
  factors: {
    model: MODELS,
    trace: TRACES,
    tbt_limit_s: [TBT_S, ...STRICTER_S],
    gpu: GPUS,
    batching: BATCHING,
    batch: BATCHES,
  },
  design: {
    cells: [
      ...MODELS.flatMap((model) =>
        TRACES.flatMap((trace) =>
          BATCHES.map((batch) => ({ model, trace, tbt_limit_s: TBT_S, batch }) as const)
        )
      ),
      ...STRICTER_S.map((tbt_limit_s) =>
        ({ model: "llama2-70b", trace: "chat-1m", tbt_limit_s, batch: 256 }) as const
      ),
    ].flatMap((asked) =>
      GPUS.flatMap((gpu) => BATCHING.map((batching) => ({ ...asked, gpu, batching })))
    ),
  },
  async run({ cell, seed, replication }) {
    const carried = await capacity(cell, cell.tbt_limit_s, seed + replication);
    return {
      capacity_rps: carried,
      requests_per_usd: 3600 * carried / (TENSOR * USD_PER_GPU_HOUR[cell.gpu]),
    };
  },
  targets: (rows) => pinnedTargetRows(TARGETS, headlinesOf(rows)),
  headlines: (rows) => headlinesOf(rows),
  figures: {
    requests_per_usd: (rows, { column }) =>
      barPanels(
        TRACES.flatMap((trace) =>
          MODELS.flatMap((model) =>
            GPUS.map((gpu) => ({
              panel: `${trace}\n(requests/USD)`,
              label: `${model}, ${gpu.split("-")[0].toUpperCase()}`,
              value: best(rows, model, trace, TBT_S, gpu)?.requestsPerUsd ?? 0,
            }))
          )
        ),
        { column: column ?? 2 },
      ),
    tbt_limit: (rows, { column }) =>
      bandedCurves(
        GPUS.flatMap((gpu) =>
          [...STRICTER_S, TBT_S].map((limit) => {
            const own = rows.filter((row) =>
              row.model === "llama2-70b" && row.trace === "chat-1m" &&
              row.tbt_limit_s === limit && row.gpu === gpu && row.batch === 256
            );
            const { estimate, lower, upper } = meanInterval(
              [...Map.groupBy(own, ({ replication }) => replication).values()]
                .map((same) => Math.max(...same.map((row) => row.requests_per_usd))),
            );
            return {
              ...{ series: gpu.split("-")[0].toUpperCase(), x: 1000 * limit, y: estimate },
              ...{ lower: Math.max(0, lower), upper },
            };
          })
        ),
        {
          xTitle: "Limit on p99 TBT (ms)",
          yTitle: "Requests per USD",
          column: column ?? 2,
        },
      ),
    misconfiguration: (rows, { column }) =>
      barPanels(
        TRACES.flatMap((trace) =>
          TRACES.map((from) => ({
            panel: `${trace}\n(times the least cost)`,
            label: `best of ${from}`,
            value: costOf(rows, from, trace),
          }))
        ),
        { column: column ?? 2 },
      ),
  },
});

/** The deployment that serves most requests per dollar, means over the replications. */
function best(
  rows: readonly Row[],
  model: string,
  trace: string,
  tbtLimit: number,
  gpu?: string,
): Choice | undefined {
  const own = rows.filter((row) =>
    row.model === model && row.trace === trace && row.tbt_limit_s === tbtLimit &&
    (gpu === undefined || row.gpu === gpu)
  );
  const choices = [
    ...Map.groupBy(
      own,
      ({ gpu, batching, batch }) => JSON.stringify([gpu, batching, batch]),
    ).values(),
  ].map(([first, ...others]): Choice => ({
    ...first,
    requestsPerUsd: [first, ...others].reduce((sum, row) => sum + row.requests_per_usd, 0) /
      (1 + others.length),
  }));
  const most = Math.max(...choices.map(({ requestsPerUsd }) => requestsPerUsd));
  return choices.filter(({ requestsPerUsd }) => requestsPerUsd >= (1 - ALIKE) * most)
    .sort((a, b) => a.batch - b.batch || b.requestsPerUsd - a.requestsPerUsd)[0];
}

/** What LLaMA2-70B costs on a trace with the best deployment of another one, times the least. */
function costOf(rows: readonly Row[], from: string, trace: string): number {
  const { gpu, batching, batch } = best(rows, "llama2-70b", from, TBT_S)!;
  const own = rows.filter((row) =>
    row.model === "llama2-70b" && row.trace === trace && row.tbt_limit_s === TBT_S &&
    row.gpu === gpu && row.batching === batching && row.batch === batch
  );
  const served = own.reduce((sum, row) => sum + row.requests_per_usd, 0) / own.length;
  return best(rows, "llama2-70b", trace, TBT_S)!.requestsPerUsd / served;
}

function headlinesOf(rows: readonly Row[]): Record<string, number> {
  const of = (model: string, trace: string, limit = TBT_S) => best(rows, model, trace, limit)!;
  const ratios = TRACES.map((trace) =>
    of("llama2-70b", trace).requestsPerUsd / of("qwen-72b", trace).requestsPerUsd
  );
  const byTrace = TRACES.map((trace, i) => {
    const { batch, gpu, requestsPerUsd } = of("llama2-70b", trace);
    const name = trace.replace("-", "_");
    return {
      [`requests_per_usd_${name}`]: requestsPerUsd,
      [`batch_${name}`]: batch,
      [`is_h100_${name}`]: gpu === "h100-sxm" ? 1 : 0,
      [`qwen_over_llama_cost_${name}`]: ratios[i],
    };
  });
  const byLimit = STRICTER_S.map((limit) =>
    best(rows, "llama2-70b", "chat-1m", limit)!.requestsPerUsd
  );
  // Of a limit that none keeps nothing is divided.
  const steps = byLimit.slice(1).map((served, i) => byLimit[i] > 0 ? served / byLimit[i] : 0);
  const cliff = steps.indexOf(Math.max(...steps));
  return {
    // The median of the three traces.
    qwen_over_llama_cost: ratios.toSorted((a, b) => a - b)[1],
    misconfiguration_cost: Math.max(
      ...TRACES.flatMap((from) => TRACES.map((trace) => costOf(rows, from, trace))),
    ),
    tbt_limit_cost: byLimit.at(-1)! / byLimit.at(-2)!,
    // The largest change that 20 ms make, and the stricter of its two limits.
    tbt_cliff_cost: steps[cliff],
    tbt_cliff_limit_s: STRICTER_S[cliff],
    ...Object.assign({}, ...byTrace),
  };
}
