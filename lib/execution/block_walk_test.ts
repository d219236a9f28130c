import assert from "#assert";
import fc from "fast-check";
import {
  ATTENTION_KERNELS,
  attentionKernel,
  defaultAttentionKernel,
} from "../hardware/attention_kernels.ts";
import { gpuEntries, gpuNamed } from "../hardware/gpu_catalogue.ts";
import { modelShape } from "../models/catalogue.ts";
import { analytical } from "./analytical/mod.ts";
import { partsOf } from "./block_walk.ts";
import type { DecodeLine, ExecutionTimeModel, StepShape } from "./execution_time_model.ts";
import { profiled, shippedProfile } from "./profiled/mod.ts";

const step = (sequences: number, context: number, longest?: number): StepShape => ({
  decodeSequences: sequences,
  decodeContextTokens: context,
  ...(longest !== undefined && { decodeLongestContextTokens: longest }),
  chunkCount: 0,
  chunkTokens: new Int32Array(1),
  chunkPastTokens: new Int32Array(1),
  sampledSequences: sequences,
});

const llama = modelShape("llama-3.1-8b");
const gemma = modelShape("gemma-3-27b");
const models: ExecutionTimeModel[] = [
  ...ATTENTION_KERNELS.flatMap((attentionKernel) => [
    profiled({ profile: shippedProfile("h200-sxm"), shape: llama, attentionKernel }),
    analytical({ shape: llama, gpu: gpuNamed("h200-sxm"), attentionKernel }),
  ]),
  profiled({ profile: shippedProfile("rtx-pro-6000"), shape: llama }),
  profiled({ profile: shippedProfile("rtx-4090"), shape: llama }),
  profiled({ profile: shippedProfile("a100-sxm-80gb"), shape: llama, tensorParallel: 2 }),
  profiled({
    profile: shippedProfile("h200-sxm"),
    shape: llama,
    tensorParallel: 4,
    dataParallelAttention: 2,
    attentionKernel: "flash-attention-2",
  }),
  analytical({ shape: gemma, gpu: gpuNamed("a100"), tensorParallel: 2 }),
  analytical({ shape: llama, gpu: gpuNamed("a100"), pipelineParallel: 2 }),
  analytical({
    shape: llama,
    gpu: gpuNamed("a100"),
    tensorParallel: 4,
    dataParallelAttention: 2,
  }),
];

const batches = fc.record({
  model: fc.constantFrom(...models),
  sequences: fc.integer({ min: 1, max: 300 }),
  mean: fc.integer({ min: 1, max: 20_000 }),
  stretch: fc.double({ min: 1, max: 12, noNaN: true }),
}).map(({ model, sequences, mean, stretch }) => ({
  model,
  sequences,
  mean,
  context: sequences * mean,
  longest: Math.floor(Math.min(mean * stretch, mean * sequences)),
}));

Deno.test("unequal contexts take from equal ones of the same sum to all as long as the longest", () => {
  fc.assert(fc.property(batches, ({ model, sequences, context, longest }) => {
    const equal = model.stepSeconds(step(sequences, context));
    const unequal = model.stepSeconds(step(sequences, context, longest));
    const most = model.stepSeconds(step(sequences, sequences * longest));
    assert.ok(unequal >= equal * (1 - 1e-12) && unequal <= most * (1 + 1e-12), model.name);
  }));
});

Deno.test("equal contexts take what they took", () => {
  fc.assert(fc.property(batches, ({ model, sequences, mean, context }) => {
    const equal = model.stepSeconds(step(sequences, context));
    const known = model.stepSeconds(step(sequences, context, mean));
    assert.ok(Math.abs(known / equal - 1) < 1e-12, model.name);
  }));
});

Deno.test("the line of unequal contexts is what each of its steps takes", () => {
  const line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
  fc.assert(
    fc.property(
      batches,
      fc.double({ min: 0, max: 1, noNaN: true }),
      ({ model, sequences, context, longest }, share) => {
        assert.ok(model.decodeLine(sequences, context, line, longest));
        assert.ok(line.contextEndTokens >= context);
        const last = Math.min(20_000, Math.floor((line.contextEndTokens - context) / sequences));
        const steps = Math.floor(share * last);
        const at = context + steps * sequences;
        const onLine = line.baseSeconds + line.slopeSecondsPerToken * at;
        const single = model.stepSeconds(step(sequences, at, longest + steps));
        assert.ok(Math.abs(onLine / single - 1) < 1e-12, `${model.name}: ${onLine}, not ${single}`);
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("kernels of equal pieces ask for no longest context, others do", () => {
  for (const name of ATTENTION_KERNELS) {
    const model = profiled({
      profile: shippedProfile("h200-sxm"),
      shape: llama,
      attentionKernel: name,
    });
    const isEven = attentionKernel(name).partition === "even";
    assert.equal(model.needsLongestContext, !isEven, name);
  }
});

Deno.test("FlashAttention 2 divides sequences as its heuristic does", () => {
  // Worked through by hand: 132 multiprocessors, 264 blocks fit.
  const kernel = attentionKernel("flash-attention-2");
  for (const [blocks, parts] of [[512, 1], [212, 1], [128, 2], [64, 4], [16, 15]]) {
    assert.equal(partsOf(kernel, 132, blocks), parts, `${blocks} blocks`);
  }
  const doubled = attentionKernel("triton-split");
  // What the measured kernel of h200-measured did (unequal_kernels.csv, column `parts`).
  for (const [blocks, parts] of [[512, 1], [128, 4], [64, 8], [32, 16], [16, 32]]) {
    assert.equal(partsOf(doubled, 132, blocks), parts, `${blocks} blocks`);
  }
});

Deno.test("every GPU of the catalogue has a kernel, multiprocessors and a clock", () => {
  for (const { name, generation, multiprocessors, clockHertz } of gpuEntries()) {
    assert.ok(multiprocessors! >= 40 && clockHertz! > 1e9 && clockHertz! < 3e9, name);
    assert.ok(ATTENTION_KERNELS.includes(defaultAttentionKernel(generation)), name);
  }
});

Deno.test("whole steps of 64 unequal contexts are near those measured on an H200", () => {
  // h200-measured, unequal_steps.csv: over the step of equal contexts of the same sum. None is fitted.
  const measured = [
    ["triton-split", 1024, 5173, 65506, 1.26],
    ["triton-split", 1024, 8109, 65504, 1.51],
    ["triton-split", 4096, 20692, 262108, 1.53],
    ["triton-split", 4096, 32437, 262113, 2.03],
    ["flashinfer", 1024, 8109, 65504, 1.01],
    ["flashinfer", 4096, 32437, 262113, 1.04],
  ] as const;
  for (const [attentionKernel, mean, longest, sum, ratio] of measured) {
    const model = profiled({ profile: shippedProfile("h200-sxm"), shape: llama, attentionKernel });
    const predicted = model.stepSeconds(step(64, sum, longest)) /
      model.stepSeconds(step(64, 64 * mean));
    assert.ok(
      Math.abs(predicted / ratio - 1) < 0.08,
      `${attentionKernel}, ${mean}: ${predicted} times, measured ${ratio}`,
    );
  }
});
