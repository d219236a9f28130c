import assert from "#assert";
import { deriveProfile } from "../../lib/cli/profile/derive_profile.ts";
import { PROFILE_RECIPES } from "../../lib/cli/profile/profile_recipes.ts";
import { shippedProfile } from "../../lib/execution/profiled/catalogue.ts";
import { mixedAttention } from "../../lib/execution/profiled/mixed_attention.ts";
import { findTables, type ProfileDtype } from "../../lib/execution/profiled/operator_profile.ts";
import { findExternalData } from "../../lib/results/external_data.ts";
import { attentionHoldOut, gemmHoldOut } from "./hold_out.ts";

const folder = findExternalData("aiconfigurator");

/** Largest mean error allowed, per cent. */
const BARS: Record<string, { gemm: Partial<Record<ProfileDtype, number>>; attention: number }> = {
  "a100-sxm-80gb": { gemm: { bf16: 5.5 }, attention: 6 },
  "h100-sxm": { gemm: { bf16: 4.5, fp8: 6 }, attention: 6 },
  "h200-sxm": { gemm: { bf16: 4.5, fp8: 6 }, attention: 6 },
  "l40s": { gemm: { bf16: 8 }, attention: 10 },
  // Its tables fall most at some row counts, which predicted products may not: 4.51 %.
  "b200-sxm": { gemm: { bf16: 4.6 }, attention: 6 },
};

for (const [gpu, bars] of Object.entries(BARS)) {
  Deno.test({
    name: `profiled operators of ${gpu} predict shapes they have not seen (needs reference data)`,
    ignore: folder === undefined,
    async fn() {
      const recipe = PROFILE_RECIPES.find((candidate) => candidate.name === gpu)!;
      // Every measured shape of these formats, not only those that ship.
      const profile = await deriveProfile(recipe, folder!, {
        gemm: (_m, n, k) => n >= 256 && k >= 256,
        attention: (headSize) => headSize === 128,
        experts: ({ tensorParallel, expertParallel }) => tensorParallel * expertParallel === 1,
      });
      for (const [dtype, bar] of Object.entries(bars.gemm)) {
        const [table] = findTables(profile, "gemm", { dtype });
        const { error, points } = gemmHoldOut(table, profile.peaks, 1024);
        console.log(`${gpu} gemm ${dtype}: ${(100 * error).toFixed(2)} % of ${points} points`);
        assert.ok(100 * error <= bar, `gemm ${dtype}: ${100 * error} % > ${bar} %`);
      }
      for (const operator of ["context_attention", "generation_attention"] as const) {
        for (const table of findTables(profile, operator, {})) {
          const { error, points } = attentionHoldOut(table, profile.peaks);
          const name = `${operator} ${table.attributes.kvDtype}`;
          console.log(`${gpu} ${name}: ${(100 * error).toFixed(2)} % of ${points} points`);
          assert.ok(
            100 * error <= bars.attention,
            `${name}: ${100 * error} % > ${bars.attention} %`,
          );
        }
      }
    },
  });
}

const perf = findExternalData("llmservingsim", "profiler/perf/RTXPRO6000");
const MEASURED = [
  ["meta-llama/Llama-3.1-8B", "llama-3.1-8b"],
  ["Qwen/Qwen3-32B", "qwen3-32b"],
  ["Qwen/Qwen3-30B-A3B-Instruct-2507", "qwen3-30b-a3b"],
] as const;

Deno.test({
  name: "mixed attention of rtx-pro-6000 predicts the interleaved grid it does not hold " +
    "(needs reference data)",
  ignore: perf === undefined,
  fn() {
    const profile = shippedProfile("rtx-pro-6000");
    for (const [folder, model] of MEASURED) {
      for (const tensorParallel of [1, 2]) {
        const [table] = findTables(profile, "mixed_attention", { model, tensorParallel });
        const predict = mixedAttention(table);
        const held = new Set(table.axes.flatMap((axis) => axis.points.map(([value]) => value)));
        let sum = 0;
        let points = 0;
        const text = Deno.readTextFileSync(
          `${perf}/${folder}/bf16/tp${tensorParallel}/attention.csv`,
        );
        for (const line of text.trim().split("\n").slice(1)) {
          const [chunk, past, decodes, context, microseconds] = line.split(",").map(Number);
          // The shipped table holds the grid of powers of two.
          if ([chunk, past, decodes, context].every((value) => held.has(value))) continue;
          if (chunk === 0) continue;
          sum += Math.abs(1e6 * predict(chunk, past, decodes, context) / microseconds - 1);
          points++;
        }
        const error = 100 * sum / points;
        console.log(`${model} tp${tensorParallel}: ${error.toFixed(2)} % of ${points} points`);
        assert.ok(error <= 6, `${model} tp${tensorParallel}: ${error} %`);
      }
    }
  },
});
