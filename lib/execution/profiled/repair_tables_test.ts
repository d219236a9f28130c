import assert from "#assert";
import { modelShape } from "../../models/catalogue.ts";
import { profiled, PROFILED_GPUS, type ProfiledOptions, shippedProfile } from "./mod.ts";
import type { OperatorTable } from "./operator_table.ts";
import { repairTables } from "./repair_tables.ts";

function experts(dtype: string, seconds: readonly number[]): OperatorTable {
  return {
    operator: "experts",
    attributes: { dtype, routing: "balanced" },
    axes: [
      { names: ["count"], points: [[8]] },
      { names: ["tokens"], points: seconds.map((_, i) => [2 ** i]) },
    ],
    seconds: Float64Array.from(seconds),
  };
}

Deno.test("repairTables() takes the bf16 time where a narrower format is slower, and says so", () => {
  const bf16 = experts("bf16", [1, 2, NaN, 4]);
  const { tables, notes } = repairTables([bf16, experts("fp8_block", [1.3, 1.5, 2, 9])]);
  assert.equal(tables[0], bf16);
  assert.deepEqual([...tables[1].seconds], [1, 1.5, 2, 4]);
  assert.deepEqual(notes, [
    "experts fp8_block balanced: 2 times slower than bf16 take the bf16 time",
  ]);
});

Deno.test("repairTables() makes rows monotone that fall by more than a quarter, and leaves others", () => {
  const { tables, notes } = repairTables([
    experts("bf16", [1, 1.2, 1, 3]),
    { ...experts("bf16", [9.4, 25.8, 17.2, 30]), operator: "all_reduce", attributes: {} },
  ]);
  assert.deepEqual([...tables[0].seconds], [1, 1.2, 1, 3]);
  const [first, second, third, last] = tables[1].seconds;
  assert.deepEqual([first, last], [9.4, 30]);
  assert.ok(Math.abs(second / Math.sqrt(25.8 * 17.2) - 1) < 1e-12 && second === third);
  assert.deepEqual(notes, ["all_reduce: 1 rows that fall by more than a quarter made monotone"]);
});

Deno.test("no shipped table has experts that a wider format beats, or times that fall by a quarter", () => {
  for (const gpu of PROFILED_GPUS) {
    assert.deepEqual(repairTables(shippedProfile(gpu).tables).notes, [], gpu);
  }
});

Deno.test("experts with block scales take their own kernels, and no format is slower than bf16", () => {
  const shape = modelShape("qwen3-235b-a22b");
  const step = {
    decodeSequences: 256,
    decodeContextTokens: 256_000,
    chunkCount: 0,
    chunkTokens: new Int32Array(),
    chunkPastTokens: new Int32Array(),
    sampledSequences: 256,
  };
  for (const gpu of ["h100-sxm", "h200-sxm"]) {
    const profile = shippedProfile(gpu);
    const tables = { maxTokensPerStep: 512, maxSequences: 256 };
    const seconds = (change: Partial<ProfiledOptions>) =>
      profiled({ profile, shape, tensorParallel: 8, ...tables, ...change }).stepSeconds(step);
    const bf16 = seconds({});
    const perTensor = seconds({ weightDtype: "fp8" });
    const inBlocks = seconds({ weightDtype: "fp8", hasBlockScales: true });
    // Quantising what goes into small products takes a little longer than it saves.
    assert.ok(perTensor <= 1.05 * bf16, `${gpu}: ${perTensor} s, bf16 ${bf16} s`);
    assert.ok(inBlocks < 0.9 * bf16, `${gpu}: ${inBlocks} s in blocks, bf16 ${bf16} s`);
  }
});
