import assert from "#assert";
import * as fc from "fast-check";
import { attentionPairs } from "../attention_pairs.ts";
import { allGatherSeconds, allReduceSeconds } from "../collectives.ts";
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

Deno.test("a row more than full tiles costs a share of a tile, and no row makes a product shorter", () => {
  const gpu = gpuNamed("L40S");
  const gemm = gemmSecondsOf(gpu, gpuEfficiency(gpu.generation), 2);
  let before = 0;
  for (let m = 1; m <= 2048; m++) {
    const seconds = gemm(m, 8192, 8192);
    assert.ok(seconds >= before, `${m} rows`);
    before = seconds;
  }
  const jump = (m: number) => gemm(m + 1, 8192, 8192) / gemm(m, 8192, 8192);
  assert.ok(jump(512) > 1.1 && jump(513) < 1.01, "512 rows are two tiles of 256");
  const grouped = gemm(513, 8192, 8192, 2) / gemm(512, 8192, 8192, 2);
  assert.ok(grouped < 1.01, "experts' rows are not in one product");
});

/** Seconds of an all-reduce and of a gathering among GPUs of a catalogue name. */
function collectivesOf(name: string, ranks: number) {
  const gpu = gpuNamed(name);
  const options = { gpu, efficiency: gpuEfficiency(gpu.generation), ranks };
  return {
    link: gpu.link.bytesPerSecond,
    allReduce: (bytes: number) => allReduceSeconds(options, bytes),
    allGather: (bytes: number) => allGatherSeconds(options, bytes),
  };
}

Deno.test("allReduceSeconds() is near measured all-reduces of A100, H100 and L40S", () => {
  // aiconfigurator, vLLM custom all-reduce and NCCL, microseconds: one-shot, two-shot, NCCL.
  const measured = [
    ["A100", 8, 131072, 11.35],
    ["A100", 8, 1048576, 21.7],
    ["A100", 8, 8388608, 128],
    ["H100", 2, 16384, 4.493],
    ["H100", 4, 16384, 4.832],
    ["H100", 4, 33554432, 172.8],
    ["H100", 4, 134217728, 614.7],
    ["H100", 8, 33554432, 177.8],
    ["L40S", 2, 33554432, 1689],
    ["L40S", 4, 65536, 32.2],
    ["L40S", 4, 1048576, 268.3],
    ["L40S", 4, 33554432, 9837],
    ["L40S", 8, 1048576, 582.6],
    ["L40S", 8, 2097152, 2080],
    ["L40S", 8, 33554432, 30060],
  ] as const;
  for (const [gpu, ranks, bytes, microseconds] of measured) {
    const ratio = 1e6 * collectivesOf(gpu, ranks).allReduce(bytes) / microseconds;
    assert.ok(ratio > 0.8 && ratio < 1.2, `${bytes} bytes on ${ranks} ${gpu}: ${ratio}`);
  }
  assert.equal(collectivesOf("H100", 1).allReduce(1e9), 0);
});

Deno.test("collectives never take less for more bytes or GPUs, nor less than the link needs", () => {
  for (const { name } of gpuEntries()) {
    let fewer = collectivesOf(name, 2);
    for (const ranks of [2, 4, 8]) {
      const { link, allReduce, allGather } = collectivesOf(name, ranks);
      let [reduced, gathered] = [0, 0];
      for (let bytes = 256; bytes < 2 ** 30; bytes = Math.ceil(bytes * 1.07)) {
        const place = `${bytes} bytes on ${ranks} ${name}`;
        const [reducing, gathering] = [allReduce(bytes), allGather(bytes)];
        assert.ok(reducing >= reduced && gathering >= gathered, place);
        assert.ok(reducing >= fewer.allReduce(bytes) * (1 - 1e-12), place);
        assert.ok(reducing > 2 * (ranks - 1) / ranks * bytes / link, place);
        assert.ok(gathering > (ranks - 1) / ranks * bytes / link, place);
        [reduced, gathered] = [reducing, gathering];
      }
      fewer = collectivesOf(name, ranks);
    }
  }
});

Deno.test("allGatherSeconds() is near measured gatherings of L40S", () => {
  // aiconfigurator, NCCL, microseconds; bytes on each GPU in the end.
  for (
    const [ranks, bytes, microseconds] of [
      [2, 67108864, 1732],
      [4, 67108864, 10622],
      [8, 16777216, 12308],
    ]
  ) {
    const ratio = 1e6 * collectivesOf("L40S", ranks).allGather(bytes) / microseconds;
    assert.ok(ratio > 0.6 && ratio < 1.25, `${bytes} bytes on ${ranks}: ${ratio}`);
  }
});
