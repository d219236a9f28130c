import assert from "#assert";
import fc from "fast-check";
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

Deno.test("repairTables() makes rows of experts and collectives monotone, and leaves others", () => {
  const fall = [9.4, 25, 17.2, 30];
  const { tables, notes } = repairTables([
    experts("bf16", [1, 1.2, 1, 3]),
    { ...experts("bf16", fall), operator: "all_reduce", attributes: {} },
    { ...experts("bf16", fall), operator: "gemm" },
  ]);
  const middle = Math.sqrt(1.2);
  const near = (actual: Float64Array, wanted: readonly number[]) =>
    wanted.forEach((value, i) => assert.ok(Math.abs(actual[i] / value - 1) < 1e-12));
  near(tables[0].seconds, [1, middle, middle, 3]);
  const pooled = Math.sqrt(25 * 17.2);
  near(tables[1].seconds, [9.4, pooled, pooled, 30]);
  assert.deepEqual([...tables[2].seconds], fall);
  assert.deepEqual(notes, [
    "experts bf16 balanced: 1 falling rows made monotone",
    "all_reduce: 1 falling rows made monotone",
  ]);
});

Deno.test("repairTables() leaves no narrower format slower and no row falling, whatever was measured", () => {
  const seconds = fc.array(
    fc.oneof(fc.double({ min: 1e-6, max: 1, noNaN: true }), fc.constant(NaN)),
    {
      minLength: 6,
      maxLength: 6,
    },
  );
  fc.assert(fc.property(seconds, seconds, (wide, narrow) => {
    const given = [experts("bf16", wide), experts("fp8", narrow)];
    const { tables } = repairTables(given);
    const [bf16, fp8] = tables.map((table) => [...table.seconds]);
    for (const row of [bf16, fp8]) {
      const known = row.filter((value) => !Number.isNaN(value));
      known.forEach((value, i) => assert.ok(i === 0 || value >= known[i - 1], known.join()));
    }
    fp8.forEach((value, i) => assert.ok(!(value > bf16[i])));
    // What was not measured stays unknown.
    tables.forEach((table, t) =>
      table.seconds.forEach((value, i) =>
        assert.equal(Number.isNaN(value), Number.isNaN(given[t].seconds[i]))
      )
    );
    assert.deepEqual(repairTables(tables).notes, [], "once is enough");
  }));
});

Deno.test("no shipped table has experts that a wider format beats, or a collective that falls", () => {
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

Deno.test("repairTables() leaves out spikes of an unsteady table of products, and of a steady one none", () => {
  const products = (rows: readonly (readonly number[])[]): OperatorTable => ({
    operator: "gemm",
    attributes: { dtype: "fp8" },
    axes: [
      { names: ["n"], points: rows.map((_, i) => [256 * (i + 1)]) },
      { names: ["k"], points: [[4096]] },
      { names: ["m"], points: rows[0].map((_, i) => [2 ** i]) },
    ],
    seconds: Float64Array.from(rows.flat()),
  });
  const unsteady = products([[26, 10, 10, 20, 12], [10, 10, 10.5, 11, NaN]]);
  const { tables, notes } = repairTables([unsteady]);
  assert.deepEqual([...tables[0].seconds], [NaN, 10, 10, NaN, 12, 10, 10, 10.5, 11, NaN]);
  assert.deepEqual(notes, ["gemm fp8: 2 times far above those of more rows left out"]);
  const steady = products([[26, 10], ...Array.from({ length: 30 }, () => [10, 10])]);
  assert.equal(repairTables([steady]).tables[0], steady, "one of 62 is one in a fiftieth at most");
});
