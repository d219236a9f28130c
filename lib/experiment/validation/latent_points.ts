import { type MixerTimes, mixerTimes } from "../../execution/analytical/mixer_times.ts";
import type { ParquetRows } from "../../execution/profiled/import_aiconfigurator.ts";
import { gpuNamed } from "../../hardware/mod.ts";
import type { LatentAttention, TransformerShape } from "../../models/transformer.ts";
import { type PartFormats, uniformFormats } from "../../models/weight_format.ts";
import { number, type OperatorPoint, type Row, text } from "./layer_operator.ts";
import { oneLayer } from "../../models/one_layer.ts";
import { chunks } from "./chunks.ts";

const NVFP4_BYTES = 9 / 16;
const FORMATS: Readonly<Record<string, PartFormats>> = {
  bfloat16: uniformFormats(2),
  fp8_block: uniformFormats(1),
  nvfp4: Object.fromEntries(
    Object.keys(uniformFormats(2)).map((part) => [
      part,
      { bytesPerElement: NVFP4_BYTES, activations: "fp4" },
    ]),
  ) as unknown as PartFormats,
};

/** Sizes of latent attention by the models of the tables. @source their config.json */
const LATENTS: Readonly<
  Record<string, { hidden: number; latent: Omit<LatentAttention, "heads"> }>
> = {
  "deepseek-ai/DeepSeek-V3": {
    hidden: 7168,
    latent: {
      kind: "latent",
      queryRank: 1536,
      kvRank: 512,
      nopeSize: 128,
      ropeSize: 64,
      valueSize: 128,
    },
  },
  "zai-org/GLM-5": {
    hidden: 6144,
    latent: {
      kind: "latent",
      queryRank: 2048,
      kvRank: 512,
      nopeSize: 192,
      ropeSize: 64,
      valueSize: 256,
    },
  },
};

/** Heads of the indexer by model, each 128 wide; 2,048 tokens are chosen. @source their config.json */
const INDEX_HEADS: Readonly<Record<string, number>> = {
  "deepseek-ai/DeepSeek-V3.2": 64,
  "zai-org/GLM-5": 32,
};

/** The layer that a row measured; heads are those of one rank, whose query is whole. */
function latentShape(row: Row): TransformerShape {
  // Checkpoints of other formats have the layers of the model that they are of.
  const model = /GLM-5/.test(text(row, "model")) ? "zai-org/GLM-5" : text(row, "model");
  const { hidden, latent } = LATENTS[
    model === "deepseek-ai/DeepSeek-V3.2" || model === "undefined"
      ? "deepseek-ai/DeepSeek-V3"
      : model
  ];
  const indexHeads = INDEX_HEADS[model];
  const indexer = indexHeads === undefined ? undefined : {
    heads: indexHeads,
    headSize: 128,
    topTokens: 2048,
    keyBytes: 132,
    parameters: latent.queryRank * indexHeads * 128 + hidden * (128 + indexHeads),
  };
  return oneLayer(
    { ...latent, heads: number(row, "num_heads"), ...(indexer && { indexer }) },
    hidden,
  );
}

/** Laws by what they depend on: built once for each kind of layer in a table. */
function cachedTimes(gpu: string): (row: Row) => MixerTimes {
  const known = new Map<string, MixerTimes>();
  return (row) => {
    const format = text(row, "gemm_type");
    const kvDtype = text(row, "kv_cache_dtype");
    const key = [row.model, row.num_heads, format, kvDtype, row.kernel_source].join();
    if (!known.has(key)) {
      // FlashMLA of 0.14.0 takes the time of 16-bit entries (inferred).
      const isNarrow = kvDtype === "fp8" && row.kernel_source !== "vllm_flashmla";
      known.set(
        key,
        mixerTimes({
          shape: latentShape(row),
          gpu: gpuNamed(gpu),
          weights: FORMATS[format] ?? FORMATS.bfloat16,
          kvBytesPerElement: isNarrow ? 1 : 2,
          maxTokensPerStep: 4096,
        }),
      );
    }
    return known.get(key)!;
  };
}

/** Points of a table of latent layers. */
export function latentPoints(
  gpu: string,
  rows: ParquetRows,
  seconds: (times: MixerTimes, row: Row) => number,
  isFitted: (row: Row) => boolean,
): OperatorPoint[] {
  const times = cachedTimes(gpu);
  return rows.map((row) => ({
    measuredSeconds: number(row, "latency") * 1e-3,
    predictedSeconds: seconds(times(row), row),
    isFitted: isFitted(row),
  }));
}

/** Decoding sequences of a row. */
export const decodeOf = (times: MixerTimes, row: Row) =>
  times.decode(
    number(row, "batch_size"),
    number(row, "batch_size") * (number(row, "step") + 1),
  );
/** Prompts of a row. */
export const promptOf = (times: MixerTimes, row: Row) =>
  times.prompt(chunks(number(row, "batch_size"), number(row, "isl"), number(row, "step")));

/**
 * What kernels take alone where the host launches each: the tables of 0.14.0 were timed so. The
 * shortest rows of a kernel are all alike, and nothing that was timed so is below that.
 */
function hostBound(rows: ParquetRows, points: OperatorPoint[]): OperatorPoint[] {
  const short = new Map<string, number[]>();
  for (const row of rows) {
    const tokens = number(row, "batch_size") * Math.max(number(row, "step"), number(row, "isl"));
    if (tokens > 256) continue;
    const kernel = text(row, "kernel_source");
    short.set(kernel, [...short.get(kernel) ?? [], number(row, "latency") * 1e-3]);
  }
  const floors = new Map(
    [...short].map(([kernel, seconds]) => {
      seconds.sort((a, b) => a - b);
      return [kernel, seconds[seconds.length >> 1]];
    }),
  );
  return points.map((point, i) => ({
    ...point,
    predictedSeconds: Math.max(
      floors.get(text(rows[i], "kernel_source")) ?? 0,
      point.predictedSeconds,
    ),
  }));
}

/** Prompts' attention alone, less the launches that whole layers add. */
export function kernelsAlone(
  gpu: string,
  rows: ParquetRows,
  seconds: (times: MixerTimes, row: Row) => number,
  heads: readonly number[],
): OperatorPoint[] {
  const points = latentPoints(
    gpu,
    rows,
    seconds,
    (row) => heads.includes(number(row, "num_heads")),
  );
  return hostBound(rows, points);
}
