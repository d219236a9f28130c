import assert from "#assert";
import fc from "fast-check";
import { stepOf } from "../../../tests/conformance/execution_laws.ts";
import { attentionOfShape } from "../../models/testing_shapes.ts";
import { modelShape } from "../../models/catalogue.ts";
import type { DecodeLine, ExecutionTimeModel } from "../execution_time_model.ts";
import { PROFILED_GPUS, shippedProfile } from "./catalogue.ts";
import { gemmRoofline } from "./reference_times.ts";
import { profiled } from "./profiled.ts";

const llama31 = modelShape("llama-3.1-8b");
const llama2 = modelShape("llama-2-7b");
const llama70 = modelShape("llama-3-70b");
const mixtral = modelShape("mixtral-8x7b");

const decodeMs = (model: ExecutionTimeModel, batch: number, context = 1024) =>
  1e3 * model.stepSeconds(stepOf(batch, batch * context, []));
const prefillMs = (model: ExecutionTimeModel, tokens: number) =>
  1e3 * model.stepSeconds(stepOf(0, 0, [[tokens, 0]]));

const h100 = shippedProfile("h100-sxm");
const models = new Map(PROFILED_GPUS.map((gpu) => {
  const shape = gpu === "a100-sxm-80gb" ? llama2 : llama31;
  return [gpu, profiled({ profile: shippedProfile(gpu), shape })];
}));

Deno.test("profiled() composes the reference times from the tables within 5 %", () => {
  // Composed independently from the same tables: decode at 1,024 tokens of context, whole prompts. They
  // take 3 us for each small kernel, where 1.5 us are right: two norms, rotary embedding, activation.
  const lessMs = (layers: number) => 1e3 * 4 * layers * 1.5e-6;
  const cases = [
    [models.get("h100-sxm")!, llama31, [6.18, 6.59, 8.33, 12.8, 19.5, 12.0, 43.6, 200]],
    [models.get("a100-sxm-80gb")!, llama2, [10.9, 13.4, 20.7, NaN, NaN, 32.9, 118, 527]],
    [
      profiled({ profile: h100, shape: llama70, tensorParallel: 4 }),
      llama70,
      [14.9, 16.1, 16.9, 22.8, 30.5, 37.3, 130, 577],
    ],
  ] as const;
  for (const [model, { layers }, wanted] of cases) {
    const current = [
      ...[1, 8, 32, 128, 256].map((batch) => decodeMs(model, batch)),
      ...[512, 2048, 8192].map((tokens) => prefillMs(model, tokens)),
    ];
    wanted.forEach((ms, i) => {
      if (Number.isNaN(ms)) return;
      const error = current[i] / (ms - lessMs(layers.length)) - 1;
      assert.ok(Math.abs(error) <= 0.05, `${model.name} #${i}: ${current[i]} ms, not ${ms} ms`);
    });
  }
});

Deno.test("profiled() decodeLine agrees with stepSeconds on its whole range", () => {
  const line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
  const names = [...models.keys()];
  fc.assert(fc.property(
    fc.constantFrom(...names),
    fc.integer({ min: 1, max: 1500 }),
    fc.integer({ min: 1, max: 200_000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (gpu, sequences, perSequence, share) => {
      const model = models.get(gpu)!;
      const context = sequences * perSequence;
      assert.ok(model.decodeLine(sequences, context, line));
      assert.ok(line.slopeSecondsPerToken >= 0);
      assert.ok(line.contextEndTokens >= context);
      const end = Math.min(line.contextEndTokens, context + 1_000_000);
      const at = Math.floor(context + share * (end - context));
      const onLine = line.baseSeconds + line.slopeSecondsPerToken * at;
      const stepped = model.stepSeconds(stepOf(sequences, at, []));
      assert.ok(Math.abs(onLine / stepped - 1) <= 1e-12, `${onLine} and ${stepped}`);
    },
  ));
});

Deno.test("profiled() takes longer for more context, more sequences and more prompt tokens", () => {
  for (const [gpu, model] of models) {
    let before = 0;
    for (const context of [16, 128, 512, 2048, 8192, 32768]) {
      const seconds = decodeMs(model, 16, context);
      assert.ok(seconds >= before, `${gpu}: ${context} tokens of context`);
      before = seconds;
    }
    before = 0;
    for (const batch of [1, 4, 16, 64, 256]) {
      const seconds = decodeMs(model, batch, 2048);
      assert.ok(seconds > before, `${gpu}: ${batch} sequences`);
      before = seconds;
    }
    before = 0;
    for (const tokens of [128, 512, 1024, 2048, 4096, 8192]) {
      const seconds = prefillMs(model, tokens);
      assert.ok(seconds > before, `${gpu}: ${tokens} prompt tokens`);
      before = seconds;
    }
  }
});

Deno.test("profiled() never beats the roofline of its GPU", () => {
  for (const [gpu, model] of models) {
    const { peaks } = shippedProfile(gpu);
    const shape = gpu === "a100-sxm-80gb" ? llama2 : llama31;
    const { hiddenSize } = shape;
    const { length: layers } = shape.layers;
    const { heads, kvHeads } = attentionOfShape(shape);
    const [{ feedForward }] = shape.layers;
    const intermediateSize = feedForward!.width;
    const matrices = [
      [(heads + 2 * kvHeads) * 128, hiddenSize],
      [hiddenSize, heads * 128],
      [2 * intermediateSize, hiddenSize],
      [hiddenSize, intermediateSize],
    ];
    const linear = (m: number) =>
      matrices.reduce((sum, [n, k]) => sum + gemmRoofline(m, n, k, "bf16", peaks), 0) * layers +
      gemmRoofline(1, shape.vocabSize, hiddenSize, "bf16", peaks);
    for (const batch of [1, 3, 20, 100, 400]) {
      for (const context of [10, 700, 9000]) {
        const kvBytes = layers * 2 * kvHeads * 128 * 2 * batch * context;
        const least = linear(batch) + kvBytes / peaks.memoryBytesPerSecond;
        assert.ok(1e-3 * decodeMs(model, batch, context) >= least, `${gpu} ${batch} x ${context}`);
      }
    }
    for (const tokens of [64, 1000, 6000]) {
      const flops = 2 * layers * heads * 128 * tokens * tokens;
      const least = linear(tokens) + flops / peaks.bf16FlopsPerSecond;
      assert.ok(1e-3 * prefillMs(model, tokens) >= least, `${gpu} ${tokens}`);
    }
  }
});

Deno.test("profiled() needs at least 134 ms for 8,192 cold tokens of Llama-3.1-8B on an H100", () => {
  assert.ok(prefillMs(models.get("h100-sxm")!, 8192) >= 134);
});

Deno.test("profiled() gains from tensor parallelism between 1 and the number of GPUs", () => {
  const one = profiled({ profile: h100, shape: llama31 });
  for (const tensorParallel of [2, 4, 8]) {
    const many = profiled({ profile: h100, shape: llama31, tensorParallel });
    for (
      const gain of [
        decodeMs(one, 64) / decodeMs(many, 64),
        prefillMs(one, 4096) / prefillMs(many, 4096),
      ]
    ) {
      assert.ok(gain > 1 && gain < tensorParallel, `tp${tensorParallel}: ${gain}`);
    }
  }
});

Deno.test("profiled() charges a chunk with past as the difference of two prompts, roughly", () => {
  const model = models.get("h100-sxm")!;
  const attention = (chunks: readonly [number, number][]) =>
    model.stepSeconds(stepOf(0, 0, chunks)) - model.stepSeconds(stepOf(0, 0, [[2048, 0]]));
  const difference = attention([[2048, 6144]]);
  const pairs = 2048 * 6144;
  const least = 32 * 4 * 32 * 128 * pairs / h100.peaks.bf16FlopsPerSecond;
  assert.ok(
    difference > least && difference < 2.5 * least,
    `${difference} s for at least ${least} s`,
  );
});

Deno.test("profiled() lets a short chunk with past slow many decodes down by little", () => {
  // 83 sequences of 700 tokens read 30 GB of KV entries, whether a chunk of 16 tokens is there or not.
  for (const shape of [llama2, llama31]) {
    const model = profiled({ profile: h100, shape });
    const decodes = model.stepSeconds(stepOf(83, 83 * 700, []));
    const mixed = model.stepSeconds(stepOf(83, 83 * 700, [[16, 560]]));
    assert.ok(mixed > decodes && mixed < decodes + 1e-3, `${shape.name}: ${mixed - decodes} s`);
  }
});

Deno.test("profiled() runs fp8 weights and KV faster than bf16", () => {
  const bf16 = profiled({ profile: h100, shape: llama70, tensorParallel: 2 });
  const fp8 = profiled({
    profile: h100,
    shape: llama70,
    tensorParallel: 2,
    weightDtype: "fp8",
    kvDtype: "fp8",
  });
  const gain = decodeMs(bf16, 8) / decodeMs(fp8, 8);
  assert.ok(gain > 1.4 && gain < 2, `gain ${gain}`);
});

Deno.test("profiled() reads more experts with more tokens, at most all of them", () => {
  const model = profiled({ profile: h100, shape: mixtral, tensorParallel: 2 });
  const one = decodeMs(model, 1);
  const many = decodeMs(model, 64);
  // One token activates 2 of 8 experts: four times the weights at most.
  assert.ok(many / one > 1.8 && many / one < 4.5, `${one} ms, ${many} ms`);
});

Deno.test("profiled() refuses what its profile does not hold", () => {
  const profile = shippedProfile("a100-sxm-80gb");
  assert.throws(
    () => profiled({ profile, shape: llama2, weightDtype: "fp8" }),
    /Cannot compose gemm with dtype fp8 from the profile of a100-sxm-80gb/,
  );
  assert.throws(
    () => profiled({ profile: shippedProfile("rtx-4090"), shape: llama70 }),
    /Cannot compose llama-3-70b with tensorParallel 1 from the profile of rtx-4090/,
  );
});
