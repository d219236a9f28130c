import assert from "@std/assert";
import * as fc from "fast-check";
import { attentionPairs } from "../attention_pairs.ts";
import { allReduceSeconds } from "../collectives.ts";
import { gpuEfficiency } from "../../hardware/efficiency.ts";
import { gpuEntries, gpuNamed } from "../../hardware/gpu_catalogue.ts";
import { softMaximum } from "../soft_maximum.ts";
import { cellOf, contextPieces } from "./context_pieces.ts";
import { gemmSecondsOf } from "./gemm_seconds.ts";
import { lookUp, tokenTable } from "./token_table.ts";

Deno.test("softMaximum() is between the larger and the sum for sharpness >= 1, symmetric, never below", () => {
  fc.assert(fc.property(
    fc.double({ min: 0, max: 1e3, noNaN: true }),
    fc.double({ min: 0, max: 1e3, noNaN: true }),
    fc.double({ min: 1, max: 8, noNaN: true }),
    (x, y, sharpness) => {
      const value = softMaximum(x, y, sharpness);
      assert.ok(value >= Math.max(x, y) && value <= (x + y) * (1 + 1e-12));
      assert.equal(value, softMaximum(y, x, sharpness));
    },
  ));
  assert.equal(softMaximum(3, 4, 2), 5);
  assert.equal(softMaximum(0, 0, 2), 0);
});

Deno.test("contextPieces() stay within 0.5 % of the curve between the points of the grid, never below its line", () => {
  for (const sharpness of [0.76, 0.97, 1.02, 2.79]) {
    const curve = (context: number) => softMaximum(context * 1e-9, 12e-6, sharpness);
    const { base, slope, end, pieceOfCell } = contextPieces(curve);
    assert.ok(base.length < 40, `${base.length} pieces`);
    for (let context = 1; context < 2 ** 31; context = Math.ceil(context * 1.013)) {
      const piece = pieceOfCell[cellOf(context)];
      const value = base[piece] + slope[piece] * context;
      const off = value / curve(context) - 1;
      assert.ok(Math.abs(off) < 5e-3, `${context} tokens, sharpness ${sharpness}: ${off}`);
      assert.ok(value >= context * 1e-9 * (1 - 1e-12), "not below the roofline");
      assert.ok(context <= end[piece]);
    }
    for (let piece = 0; piece + 1 < base.length; piece++) {
      const at = end[piece];
      const here = base[piece] + slope[piece] * at;
      const next = base[piece + 1] + slope[piece + 1] * at;
      assert.ok(Math.abs(here / next - 1) < 1e-12, "pieces meet");
    }
  }
});

Deno.test("attentionPairs() counts what each token sees", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 0, max: 60 }),
    fc.integer({ min: 0, max: 50 }),
    (tokens, past, window) => {
      let pairs = 0;
      for (let i = 1; i <= tokens; i++) pairs += Math.min(past + i, window || Infinity);
      assert.equal(attentionPairs(tokens, past, window), pairs);
    },
  ));
});

Deno.test("tokenTable() follows a smooth function within 0.1 % and goes on beyond its end", () => {
  const curve = (m: number) => softMaximum(m * 2e-6, 5e-3, 3);
  const table = tokenTable(curve, 16384);
  assert.equal(table[0], 0);
  for (let m = 1; m <= 16384; m++) assert.ok(Math.abs(table[m] / curve(m) - 1) < 1e-3);
  assert.ok(Math.abs(lookUp(table, 65536) / curve(65536) - 1) < 0.01);
});

Deno.test("no product beats the roofline of any GPU in any format", () => {
  for (const gpu of gpuEntries()) {
    for (const weightBytes of [2, 1, 0.5]) {
      const gemm = gemmSecondsOf(gpu, gpuEfficiency(gpu.generation), weightBytes);
      const { bf16, fp8 = bf16 } = gpu.flopsPerSecond;
      for (const m of [1, 17, 256, 8192]) {
        for (const [n, k] of [[4096, 4096], [28672, 4096], [4096, 14336]]) {
          const flops = 2 * m * n * k / (weightBytes === 1 ? fp8 : bf16);
          const bytes = n * k * weightBytes / gpu.memoryBytesPerSecond;
          assert.ok(gemm(m, n, k) >= Math.max(flops, bytes), `${gpu.name} ${m} ${n} ${k}`);
        }
      }
    }
  }
});

Deno.test("allReduceSeconds() is near measured all-reduces of H100 and L40S", () => {
  const of = (name: string, ranks: number, bytes: number) => {
    const gpu = gpuNamed(name);
    return allReduceSeconds({ gpu, efficiency: gpuEfficiency(gpu.generation), ranks }, bytes);
  };
  // aiconfigurator, vLLM custom all-reduce and NCCL, microseconds.
  const measured = [
    ["H100", 2, 16384, 4.493],
    ["H100", 4, 16384, 4.832],
    ["H100", 4, 33554432, 172.8],
    ["H100", 4, 134217728, 614.7],
    ["H100", 8, 33554432, 177.8],
    ["L40S", 2, 33554432, 1689],
    ["L40S", 4, 33554432, 9837],
    ["L40S", 8, 33554432, 30060],
  ] as const;
  for (const [gpu, ranks, bytes, microseconds] of measured) {
    const ratio = 1e6 * of(gpu, ranks, bytes) / microseconds;
    assert.ok(ratio > 0.75 && ratio < 1.3, `${bytes} bytes on ${ranks} ${gpu}: ${ratio}`);
  }
  assert.equal(of("H100", 1, 1e9), 0);
});
