import assert from "@std/assert";
import { deriveProfile } from "../../lib/cli/derive_profile.ts";
import { PROFILE_RECIPES } from "../../lib/cli/profile_recipes.ts";
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
  "b200-sxm": { gemm: { bf16: 4.5 }, attention: 6 },
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
