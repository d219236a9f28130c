import { expertShare, gpuPower, instancePower } from "../../execution/power/mod.ts";
import { stepWork } from "../../execution/step_work.ts";
import { gpuNamed } from "../../hardware/mod.ts";
import { findModel } from "../../models/mod.ts";
import { parse } from "../../std/csv.ts";
import { field, numberField } from "./fields.ts";

/** A real server under steady load, and what its GPUs draw. */
export interface EnergyPoint {
  /** Model, task, GPUs and most sequences, for people. */
  readonly label: string;
  /** What points of one curve over the batch have in common. */
  readonly curve: string;
  /** Hugging Face id, without the format of its weights. */
  readonly model: string;
  /** Format of the weights: "bfloat16", "fp8", "mxfp4". */
  readonly format: string;
  /** GPU of the catalogue, and how many. */
  readonly gpu: string;
  /** GPUs of the server, >= 1. */
  readonly gpus: number;
  /** Sequences in a step, mean, > 0. */
  readonly batch: number;
  /** Prompt tokens of a request: assumed by task. */
  readonly promptTokens: number;
  /** Output tokens of a request, mean. */
  readonly outputTokens: number;
  /** Output tokens per second of the server. */
  readonly outputTokensPerSecond: number;
  /** Power of one of its GPUs, mean, watts. */
  readonly watts: number;
}

/**
 * Prompt tokens of a request by task, which the data set does not have: those with which the mean step of
 * small batches is as much longer than its median as it was measured (dense models; the last by what
 * experts take in both tasks). They come from times alone.
 */
const PROMPT_TOKENS: Readonly<Record<string, number>> = {
  "lm-arena-chat": 500,
  "gpqa": 270,
  "sourcegraph-fim": 2000,
};

/** Reads text_energy.csv of the data set ml-energy. @throws {SyntaxError} For a row without a number. */
export function readEnergyPoints(text: string): EnergyPoint[] {
  return parse(text, { skipFirstRow: true }).map(energyPoint);
}

/** A row of the data set by the names of its columns. @throws {SyntaxError} Without a number that is needed. */
export function energyPoint(row: Readonly<Record<string, string>>, index: number): EnergyPoint {
  const number = (name: string) => numberField(row, name, index);
  const id = field(row, "model", index);
  const gpus = number("num_gpus");
  const degrees = `tp${row.tp} ep${row.ep} dp${row.dp}`;
  const curve = `${id.split("/").at(-1)} ${row.task} ${gpus} x ${row.gpu} ${degrees}`;
  return {
    label: `${curve} x${row.max_num_seqs}`,
    curve,
    model: id.replace(/-FP8$/, ""),
    format: field(row, "precision", index),
    gpu: gpuNamed(field(row, "gpu", index)).name,
    gpus,
    batch: number("avg_batch"),
    promptTokens: PROMPT_TOKENS[row.task] ?? 500,
    outputTokens: number("avg_output_tokens"),
    outputTokensPerSecond: number("output_tok_s"),
    watts: number("avg_power_w") / gpus,
  };
}

/**
 * Power of a GPU at the rate that was measured, watts: kernels run all the while, arithmetic and bytes
 * are those of the tokens. Undefined where the catalogue has no such model.
 */
export function wattsAtRate(point: EnergyPoint): number | undefined {
  const entry = findModel(point.model);
  if (entry === undefined) return undefined;
  const gpu = gpuNamed(point.gpu);
  const isOwn = point.format === "mxfp4" && entry.formats !== undefined;
  const work = stepWork(entry.shape, {
    weightBytesPerElement: point.format === "fp8" ? 1 : 2,
    kvBytesPerElement: 2,
    ...(isOwn && { weights: entry.formats }),
  });
  const { bf16, fp8 = bf16 } = gpu.flopsPerSecond;
  const power = instancePower(
    gpuPower(gpu, { peakFlopsPerSecond: point.format === "fp8" ? fp8 : bf16 }),
    point.gpus,
    { stepSeconds: 0, sequenceSeconds: 0 },
    expertShare(entry.shape),
  );
  const { outputTokensPerSecond: tokens, batch, promptTokens, outputTokens } = point;
  const prompts = tokens * promptTokens / outputTokens;
  const context = promptTokens + outputTokens / 2;
  const steps = tokens / batch;
  const pairs = tokens * context + prompts * promptTokens / 2;
  const flops = (tokens + prompts) * work.flopsPerToken + tokens * work.flopsPerSample +
    pairs * work.flopsPerAttentionPair;
  const bytes = steps * work.weightBytes((tokens + prompts) / steps) +
    tokens * context * work.kvBytesPerToken;
  const watts = power.idleWatts + power.activeWatts +
    power.joulesPerFlop * flops + power.joulesPerByte * bytes;
  return Math.min(power.limitWatts, watts) / point.gpus;
}

/** A point with what is predicted of it. */
export interface EnergyRow extends EnergyPoint {
  /** Predicted power of a GPU, watts. */
  readonly predictedWatts: number;
}

/** Errors of power over many points. */
export interface EnergyErrors {
  /** Points, and those of models that the catalogue does not have. */
  readonly points: number;
  /** Points left out. */
  readonly leftOut: number;
  /** Median relative error, and the share of points within 35 %. */
  readonly median: number;
  /** Share of points within {@linkcode ENERGY_BARS}.within. */
  readonly within: number;
  /** Share of pairs of one curve, whose powers differ by 5 % or more, that are in the measured order. */
  readonly ordered: number;
}

/** What the power of points is held to. */
export const ENERGY_BARS = { median: 0.2, within: 0.35, share: 0.9, ordered: 0.8 } as const;

/** Least difference of two powers that have an order. */
const DIFFERENT = 0.05;

/** Predicts all points, and adds up the errors. */
export function energyErrors(
  points: readonly EnergyPoint[],
): { readonly rows: readonly EnergyRow[]; readonly errors: EnergyErrors } {
  const rows = points.flatMap((point): EnergyRow[] => {
    const predictedWatts = wattsAtRate(point);
    return predictedWatts === undefined ? [] : [{ ...point, predictedWatts }];
  });
  const errors = rows.map(({ watts, predictedWatts }) => Math.abs(predictedWatts / watts - 1))
    .sort((a, b) => a - b);
  let pairs = 0, right = 0;
  for (const curve of Map.groupBy(rows, (row) => row.curve).values()) {
    for (const [i, one] of curve.entries()) {
      for (const other of curve.slice(0, i)) {
        if (Math.abs(one.watts / other.watts - 1) < DIFFERENT) continue;
        pairs++;
        const product = (one.watts - other.watts) * (one.predictedWatts - other.predictedWatts);
        right += product > 0 ? 1 : product === 0 ? 0.5 : 0;
      }
    }
  }
  return {
    rows,
    errors: {
      points: rows.length,
      leftOut: points.length - rows.length,
      median: errors.length === 0 ? NaN : errors[errors.length >> 1],
      within: errors.filter((error) => error <= ENERGY_BARS.within).length / errors.length,
      ordered: right / pairs,
    },
  };
}
