import assert from "#assert";
import { deriveProfile } from "../../lib/cli/profile/derive_profile.ts";
import { PROFILE_RECIPES } from "../../lib/cli/profile/profile_recipes.ts";
import { analyticalParts } from "../../lib/execution/analytical/analytical_parts.ts";
import {
  decodeAttention,
  decodeSequenceSeconds,
} from "../../lib/execution/analytical/decode_attention.ts";
import { cellOf } from "../../lib/execution/analytical/context_pieces.ts";
import { gemmSecondsOf } from "../../lib/execution/analytical/gemm_seconds.ts";
import { prefillAttention } from "../../lib/execution/analytical/prefill_attention.ts";
import { attentionPairs } from "../../lib/execution/attention_pairs.ts";
import { allReduceSeconds } from "../../lib/execution/collectives.ts";
import { forEachCell } from "../../lib/execution/profiled/for_each_cell.ts";
import {
  findTables,
  type GpuPeaks,
  type ProfileDtype,
} from "../../lib/execution/profiled/operator_profile.ts";
import type { OperatorName, OperatorTable } from "../../lib/execution/profiled/operator_table.ts";
import { rooflineOfCell } from "../../lib/execution/profiled/reference_times.ts";
import { type Gpu, gpuEfficiency, gpuNamed } from "../../lib/hardware/mod.ts";
import { modelShape } from "../../lib/models/mod.ts";
import { attentionOfShape } from "../../lib/models/testing_shapes.ts";
import { findExternalData } from "../../lib/results/external_data.ts";

const folder = findExternalData("aiconfigurator");

/**
 * Mean errors, per cent, that formulas of three to five numbers reached on held-out shapes when they
 * were fitted to each table. The same formulas on all shapes are up to half a point off these.
 */
const FEW_NUMBER_FITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "a100-sxm-80gb": { gemm: 9.2, decode: 14.8, prefill: 14.2 },
  "h100-sxm": { gemm: 6.4, gemmFp8: 12.5, decode: 8, prefill: 9.6 },
  "h200-sxm": { gemm: 6.3, gemmFp8: 14.1, decode: 7.3, prefill: 9.5 },
  // No fit of decodes is known for L40S: a fifth of the rows beat the memory bandwidth and are clamped.
  "l40s": { gemm: 10.6, decode: 15, prefill: 16.2 },
  "b200-sxm": { gemm: 7.8, decode: 11.1, prefill: 15.9 },
};
const SLACK = 0.6;

/** Largest mean error of all-reduces of 4 KiB to 256 MiB over 2, 4 and 8 GPUs, per cent. */
const ALL_REDUCE_BAR = 9;

/** Predicted time of a cell of a table; undefined where there is none. */
type Predict = (at: readonly (readonly number[])[]) => number | undefined;

/** Mean error of the cells that are compared, per cent. No cell may be below its roofline. */
function meanError(
  table: OperatorTable,
  peaks: GpuPeaks,
  predict: Predict,
  isCompared: (at: readonly (readonly number[])[]) => boolean = () => true,
): number {
  let sum = 0;
  let points = 0;
  forEachCell(table, (cell, at) => {
    const seconds = Number.isNaN(table.seconds[cell]) ? undefined : predict(at);
    if (seconds === undefined) return;
    if (table.operator !== "all_reduce") {
      const least = rooflineOfCell(table, at, peaks);
      assert.ok(seconds >= least * (1 - 1e-9), `${table.operator} ${at.join(" ")}: ${seconds} s`);
    }
    if (!isCompared(at)) return;
    sum += Math.abs(seconds / table.seconds[cell] - 1);
    points++;
  });
  assert.ok(points > 40);
  return 100 * sum / points;
}

/** One layer of a model with such heads on one GPU. */
function partsOf(gpu: Gpu, heads: number, kvHeads: number) {
  const llama = modelShape("llama-3.1-8b");
  const mixer = { ...attentionOfShape(llama), heads, kvHeads, headSize: 128 };
  const parts = analyticalParts({
    shape: { ...llama, layers: [{ ...llama.layers[0], mixer }] },
    gpu,
  });
  return { parts, reads: parts.attention[0] };
}

function gemmOf(gpu: Gpu, weightBytes: number): Predict {
  const seconds = gemmSecondsOf(gpu, gpuEfficiency(gpu.generation), weightBytes);
  return ([[n], [k], [m]]) => n < 1024 || k < 1024 ? undefined : seconds(m, n, k);
}

/** Contexts from 128 on and at most 16 query heads per KV head, as catalogued models have. */
const isUsualDecode = ([[heads, kvHeads], , [context]]: readonly (readonly number[])[]) =>
  context >= 128 && heads <= 16 * kvHeads;

/** What `make` gives for each pair of heads, made once: a table has thousands of cells of a few pairs. */
function byHeads<T>(make: (heads: number, kvHeads: number) => T) {
  const made = new Map<string, T>();
  return (heads: number, kvHeads: number): T => {
    const key = `${heads} ${kvHeads}`;
    if (!made.has(key)) made.set(key, make(heads, kvHeads));
    return made.get(key)!;
  };
}

function decodeOf(gpu: Gpu): Predict {
  const attention = byHeads((heads, kvHeads) => {
    const { parts, reads } = partsOf(gpu, heads, kvHeads);
    const { pieces } = decodeAttention(parts, reads);
    return { pieces, sequenceSeconds: decodeSequenceSeconds(parts, reads) };
  });
  return ([[heads, kvHeads], [batch], [context]]) => {
    const { pieces, sequenceSeconds } = attention(heads, kvHeads);
    const total = batch * context;
    const piece = pieces.pieceOfCell[cellOf(total)];
    return pieces.base[piece] + pieces.slope[piece] * total + batch * sequenceSeconds;
  };
}

function prefillOf(gpu: Gpu): Predict {
  const attention = byHeads((heads, kvHeads) => {
    const { parts, reads } = partsOf(gpu, heads, kvHeads);
    return prefillAttention(parts, reads);
  });
  return ([[heads, kvHeads], [batch], [tokens]]) => {
    const total = batch * tokens;
    const pairs = batch * attentionPairs(tokens, 0, 0);
    return attention(heads, kvHeads)(pairs, total, total);
  };
}

function allReduceOf(gpu: Gpu): Predict {
  const efficiency = gpuEfficiency(gpu.generation);
  return ([[ranks], [bytes]]) =>
    bytes < 4096 || bytes > 2 ** 28
      ? undefined
      : allReduceSeconds({ gpu, efficiency, ranks }, bytes);
}

for (const [name, fits] of Object.entries(FEW_NUMBER_FITS)) {
  Deno.test({
    name: `analytical operators of ${name} are as near as few-number fits (needs reference data)`,
    ignore: folder === undefined,
    async fn() {
      const recipe = PROFILE_RECIPES.find((candidate) => candidate.name === name)!;
      const profile = await deriveProfile(recipe, folder!, {
        attention: (headSize, kvDtype) => headSize === 128 && kvDtype === "bf16",
        experts: () => false,
      });
      const gpu = gpuNamed(name);
      const errorOf = (operator: OperatorName, predict: Predict, dtype?: ProfileDtype) => {
        const [table] = findTables(profile, operator, dtype === undefined ? {} : { dtype });
        const isCompared = operator === "generation_attention" ? isUsualDecode : undefined;
        return meanError(table, profile.peaks, predict, isCompared);
      };
      const errors: Record<string, number> = {
        gemm: errorOf("gemm", gemmOf(gpu, 2), "bf16"),
        decode: errorOf("generation_attention", decodeOf(gpu)),
        prefill: errorOf("context_attention", prefillOf(gpu)),
      };
      if (fits.gemmFp8 !== undefined) errors.gemmFp8 = errorOf("gemm", gemmOf(gpu, 1), "fp8");
      for (const [operator, error] of Object.entries(errors)) {
        const bar = fits[operator];
        console.log(`${name} ${operator}: ${error.toFixed(1)} %, few-number fit ${bar} %`);
        assert.ok(error <= bar + SLACK, `${operator}: ${error} % > ${bar} %`);
      }
      const allReduce = errorOf("all_reduce", allReduceOf(gpu));
      console.log(`${name} all-reduce: ${allReduce.toFixed(1)} %`);
      assert.ok(allReduce <= ALL_REDUCE_BAR, `${allReduce} %`);
    },
  });
}
