import assert from "#assert";
import fc from "fast-check";
import { gpuNamed } from "../hardware/gpu_catalogue.ts";
import { modelShape } from "../models/catalogue.ts";
import { windowed } from "../models/testing_shapes.ts";
import type { TransformerShape } from "../models/transformer.ts";
import { analytical } from "./analytical/mod.ts";
import type { DecodeLine, ExecutionTimeModel, StepShape } from "./execution_time_model.ts";
import { profiled, shippedProfile } from "./profiled/mod.ts";

const WINDOW = 1024;
const llama = modelShape("llama-3.1-8b");
const { length: layers } = llama.layers;
const profile = shippedProfile("h100-sxm");

/** A model of which so many layers see everything and the others a window. */
function shapeOf(fullAttentionLayers: number): TransformerShape {
  return windowed(llama, WINDOW, fullAttentionLayers);
}

const SOURCES: Readonly<Record<string, (shape: TransformerShape) => ExecutionTimeModel>> = {
  analytical: (shape) => analytical({ shape, gpu: gpuNamed("h100-sxm") }),
  "analytical of two stages": (shape) =>
    analytical({ shape, gpu: gpuNamed("h100-sxm"), pipelineParallel: 2 }),
  profiled: (shape) => profiled({ profile, shape, maxTokensPerStep: 4096, maxSequences: 64 }),
};

const step: fc.Arbitrary<StepShape> = fc.record({
  decodes: fc.integer({ min: 0, max: 64 }),
  context: fc.integer({ min: 1, max: 60_000 }),
  chunks: fc.array(
    fc.tuple(fc.integer({ min: 1, max: 2048 }), fc.integer({ min: 0, max: 60_000 })),
    {
      maxLength: 3,
    },
  ),
}).filter(({ decodes, chunks }) => decodes + chunks.length > 0)
  .map(({ decodes, context, chunks }) => ({
    decodeSequences: decodes,
    decodeContextTokens: decodes * context,
    chunkCount: chunks.length,
    chunkTokens: Int32Array.from(chunks, ([tokens]) => tokens),
    chunkPastTokens: Int32Array.from(chunks, ([, past]) => past),
    sampledSequences: decodes + chunks.length,
  }));

for (const [name, make] of Object.entries(SOURCES)) {
  const all = make(windowed(llama, 0));
  const none = make(windowed(llama, WINDOW));
  const counts = [0, 6, 16, layers];
  const some = counts.map((count) => make(shapeOf(count)));

  Deno.test(`${name}: no full layer is a window in all, as many as there are is none`, () => {
    fc.assert(fc.property(step, (shape) => {
      assert.equal(some[0].stepSeconds(shape), none.stepSeconds(shape));
      const ratio = some[counts.length - 1].stepSeconds(shape) / all.stepSeconds(shape);
      assert.ok(Math.abs(ratio - 1) < 1e-9, `${ratio}`);
    }));
  });

  Deno.test(`${name}: each full layer adds the same time, between all windowed and none`, () => {
    fc.assert(fc.property(step, (shape) => {
      const [first, second, third, last] = some.map((model) => model.stepSeconds(shape));
      assert.ok(last >= first * (1 - 1e-12), `${first} s windowed, ${last} s full`);
      const line = (count: number) => first + (last - first) * count / layers;
      // Stages: the longest chunk alone can be what counts, and not in all of them.
      if (name.includes("stages") && shape.chunkCount > 0) {
        assert.ok(second >= first * (1 - 1e-12) && second <= third * (1 + 1e-12));
        assert.ok(third <= last * (1 + 1e-12));
        return;
      }
      assert.ok(Math.abs(second / line(counts[1]) - 1) < 1e-9);
      assert.ok(Math.abs(third / line(counts[2]) - 1) < 1e-9);
    }));
  });

  Deno.test(`${name}: as long as the window holds everything it makes no difference`, () => {
    fc.assert(fc.property(step, fc.constantFrom(...some), (shape, model) => {
      const { decodeSequences, chunkCount, chunkTokens } = shape;
      const short = {
        ...shape,
        decodeContextTokens: decodeSequences * 900,
        chunkTokens: chunkTokens.map((tokens) => Math.min(tokens, 500)),
        chunkPastTokens: new Int32Array(chunkCount).fill(400),
      };
      const ratio = model.stepSeconds(short) / all.stepSeconds(short);
      assert.ok(Math.abs(ratio - 1) < 1e-9, `${ratio}`);
    }));
  });

  Deno.test(`${name}: decode runs are lines up to where they say, with and without a window`, () => {
    const line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
    fc.assert(fc.property(
      fc.constantFrom(...some),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 1, max: 60_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (model, sequences, perSequence, share) => {
        const context = sequences * perSequence;
        assert.ok(model.decodeLine(sequences, context, line));
        assert.ok(line.slopeSecondsPerToken >= 0 && line.contextEndTokens >= context);
        const end = Math.min(line.contextEndTokens, context + 100_000);
        const at = Math.floor(context + share * (end - context));
        const stepped = model.stepSeconds({
          decodeSequences: sequences,
          decodeContextTokens: at,
          chunkCount: 0,
          chunkTokens: new Int32Array(),
          chunkPastTokens: new Int32Array(),
          sampledSequences: sequences,
        });
        const onLine = line.baseSeconds + line.slopeSecondsPerToken * at;
        assert.ok(Math.abs(onLine / stepped - 1) <= 1e-12, `${onLine} and ${stepped}`);
      },
    ));
  });
}
