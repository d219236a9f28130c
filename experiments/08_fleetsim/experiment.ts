import { defineExperiment, pinnedTargetRows, readPinnedTargets } from "simfaasinfer/experiment";
import { bandedCurves, barPanels } from "simfaasinfer/plot";
import { meanInterval } from "simfaasinfer/stats";
import targetsText from "../../data/targets/fleetsim.yaml" with { type: "text" };
import { GPUS, sizePool } from "./fleet.ts";

const TARGETS = readPinnedTargets(targetsText);

const SPLITS = [512, 1024, 2048, 4096, 8192, 12288] as const;
const RATES = [25, 50, 100, 150, 200, 300, 400] as const;
const LONGEST = { lmsys: 65536, azure: 8192 } as const;
const HOURS_PER_YEAR = 8760;

interface Row {
  readonly workload: string;
  readonly gpu: string;
  readonly rate: number;
  readonly split: number;
  readonly kv: string;
  readonly replication: number;
  readonly gpus: number;
  readonly usd_per_year: number;
  readonly long_ttft_p99_s: number;
}

/** Published GPUs of both pools by the length that splits them: FleetSim's table, 0 is one pool. */
const PUBLISHED_GPUS: Readonly<Record<number, number>> = {
  0: 14,
  512: 15,
  1024: 12,
  2048: 9,
  4096: 8,
  8192: 8,
  12288: 8,
};

/** Published GPUs of two pools of H100 by the rate. */
const PUBLISHED_GROWTH: Readonly<Record<number, number>> = {
  25: 4,
  50: 5,
  100: 7,
  150: 10,
  200: 12,
  300: 18,
  400: 23,
};

/** FleetSim's findings on pools by length: how many GPUs each way of serving takes. */
export default defineExperiment({
  id: "08_fleetsim",
  version: 1,
  seed: 2603,
  replications: 3,
  question: "What do pools by request length save, with reserved places and with a paged KV cache?",
  factors: {
    workload: ["lmsys", "azure"],
    gpu: ["a10g", "a100", "h100"],
    rate: RATES,
    split: [0, ...SPLITS],
    kv: ["reserved", "paged"],
  },
  design: {
    cells: [
      ...[0, ...SPLITS].flatMap((split) =>
        (["reserved", "paged"] as const).map((kv) =>
          ({ workload: "lmsys", gpu: "a100", rate: 100, split: split as 0, kv }) as const
        )
      ),
      ...RATES.map((rate) =>
        ({ workload: "azure", gpu: "h100", rate, split: 4096, kv: "reserved" }) as const
      ),
      ...(["a10g", "a100", "h100"] as const).flatMap((gpu) =>
        ([0, 4096] as const).flatMap((split) =>
          (["reserved", "paged"] as const).map((kv) =>
            ({ workload: "azure", gpu, rate: 100, split, kv }) as const
          )
        )
      ).filter(({ gpu, split, kv }) => gpu !== "h100" || split === 0 || kv === "paged"),
    ],
  },
  async run({ cell, seed, replication }) {
    const { workload, gpu, rate, split, kv } = cell;
    const longest = LONGEST[workload];
    const own = { gpu, workload, rate, isReserved: kv === "reserved" };
    const short = await sizePool(
      { ...own, above: 0, most: split === 0 ? longest : split },
      seed + replication,
    );
    const long = split === 0
      ? { ...short, gpus: 0 }
      : await sizePool({ ...own, above: split, most: longest }, seed + replication);
    const gpus = short.gpus + long.gpus;
    return {
      gpus,
      short_gpus: short.gpus,
      long_gpus: long.gpus,
      usd_per_year: gpus * GPUS[gpu].usd * HOURS_PER_YEAR,
      planned_ttft_s: Math.max(short.plannedTtftSeconds, long.plannedTtftSeconds),
      short_ttft_p99_s: short.ttftP99Seconds,
      long_ttft_p99_s: long.ttftP99Seconds,
    };
  },
  targets: (rows) => pinnedTargetRows(TARGETS, headlinesOf(rows)),
  headlines: (rows) => headlinesOf(rows),
  figures: {
    split: (rows, { column }) =>
      bandedCurves([
        ...Object.entries(PUBLISHED_GPUS).filter(([split]) => split !== "0").map((
          [split, gpus],
        ) => ({
          series: "FleetSim",
          ...flat(Number(split), gpus),
        })),
        ...(["reserved", "paged"] as const).flatMap((kv) =>
          SPLITS.map((split) => ({
            series: kv === "reserved" ? "ours, reserved places" : "ours, paged KV cache",
            ...pointOf(rows, "lmsys", "a100", 100, split, kv),
          }))
        ),
      ], {
        xTitle: "Longest request of the short pool (tokens)",
        yTitle: "GPUs of both pools",
        xLog: true,
        column: column ?? 2,
      }),
    growth: (rows, { column }) =>
      bandedCurves([
        ...Object.entries(PUBLISHED_GROWTH).map(([rate, gpus]) => ({
          series: "FleetSim",
          ...flat(Number(rate), gpus),
        })),
        ...RATES.map((rate) => ({
          series: "ours, reserved places",
          ...pointOf(rows, "azure", "h100", rate, 4096, "reserved"),
        })),
      ], {
        xTitle: "Arrival rate (requests/s)",
        yTitle: "GPUs of two pools of H100",
        column: column ?? 2,
      }),
    gpus: (rows, { column }) =>
      barPanels(
        (["reserved", "paged"] as const).flatMap((kv) =>
          (["a10g", "a100", "h100"] as const).flatMap((gpu) =>
            ([0, 4096] as const).map((split) => ({
              panel: `Cost, ${
                kv === "reserved" ? "reserved places" : "paged KV cache"
              }\n(1000 USD/year)`,
              label: `${gpu.toUpperCase()}, ${split === 0 ? "one pool" : "two pools"}`,
              value: meanOf(rows, "azure", gpu, 100, split, kv, "usd_per_year") / 1000,
            }))
          )
        ),
        { column: column ?? 2 },
      ),
  },
});

function flat(x: number, y: number) {
  return { x, y, lower: y, upper: y };
}

function valuesOf(
  rows: readonly Row[],
  workload: string,
  gpu: string,
  rate: number,
  split: number,
  kv: string,
  measure: "gpus" | "usd_per_year" | "long_ttft_p99_s",
): number[] {
  return rows.filter((row) =>
    row.workload === workload && row.gpu === gpu && row.rate === rate && row.split === split &&
    row.kv === kv
  ).map((row) => row[measure]);
}

function meanOf(...choice: Parameters<typeof valuesOf>): number {
  return meanInterval(valuesOf(...choice)).estimate;
}

function pointOf(
  rows: readonly Row[],
  workload: string,
  gpu: string,
  rate: number,
  split: number,
  kv: string,
) {
  const { estimate, lower, upper } = meanInterval(
    valuesOf(rows, workload, gpu, rate, split, kv, "gpus"),
  );
  return { x: rate === 100 && workload === "lmsys" ? split : rate, y: estimate, lower, upper };
}

function headlinesOf(rows: readonly Row[]): Record<string, number> {
  const lmsys = (split: number, kv: string) =>
    meanOf(rows, "lmsys", "a100", 100, split, kv, "gpus");
  const usd = (gpu: string, split: number, kv: string) =>
    meanOf(rows, "azure", gpu, 100, split, kv, "usd_per_year");
  const growth = (rate: number) => meanOf(rows, "azure", "h100", rate, 4096, "reserved", "gpus");
  return {
    lmsys_one_pool_gpus: lmsys(0, "reserved"),
    lmsys_split_4096_gpus: lmsys(4096, "reserved"),
    lmsys_split_512_gpus: lmsys(512, "reserved"),
    lmsys_saving: 1 - lmsys(4096, "reserved") / lmsys(0, "reserved"),
    lmsys_one_pool_paged_gpus: lmsys(0, "paged"),
    lmsys_saving_paged: 1 - lmsys(4096, "paged") / lmsys(0, "paged"),
    lmsys_long_ttft_p99_s: meanOf(rows, "lmsys", "a100", 100, 4096, "reserved", "long_ttft_p99_s"),
    growth_16x: growth(400) / growth(25),
    azure_400_gpus: growth(400),
    a10g_two_pools_over_h100_one: usd("a10g", 4096, "reserved") / usd("h100", 0, "reserved"),
    a10g_two_pools_over_h100_one_paged: usd("a10g", 4096, "paged") / usd("h100", 0, "paged"),
    azure_h100_one_pool_gpus: usd("h100", 0, "reserved") / (GPUS.h100.usd * HOURS_PER_YEAR),
    azure_a10g_two_pools_gpus: usd("a10g", 4096, "reserved") / (GPUS.a10g.usd * HOURS_PER_YEAR),
  };
}
