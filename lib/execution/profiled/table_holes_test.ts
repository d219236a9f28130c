import assert from "#assert";
import fc from "fast-check";
import { plainTransformer } from "../../models/plain_shape.ts";
import type { StepShape } from "../execution_time_model.ts";
import { fillGrid } from "./fill_grid.ts";
import { importLlmServingSim } from "./import_llmservingsim.ts";
import { tableOfRows } from "./operator_table.ts";
import { profiled } from "./profiled.ts";
import { holeNotes, tableHoles } from "./table_holes.ts";

Deno.test("a point between measured ones is a hole, one beyond them is none", () => {
  const at = (batch: number, context: number) => ({
    at: [[32, 8], [batch], [context]],
    seconds: 1e-6 * batch * context,
  });
  const table = tableOfRows(
    "generation_attention",
    { headSize: 128, kvDtype: "bf16" },
    [["heads", "kvHeads"], ["batch"], ["context"]],
    // 2 x 200 is between; 4 x 400 is beyond in both directions.
    [at(1, 100), at(1, 200), at(1, 400), at(2, 100), at(2, 400), at(4, 100), at(4, 200)],
  );
  assert.deepEqual(tableHoles(table), [{ point: "heads/kvHeads 32/8, batch 2, context 200" }]);
  assert.match(
    holeNotes([table])[0],
    /^generation_attention 128 bf16: no time at \(heads\/kvHeads 32\/8, batch 2, context 200\): interp/,
  );
  const matrices = tableOfRows("gemm", { dtype: "bf16" }, [["n"], ["k"], ["m"]], [
    { at: [[512], [256], [1]], seconds: 1e-6 },
    { at: [[512], [256], [64]], seconds: 1e-6 },
    { at: [[256], [512], [8]], seconds: 1e-6 },
    { at: [[1024], [512], [8]], seconds: 1e-6 },
  ]);
  // Matrices are whatever a model has: 512 x 512 is none of its.
  assert.deepEqual(tableHoles(matrices), [{ point: "n 512, k 256, m 8" }]);
});

const CHUNKS = [0, 16, 64], PASTS = [0, 128], DECODES = [0, 1, 4], CONTEXTS = [0, 16, 256];

/** A made-up profiler's attention rows: every point that can be. */
const ATTENTION = CHUNKS.flatMap((chunk) =>
  PASTS.flatMap((past) =>
    DECODES.flatMap((n) =>
      CONTEXTS.flatMap((context) =>
        (n === 0) === (context === 0) && (chunk > 0 || past === 0) && chunk + n > 0
          ? [
            `${chunk},${past},${n},${context},${5 + chunk * 0.2 + past * 0.1 + n * context * 0.01}`,
          ]
          : []
      )
    )
  )
);

Deno.test("whatever is missing in measured attention, no step takes NaN seconds", () => {
  const shape = plainTransformer({
    name: "m",
    layers: 2,
    hiddenSize: 1024,
    intermediateSize: 4096,
    heads: 8,
    kvHeads: 2,
    headSize: 128,
    vocabSize: 32000,
    maxPositions: 4096,
    gatedFeedForward: true,
    tiedEmbeddings: false,
    learnedPositions: false,
    bias: "none",
    slidingWindowTokens: 0,
  });
  const header = "prefill_chunk,kv_prefill,n_decode,kv_decode,time_us";
  fc.assert(fc.property(
    fc.subarray(ATTENTION, { minLength: 1 }),
    fc.array(fc.record({ chunk: fc.nat(100), past: fc.nat(300) }), { maxLength: 3 }),
    fc.nat(6),
    fc.nat(600),
    (rows, chunks, decodes, context) => {
      const hasDecodes = rows.some((row) => /^0,0,/.test(row));
      const hasPasts = rows.some((row) => /^[1-9]\d*,[1-9]/.test(row));
      const tables = importLlmServingSim({
        model: "m",
        tensorParallel: 1,
        dtype: "bf16",
        dense: "layer,tokens,time_us\nqkv_proj,1,3\nqkv_proj,512,9\n",
        perSequence: "layer,sequences,time_us\nlm_head,1,4\nlm_head,64,5\n",
        attention: [header, ...rows].join("\n"),
      });
      const profile = {
        gpu: "own",
        peaks: {
          bf16FlopsPerSecond: 1e15,
          fp8FlopsPerSecond: 1e15,
          memoryBytesPerSecond: 1e12,
          linkBytesPerSecond: 1e11,
          linkLatencySeconds: 1e-5,
        },
        source: {
          repository: "",
          commit: "",
          licence: "",
          framework: "",
          description: "",
          command: "",
        },
        tables,
      };
      const compose = () => profiled({ profile, shape, maxTokensPerStep: 512, maxSequences: 8 });
      if (!hasDecodes || !hasPasts) {
        assert.throws(compose, /Cannot compose (decode attention|prompts) from a table/);
        return;
      }
      const own = chunks.filter(({ chunk }) => chunk > 0);
      const step: StepShape = {
        decodeSequences: decodes,
        decodeContextTokens: decodes * context,
        chunkCount: own.length,
        chunkTokens: Int32Array.from(own, ({ chunk }) => chunk),
        chunkPastTokens: Int32Array.from(own, ({ past }) => past),
        sampledSequences: decodes + own.length,
      };
      if (decodes + own.length === 0) return;
      const seconds = compose().stepSeconds(step);
      assert.ok(seconds > 0 && seconds < 1, String(seconds));
    },
  ));
});

Deno.test("fillGrid() keeps what was measured and leaves nothing missing beside it", () => {
  const axes = [[0, 1, 3], [0, 2, 4, 10]];
  fc.assert(fc.property(
    fc.array(fc.option(fc.double({ min: 1, max: 9, noNaN: true }), { nil: NaN }), {
      minLength: 12,
      maxLength: 12,
    }),
    (cells) => {
      const values = Float64Array.from(cells);
      const filled = fillGrid(values, axes);
      const known = cells.filter((cell) => !Number.isNaN(cell));
      cells.forEach((cell, i) => Number.isNaN(cell) || assert.equal(filled[i], cell));
      if (known.length === 0) return assert.ok(filled.every(Number.isNaN));
      // Interpolated, never beyond what was measured.
      const [least, most] = [Math.min(...known), Math.max(...known)];
      for (const value of filled) assert.ok(value >= least - 1e-9 && value <= most + 1e-9);
    },
  ));
  // A plane is met exactly between its points.
  const plane = Float64Array.from(axes[0].flatMap((x) => axes[1].map((y) => 1 + 2 * x + 3 * y)));
  const holed = plane.map((value, i) => i === 5 || i === 6 ? NaN : value);
  fillGrid(holed, axes).forEach((value, i) => assert.ok(Math.abs(value - plane[i]) < 1e-12));
});
