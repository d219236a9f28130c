import assert from "#assert";
import fc from "fast-check";
import { modelEntries, modelShape } from "../models/catalogue.ts";
import { parameterCount } from "../models/parameter_count.ts";
import { weightBytes } from "../models/weight_format.ts";
import { stepWork } from "./step_work.ts";

const BF16 = { weightBytesPerElement: 2, kvBytesPerElement: 2 } as const;
const anyShape = fc.constantFrom(...modelEntries().map(({ shape }) => shape));
const anyBytes = fc.constantFrom(0.5, 1, 2, 4);

Deno.test("stepWork() of a dense model reads all weights but the unused rows of the embedding", () => {
  const shape = modelShape("llama-3.1-8b");
  const read = parameterCount(shape) - (shape.vocabSize - 7) * shape.hiddenSize;
  assert.equal(stepWork(shape, BF16).weightBytes(7), 2 * read);
});

Deno.test("stepWork() counts the head of a tied model once", () => {
  const shape = modelShape("gpt2");
  const positions = shape.maxPositions * shape.hiddenSize;
  const read = parameterCount(shape) - positions + 2 * shape.hiddenSize;
  assert.equal(stepWork(shape, BF16).weightBytes(1), 2 * read);
});

Deno.test("weightBytes(tokens) of a mixture of experts grows from perToken to all experts", () => {
  const shape = modelShape("mixtral-8x7b");
  const work = stepWork(shape, BF16);
  const expert = 2 * 32 * 3 * 4096 * 14336;
  const row = 2 * 4096;
  assert.ok(Math.abs((work.weightBytes(2) - work.weightBytes(1) - row) / expert - 1.5) < 1e-9);
  const all = weightBytes(shape, 2) - 2 * shape.vocabSize * shape.hiddenSize + 1000 * row;
  assert.ok(Math.abs(work.weightBytes(1000) / all - 1) < 1e-9);
});

Deno.test("weightBytes(tokens) never falls, never exceeds the model's weights and a row per token", () => {
  fc.assert(fc.property(anyShape, anyBytes, fc.nat(4096), fc.nat(4096), (shape, bytes, a, b) => {
    const work = stepWork(shape, { weightBytesPerElement: bytes, kvBytesPerElement: 2 });
    const [few, many] = a < b ? [a, b] : [b, a];
    const rows = 2 * many * shape.hiddenSize * Math.max(2, bytes);
    return work.weightBytes(few) <= work.weightBytes(many) &&
      work.weightBytes(many) <= weightBytes(shape, bytes) + rows;
  }));
});

Deno.test("stepWork() of an empty step reads nothing", () => {
  for (const { shape } of modelEntries()) assert.equal(stepWork(shape, BF16).weightBytes(0), 0);
});

Deno.test("stepWork() has the FLOPs of attention and head in closed form", () => {
  const work = stepWork(modelShape("llama-3.1-8b"), BF16);
  assert.equal(work.flopsPerAttentionPair, 4 * 32 * 32 * 128);
  assert.equal(work.flopsPerSample, 2 * 4096 * 128256);
  assert.equal(work.flopsPerToken, 2 * 32 * (4096 * (2 * 4096 + 2 * 1024) + 3 * 4096 * 14336));
});

Deno.test("stepWork() halves the KV bytes with fp8", () => {
  fc.assert(fc.property(anyShape, (shape) => {
    const fp8 = stepWork(shape, { weightBytesPerElement: 2, kvBytesPerElement: 1 });
    let indexBytes = 0;
    for (const { mixer } of shape.layers) {
      // The keys of an indexer are fp8 anyway.
      if (mixer?.kind === "latent") indexBytes += mixer.indexer?.keyBytes ?? 0;
    }
    return 2 * fp8.kvBytesPerToken === stepWork(shape, BF16).kvBytesPerToken + indexBytes;
  }));
});

Deno.test("stepWork() refuses number formats without bytes", () => {
  const shape = modelShape("gpt2");
  for (const bytes of [0, -1, NaN, Infinity]) {
    assert.throws(() => stepWork(shape, { ...BF16, weightBytesPerElement: bytes }), RangeError);
    assert.throws(() => stepWork(shape, { ...BF16, kvBytesPerElement: bytes }), RangeError);
  }
});
