import { gemmSecondsOf } from "../../execution/analytical/gemm_seconds.ts";
import type { ParquetRows } from "../../execution/profiled/import_aiconfigurator.ts";
import { gpuEfficiency, gpuNamed } from "../../hardware/mod.ts";
import { deltaPoints } from "./delta_points.ts";
import { exchangePoints } from "./exchange_points.ts";
import { decodeOf, kernelsAlone, latentPoints, promptOf } from "./latent_points.ts";
import {
  type LayerOperator,
  number,
  type OperatorPoint,
  type Row,
  text,
} from "./layer_operator.ts";
import { chunks } from "./chunks.ts";

/** Fitted: 16-bit weights at these heads. */
const atHeads = (...heads: number[]) => (row: Row) =>
  text(row, "gemm_type") === "bfloat16" && heads.includes(number(row, "num_heads"));

const HOPPER_AND_BLACKWELL = ["h100-sxm", "h200-sxm", "b200-sxm"];
const tablesOf = (gpus: readonly string[], path: string) =>
  Object.fromEntries(gpus.map((gpu) => [gpu, path]));

/** Absorbed products: each head's own matrix, 128 by 512. */
function absorbedPoints(gpu: string, rows: ParquetRows): OperatorPoint[] {
  // A batch of products has the bytes of one whose sides are as long together.
  const gemm = gemmSecondsOf(
    gpuNamed(gpu),
    gpuEfficiency(gpuNamed(gpu).generation),
    2,
  );
  return rows.map((row) => {
    const heads = number(row, "num_heads"), tokens = number(row, "num_tokens");
    return {
      measuredSeconds: number(row, "latency") * 1e-3,
      predictedSeconds: gemm(heads * tokens, 512, 128, heads),
      isFitted: false,
    };
  });
}

function exchanges(mode: "low-latency" | "normal", direction: "dispatch" | "combine") {
  const file = mode === "normal" ? "wideep_deepep_normal" : "wideep_deepep_ll";
  const of = (machines: readonly number[], fitted: string): LayerOperator => ({
    name: `all-to-all, ${mode}, ${direction}${
      machines[0] === 1 ? "" : `, ${machines.join(" and ")} machines`
    }`,
    fitted,
    tables: tablesOf(
      machines[0] === 1 ? HOPPER_AND_BLACKWELL : ["h100-sxm", "h200-sxm"],
      `comm/sglang/${machines[0] === 1 ? "0.5.12" : "0.5.6.post2"}/${file}_perf.parquet`,
    ),
    points: (gpu, rows) =>
      exchangePoints(
        gpu,
        rows.filter((row) => machines.includes(number(row, "node_num"))),
        mode,
        direction,
      ),
  });
  return [
    of([1], mode === "normal" ? "widths of 2,048, 4,096 and 7,168" : "every second row"),
    of([2, 4], mode === "normal" ? "8, 16 and 24 multiprocessors" : "four machines"),
    of([8], "nothing"),
  ];
}

/** Whole layers, projections included. */
const WHOLE_LAYERS: readonly LayerOperator[] = [
  {
    name: "latent layer, decodes",
    fitted: "16-bit weights, 2, 16 and 128 heads",
    tables: tablesOf(HOPPER_AND_BLACKWELL, "mla/vllm/0.24.0/mla_generation_module_perf.parquet"),
    points: (gpu, rows) => latentPoints(gpu, rows, decodeOf, atHeads(2, 16, 128)),
  },
  {
    name: "latent layer, prompts",
    fitted: "16-bit weights, 2, 16 and 128 heads",
    tables: tablesOf(HOPPER_AND_BLACKWELL, "mla/vllm/0.24.0/mla_context_module_perf.parquet"),
    points: (gpu, rows) => latentPoints(gpu, rows, promptOf, atHeads(2, 16, 128)),
  },
  {
    name: "sparse layer, decodes",
    fitted: "DeepSeek-V3.2, 16-bit weights, 16 and 128 heads",
    tables: tablesOf(
      HOPPER_AND_BLACKWELL,
      "sparse_attention/vllm/0.24.0/dsa_generation_module_perf.parquet",
    ),
    points: (gpu, rows) =>
      latentPoints(
        gpu,
        rows,
        decodeOf,
        (row) => atHeads(16, 128)(row) && row.model === "deepseek-ai/DeepSeek-V3.2",
      ),
  },
  {
    name: "sparse layer, prompts",
    fitted: "DeepSeek-V3.2, 16 and 128 heads",
    tables: tablesOf(
      HOPPER_AND_BLACKWELL,
      "sparse_attention/vllm/0.24.0/dsa_context_module_perf.parquet",
    ),
    points: (gpu, rows) =>
      latentPoints(
        gpu,
        rows,
        promptOf,
        (row) =>
          [16, 128].includes(number(row, "num_heads")) && row.model === "deepseek-ai/DeepSeek-V3.2",
      ),
  },
];

/** The same of an older version of vLLM, to which nothing was fitted. */
const OLDER_LAYERS = WHOLE_LAYERS.map((operator): LayerOperator => ({
  ...operator,
  name: `${operator.name}, vLLM 0.19.0`,
  fitted: "nothing",
  tables: Object.fromEntries(
    Object.entries(operator.tables).map(([gpu, path]) => [gpu, path.replace("0.24.0", "0.19.0")]),
  ),
  points: (gpu, rows) => operator.points(gpu, rows).map((point) => ({ ...point, isFitted: false })),
}));

/** Every kind of operator beyond plain attention, products and all-reduces that tables measure. */
export const LAYER_OPERATORS: readonly LayerOperator[] = [
  ...WHOLE_LAYERS,
  ...OLDER_LAYERS,
  {
    name: "latent attention alone, decodes",
    fitted: "A100: 16 and 64 heads; others: nothing",
    tables: tablesOf(
      ["a100-sxm-80gb", "h100-sxm", "h200-sxm"],
      "mla/vllm/0.14.0/generation_mla_perf.parquet",
    ),
    points: (gpu, rows) =>
      kernelsAlone(
        gpu,
        rows,
        (times, row) =>
          times.decodeKernels(
            number(row, "batch_size"),
            number(row, "batch_size") * (number(row, "step") + 1),
          ),
        gpu.startsWith("a100") ? [16, 64] : [],
      ),
  },
  {
    name: "latent attention alone, prompts",
    fitted: "A100: 2, 16 and 128 heads; others: nothing",
    tables: tablesOf(
      ["a100-sxm-80gb", "h100-sxm", "h200-sxm"],
      "mla/vllm/0.14.0/context_mla_perf.parquet",
    ),
    points: (gpu, rows) =>
      kernelsAlone(
        gpu,
        rows,
        (times, row) =>
          times.promptKernels(chunks(number(row, "batch_size"), number(row, "isl"), 0)),
        gpu.startsWith("a100") ? [2, 16, 128] : [],
      ),
  },
  {
    name: "absorbed products",
    fitted: "nothing: constants of plain products",
    tables: tablesOf(HOPPER_AND_BLACKWELL, "mla_bmm/vllm/0.24.0/mla_bmm_perf.parquet"),
    points: absorbedPoints,
  },
  {
    name: "gated delta, decodes",
    fitted: "Qwen3.5-27B and 2B",
    tables: tablesOf(HOPPER_AND_BLACKWELL, "linear_attention/vllm/0.24.0/gdn_perf.parquet"),
    points: (gpu, rows) => deltaPoints(gpu, rows, "generation"),
  },
  {
    name: "gated delta, prompts",
    fitted: "Qwen3.5-27B and 2B",
    tables: tablesOf(HOPPER_AND_BLACKWELL, "linear_attention/vllm/0.24.0/gdn_perf.parquet"),
    points: (gpu, rows) => deltaPoints(gpu, rows, "context"),
  },
  ...(["low-latency", "normal"] as const).flatMap((mode) =>
    (["dispatch", "combine"] as const).flatMap((direction) => exchanges(mode, direction))
  ),
];
