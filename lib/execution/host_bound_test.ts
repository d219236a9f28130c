import assert from "#assert";
import fc from "fast-check";
import { modelShape } from "../models/mod.ts";
import { findExternalData } from "../results/external_data.ts";
import { parse } from "../std/csv.ts";
import { capturedTokens, largestCaptured, paddedToCaptured } from "./captured_sizes.ts";
import type { DecodeLine, StepShape } from "./execution_time_model.ts";
import { hostBound, hostSecondsOf, laterBy } from "./host_bound.ts";
import { linearTime } from "./linear_time.ts";

const LLAMA = modelShape("llama-3.1-8b");

function decodes(sequences: number, contextTokens: number, chunk = 0): StepShape {
  return {
    decodeSequences: sequences,
    decodeContextTokens: contextTokens,
    chunkCount: chunk > 0 ? 1 : 0,
    chunkTokens: Int32Array.of(chunk),
    chunkPastTokens: Int32Array.of(0),
    sampledSequences: sequences,
  };
}

Deno.test("a decode step is padded to the sizes that vLLM captures", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 9, 250, 257, 500, 513].map((n) => capturedTokens(n, 512)), [
    ...[1, 2, 4, 4, 8, 16, 256, 272, 512, 513],
  ]);
  assert.deepEqual([1, 2, 3, 65, 128, 1024].map(largestCaptured), [2, 4, 4, 128, 256, 512]);
  const table = Float64Array.from({ length: 20 }, (_, m) => m);
  assert.equal(paddedToCaptured(table), table);
  assert.deepEqual([...paddedToCaptured(table, 16).slice(15)], [16, 16, 17, 18, 19]);
});

Deno.test("padding never makes a step shorter, and more tokens never take less", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 1, max: 300 }), (n, seqs) => {
      const most = largestCaptured(seqs);
      assert.ok(capturedTokens(n, most) >= n);
      assert.ok(capturedTokens(n + 1, most) >= capturedTokens(n, most));
      assert.equal(capturedTokens(most, most), most);
    }),
  );
});

Deno.test("without graphs steps are the slowest, with whole ones decodes cost one launch", () => {
  for (const name of ["llama-3.1-8b", "mixtral-8x7b", "deepseek-v3"]) {
    const [full, piecewise, off] = (["full", "piecewise", "off"] as const)
      .map((graphs) => hostSecondsOf(modelShape(name), graphs));
    assert.ok(full.decode < 1e-4 && full.decode < piecewise.decode);
    assert.equal(full.mixed, piecewise.mixed);
    assert.ok(piecewise.decode < full.beyond && full.beyond < off.beyond);
    assert.equal(off.decode, off.beyond);
  }
});

Deno.test("a layer of experts is more launches than a dense one", () => {
  const perLayer = (name: string) =>
    hostSecondsOf(modelShape(name), "off").decode / modelShape(name).layers.length;
  assert.ok(perLayer("mixtral-8x7b") > 1.2 * perLayer("llama-3.1-8b"));
});

Deno.test("decode runs lie on the lines of stepSeconds, level while the host is slower", () => {
  const source = linearTime({
    baseSeconds: 0.002,
    perPrefillTokenSeconds: 1e-5,
    perDecodeSequenceSeconds: 1e-5,
    perContextTokenSeconds: 1e-7,
  });
  const host = { decode: 0.006, mixed: 0.008, beyond: 0.012 };
  const model = hostBound({ source, host, mostCaptured: 16 });
  const line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 200_000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (sequences, context, share) => {
      assert.ok(model.decodeLine(sequences, context, line));
      assert.ok(line.contextEndTokens > context || line.contextEndTokens === context);
      const end = Math.min(line.contextEndTokens, context + 100_000);
      const at = Math.floor(context + share * (end - context));
      const seconds = model.stepSeconds(decodes(sequences, at));
      const onLine = line.baseSeconds + line.slopeSecondsPerToken * at;
      assert.ok(Math.abs(onLine / seconds - 1) < 1e-12, `${onLine} s, not ${seconds} s`);
      assert.ok(seconds >= (sequences > 16 ? host.beyond : host.decode));
    },
  ));
  assert.equal(model.stepSeconds(decodes(4, 400, 8)), host.mixed);
  assert.equal(model.stepSeconds(decodes(4, 400, 100)), host.beyond);
  assert.deepEqual(laterBy(host, 1), { decode: 1.006, mixed: 1.008, beyond: 1.012 });
});

const medusa = findExternalData("medusa-asplos25", "Figure3");

Deno.test({
  name:
    "launches give vLLM's time per layer without graphs in Medusa's Figure 3 within 5 % (needs reference data)",
  ignore: medusa === undefined,
  fn() {
    const layers: Record<string, number> = { "Qwen-0.5B": 24, "Qwen-1.8B": 24, "Qwen-4B": 40 };
    const perLayer = hostSecondsOf(LLAMA, "off").decode / LLAMA.layers.length;
    let compared = 0;
    for (const row of Deno.readTextFileSync(medusa!).trim().split("\n").slice(1)) {
      const [name, ms] = row.trim().split(/\s+/);
      // Llama-7B's steps are as long with graphs as without.
      if (layers[name] === undefined) continue;
      compared++;
      const seconds = Number(ms) / 1000 / 338 / layers[name];
      assert.ok(Math.abs(perLayer / seconds - 1) < 0.05, `${name}: ${seconds} s a layer`);
    }
    assert.equal(compared, 3);
  },
});

const steps = findExternalData("h200-measured", "decode_steps.csv");

Deno.test({
  name:
    "launches give the H200's own eager steps, whose host is up to 1.4 times slower (needs reference data)",
  ignore: steps === undefined,
  fn() {
    const { decode } = hostSecondsOf(LLAMA, "off");
    for (const row of parse(Deno.readTextFileSync(steps!), { skipFirstRow: true })) {
      // 256 sequences are bound by the GPU.
      if (row.how !== "eager" || Number(row.batch) > 32) continue;
      const ratio = Number(row.gpu_ms) / 1000 / decode;
      assert.ok(ratio > 1 && ratio < 1.4, `${row.batch}: ${ratio}`);
    }
  },
});
