import {
  type AiconfiguratorSelection,
  importAiconfigurator,
} from "../../execution/profiled/import_aiconfigurator.ts";
import { importCollected, parseCollectedRows } from "../../execution/profiled/collected/mod.ts";
import { importLayers } from "../../execution/profiled/import_layers.ts";
import { importLlmServingSim } from "../../execution/profiled/import_llmservingsim.ts";
import { repairTables } from "../../execution/profiled/repair_tables.ts";
import { unequalShareOf } from "../../execution/profiled/unequal_share.ts";
import type { OperatorProfile } from "../../execution/profiled/operator_profile.ts";
import type { OperatorTable } from "../../execution/profiled/operator_table.ts";
import { thinTable } from "../../execution/profiled/thin_table.ts";
import { gpuNamed } from "../../hardware/gpu_catalogue.ts";
import { dataSource } from "../../results/data_sources.ts";
import { exists } from "../../results/exists.ts";
import { readInput } from "../read_input.ts";
import { h200MeasuredRows } from "./h200_measured_rows.ts";
import type { ProfileRecipe } from "./profile_recipes.ts";
import { readParquet } from "../read_parquet.ts";

/** Rows of a shipped matrix product: both sides of each step of the curve, which is a saw. */
const SHIPPED_ROWS = new Set(
  [
    [1, 2, 4, 8, 16, 17, 32, 33, 48, 49, 64, 65, 80, 81, 96, 97, 112, 113, 128, 129, 160, 161, 192],
    [193, 256, 257, 384, 512, 513, 768, 769, 1024, 1025, 1536, 1537, 2048, 2049, 3072],
    [3073, 4096, 4097, 8192, 16384],
  ].flat(),
);

/** Tokens of shipped experts. */
const SHIPPED_TOKENS = new Set(
  [1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 512, 1024, 2048, 4096, 8192, 16384],
);

/**
 * Shapes that a shipped profile keeps: matrices of at least 256 in both directions; heads of 128 (bf16
 * and fp8 KV) and 64 (bf16 KV); experts split over at most eight GPUs, balanced and most skewed.
 */
const SHIPPED: AiconfiguratorSelection = {
  gemm: (m, n, k) => n >= 256 && k >= 256 && SHIPPED_ROWS.has(m),
  attention: (headSize, kvDtype) => headSize === 128 || headSize === 64 && kvDtype === "bf16",
  experts: ({ tensorParallel, expertParallel, routing, tokens, device }) =>
    tensorParallel <= 8 && expertParallel <= 8 && Math.min(tensorParallel, expertParallel) === 1 &&
    SHIPPED_TOKENS.has(tokens) && (routing !== "power_law_1.01" || device.includes("A100")),
};

const DESCRIPTIONS = {
  aiconfigurator:
    "One operator per row, timed alone inside a CUDA graph where that applies; no CPU overhead",
  llmservingsim: "One layer of each model, run eagerly; no collectives, no CPU overhead",
  "aiconfigurator-ops":
    "Whole latent and sparse layers of DeepSeek-V3 and V3.2 with their projections, kernels of gated " +
    "delta, DeepEP of SGLang 0.5.12 on eight GPUs; A100: kernels of latent attention alone, each " +
    "launched by the host",
} as const;

/** Keeps every measured shape. */
export const everyShape: AiconfiguratorSelection = {};

/** Derives a profile from the files of its data set, which lies in `folder`. */
export async function deriveProfile(
  recipe: ProfileRecipe,
  folder: string,
  selection: AiconfiguratorSelection = SHIPPED,
): Promise<OperatorProfile> {
  if (recipe.format === "h200-measured") return deriveCollected(recipe, folder);
  const { repository, commit, licence } = dataSource(recipe.format);
  const root = `${folder}/${recipe.folder}`;
  const { tables, notes } = repairTables(
    recipe.format === "aiconfigurator"
      ? await aiconfiguratorTables(recipe, root, selection)
      : recipe.format === "aiconfigurator-ops"
      ? await layerTables(root)
      : llmServingSimTables(recipe, root),
  );
  const description = DESCRIPTIONS[recipe.format];
  return {
    gpu: recipe.gpu,
    peaks: recipe.peaks,
    mixedBatch: recipe.mixedBatch,
    attentionKernel: recipe.attentionKernel,
    source: {
      repository,
      commit,
      licence,
      framework: recipe.framework,
      description: [description, ...notes].join("; "),
      command: `deno task profile derive ${recipe.name}`,
    },
    tables,
  };
}

/** The project's own measurements, through the importer that reads everybody's. */
function deriveCollected(recipe: ProfileRecipe, folder: string): OperatorProfile {
  const read = (name: string) => readMeasurements(`${folder}/${name}.csv`)!;
  const { rows } = parseCollectedRows(h200MeasuredRows(read));
  const { profile } = importCollected(rows, {
    gpu: recipe.gpu,
    known: gpuNamed(recipe.gpu),
    source: {
      repository: "none",
      commit: "none",
      licence: "CC0-1.0",
      command: `deno task profile derive ${recipe.name}`,
    },
  });
  return profile;
}

async function aiconfiguratorTables(
  recipe: ProfileRecipe,
  root: string,
  selection: AiconfiguratorSelection,
): Promise<OperatorTable[]> {
  const [framework, version] = recipe.framework.split(" ");
  const read = async (folder: string, file: string, wanted: string) => {
    // Collectives are measured less often than kernels: take the newest version up to the wanted one.
    const versions = [...Deno.readDirSync(`${root}/${folder}`)].map((entry) => entry.name)
      .filter((name) => compareVersions(name, wanted) <= 0).sort(compareVersions);
    return await readParquet(`${root}/${folder}/${versions.at(-1)}/${file}_perf.parquet`);
  };
  return importAiconfigurator(
    {
      gemm: await read(`gemm/${framework}`, "gemm", version),
      contextAttention: await read(`attention/${framework}`, "context_attention", version),
      generationAttention: await read(`attention/${framework}`, "generation_attention", version),
      customAllReduce: await read(`comm/${framework}`, "custom_allreduce", version),
      nccl: await read("comm/nccl", "nccl", recipe.nccl!),
      moe: await read(`moe/${framework}`, "moe", version),
    },
    recipe.peaks,
    selection,
  );
}

/** Tables of layers of other kinds; a GPU without whole latent layers has their kernels. */
async function layerTables(root: string): Promise<OperatorTable[]> {
  const read = async (path: string) =>
    exists(`${root}/${path}_perf.parquet`)
      ? await readParquet(`${root}/${path}_perf.parquet`)
      : undefined;
  const latentDecodes = await read("mla/vllm/0.24.0/mla_generation_module");
  const files = {
    latentDecodes,
    latentPrompts: await read("mla/vllm/0.24.0/mla_context_module"),
    ...(latentDecodes === undefined && {
      latentDecodeKernels: await read("mla/vllm/0.14.0/generation_mla"),
      latentPromptKernels: await read("mla/vllm/0.14.0/context_mla"),
    }),
    sparseDecodes: await read("sparse_attention/vllm/0.24.0/dsa_generation_module"),
    sparsePrompts: await read("sparse_attention/vllm/0.24.0/dsa_context_module"),
    delta: await read("linear_attention/vllm/0.24.0/gdn"),
    lowLatency: await read("comm/sglang/0.5.12/wideep_deepep_ll"),
    normal: await read("comm/sglang/0.5.12/wideep_deepep_normal"),
  };
  return importLayers(
    Object.fromEntries(Object.entries(files).filter(([, rows]) => rows !== undefined)),
  );
}

function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(".").map(Number));
  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return x[i] - y[i];
  return 0;
}

function llmServingSimTables(recipe: ProfileRecipe, root: string): OperatorTable[] {
  const tables: OperatorTable[] = [];
  for (const [folder, model] of Object.entries(recipe.models!)) {
    for (const tensorParallel of [1, 2, 4, 8]) {
      const path = `${root}/${folder}/bf16/tp${tensorParallel}`;
      const read = (name: string) => readMeasurements(`${path}/${name}.csv`);
      const [dense, perSequence, attention] = [
        read("dense"),
        read("per_sequence"),
        read("attention"),
      ];
      if (dense === undefined || perSequence === undefined || attention === undefined) continue;
      const texts = { dense, perSequence, attention, moe: read("moe") };
      const meta = readMeasurements(`${root}/${folder}/bf16/meta.yaml`);
      const unequalShare = meta === undefined ? undefined : unequalShareOf(meta, tensorParallel);
      const imported = importLlmServingSim({
        model,
        tensorParallel,
        dtype: "bf16",
        ...texts,
        ...(unequalShare !== undefined && { unequalShare }),
      });
      // Points on a straight line between others, within 0.5 %, hold no information.
      tables.push(
        ...imported.map((table) => table.axes.length === 1 ? thinTable(table, 0.005) : table),
      );
    }
  }
  return tables;
}

/** Text of a file of measurements; undefined where there is none. */
export function readMeasurements(path: string): string | undefined {
  return exists(path) ? readInput(path, "measured operator times", "measurements") : undefined;
}
