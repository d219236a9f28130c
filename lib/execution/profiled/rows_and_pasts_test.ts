import assert from "#assert";
import { stepOf } from "../../../tests/conformance/execution_laws.ts";
import { modelNames, modelShape } from "../../models/catalogue.ts";
import { layerMatrices } from "../../models/layer_matrices.ts";
import { layerGroups } from "../../models/transformer.ts";
import { PROFILED_GPUS, shippedProfile } from "./catalogue.ts";
import { gemmSecondsByRows } from "./gemm_times.ts";
import { findTables } from "./operator_profile.ts";
import { axisValues } from "./operator_table.ts";
import { prefillAttentionOf } from "./prefill_attention.ts";
import { profiled } from "./profiled.ts";

/** Weights of all models of the catalogue on 1 to 8 GPUs, columns and rows, each once. */
function catalogueWeights(): [number, number][] {
  const known = new Map<string, [number, number]>();
  for (const name of modelNames()) {
    const shape = modelShape(name);
    for (const { layer } of layerGroups(shape.layers)) {
      for (const { outputs, inputs } of layerMatrices(layer, shape.hiddenSize)) {
        for (const ranks of [1, 2, 4, 8]) {
          for (const [n, k] of [[outputs / ranks, inputs], [outputs, inputs / ranks]]) {
            if (Number.isInteger(n) && Number.isInteger(k)) known.set(`${n} ${k}`, [n, k]);
          }
        }
      }
    }
  }
  return [...known.values()];
}

Deno.test("products never take less time for more rows: every profile, model and degree", () => {
  // A third of them: all hold, and take longer.
  const weights = catalogueWeights().filter((_, i) => i % 3 === 0);
  assert.ok(weights.length > 50);
  for (const gpu of PROFILED_GPUS) {
    const profile = shippedProfile(gpu);
    for (const table of findTables(profile, "gemm", {})) {
      const rows = [...new Set(axisValues(table, 2).flatMap((m) => [m - 1, m, m + 1, 1.06 * m]))]
        .map(Math.floor).filter((m) => m > 0).sort((a, b) => a - b);
      for (const [n, k] of weights) {
        const seconds = gemmSecondsByRows(table, n, k, profile.peaks);
        let before = 0;
        for (const m of rows) {
          const current = seconds(m);
          assert.ok(
            current >= before * (1 - 1e-9),
            `${gpu} ${table.attributes.dtype} ${n} x ${k}: ${m} rows take ${current} s`,
          );
          before = current;
        }
      }
    }
  }
});

Deno.test("the measured rise from 1,024 to 1,025 rows stays, the fall at 2,049 is gone", () => {
  const { tables, peaks } = shippedProfile("h200-sxm");
  const table = tables.find(({ operator, attributes }) =>
    operator === "gemm" && attributes.dtype === "bf16"
  )!;
  // A layer of Qwen3-32B: measured +15.6 % and +3.3 % on an H200.
  const products = [[10240, 5120], [5120, 8192], [51200, 5120], [5120, 25600]]
    .map(([n, k]) => gemmSecondsByRows(table, n, k, peaks));
  const layer = (m: number) => products.reduce((sum, seconds) => sum + seconds(m), 0);
  const rise = layer(1025) / layer(1024) - 1;
  assert.ok(rise > 0.1 && rise < 0.25, `+${100 * rise} %`);
  const next = layer(2049) / layer(2048) - 1;
  assert.ok(next >= 0 && next < 0.06, `+${100 * next} %`);
});

Deno.test("a chunk after twice the past takes at most about twice as long, on every profile", () => {
  const pasts = [8192, 16384, 32768, 65536, 131072];
  for (const gpu of PROFILED_GPUS) {
    const profile = shippedProfile(gpu);
    for (const table of findTables(profile, "context_attention", {})) {
      for (const [heads, kvHeads] of [[32, 8], [8, 1], [64, 8], [32, 32]]) {
        const headSize = Number(table.attributes.headSize);
        const shape = { heads, kvHeads, headSize, windowTokens: 0 };
        const seconds = prefillAttentionOf(table, shape, profile.peaks, 131072);
        for (const chunk of [1, 64, 256, 1024, 2048]) {
          for (let i = 1; i < pasts.length; i++) {
            const ratio = seconds(1, chunk, pasts[i]) / seconds(1, chunk, pasts[i - 1]);
            assert.ok(
              ratio > 1 && ratio < 2.15,
              `${gpu} ${heads}/${kvHeads}, ${chunk} tokens after ${pasts[i]}: ${ratio} times`,
            );
          }
        }
      }
    }
  }
});

Deno.test("64 queries after 100,000 entries take about 1.4 ms a layer on H100, H200 and B200", () => {
  const shape = modelShape("llama-3.1-8b");
  for (const gpu of ["h100-sxm", "h200-sxm", "b200-sxm"]) {
    const model = profiled({ profile: shippedProfile(gpu), shape });
    const more = model.stepSeconds(stepOf(0, 0, [[64, 100_000]])) -
      model.stepSeconds(stepOf(0, 0, [[64, 0]]));
    const perLayer = more / shape.layers.length;
    assert.ok(perLayer > 1.2e-3 && perLayer < 1.6e-3, `${gpu}: ${1e3 * perLayer} ms`);
  }
});
