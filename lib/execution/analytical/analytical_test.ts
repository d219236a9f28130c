import { deepStrictEqual, ok, throws } from "@std/assert";
import {
  executionSetting,
  rooflineSeconds,
  runExecutionLaws,
  stepOf,
} from "../../../tests/conformance/execution_laws.ts";
import { gpuEntries } from "../../hardware/gpu_catalogue.ts";
import { modelEntries } from "../../models/catalogue.ts";
import { analytical } from "./analytical.ts";

runExecutionLaws({ name: "analytical()", create: analytical });

runExecutionLaws({
  name: "analytical() of pipelines",
  create: analytical,
  settings: [
    executionSetting("llama-3.1-70b", "H100", { tensorParallel: 2, pipelineParallel: 4 }),
    executionSetting("mistral-7b", "H100", { pipelineParallel: 2 }),
  ],
  skip: [{
    law: "more sequences",
    reason: "stages share sequences evenly, so a short one makes the share of each stage shorter",
  }],
});

runExecutionLaws({
  name: "analytical() on A100",
  create: analytical,
  settings: [executionSetting("llama-2-7b", "A100")],
  skip: [{
    law: "memory-bound decode",
    reason:
      "attention on Ampere was measured at 0.81 of the bandwidth, 24 % above bytes / bandwidth",
  }],
});

/**
 * Step times composed from operator tables measured with vLLM, milliseconds: decode of 1, 8, 32, 128
 * and 256 sequences at 1,024 tokens of context, then prompts of 512, 2,048 and 8,192 tokens.
 * @source Tables of ai-dynamo/aiconfigurator (Apache-2.0), see data/sources.yaml.
 */
const COMPOSED: readonly [string, string, number, readonly (number | undefined)[]][] = [
  ["llama-3.1-8b", "H100", 1, [6.18, 6.59, 8.33, 12.8, 19.5, 12.0, 43.6, 200]],
  ["llama-2-7b", "A100", 1, [10.9, 13.4, 20.7, undefined, undefined, 32.9, 118, 527]],
  ["llama-3.1-70b", "H100", 4, [14.9, 16.1, 16.9, 22.8, 30.5, 37.3, 130, 577]],
];
const CELLS = [
  ...[1, 8, 32, 128, 256].map((b) => stepOf(b, b * 1024)),
  ...[512, 2048, 8192].map((tokens) => stepOf(0, 0, [[tokens, 0]])),
];

for (const [name, gpu, tensorParallel, milliseconds] of COMPOSED) {
  Deno.test(`analytical() is within 8 % of measured operators: ${name} ${gpu} tp${tensorParallel}`, () => {
    const model = analytical(executionSetting(name, gpu, { tensorParallel }));
    milliseconds.forEach((measured, cell) => {
      if (measured === undefined) return;
      const predicted = 1e3 * model.stepSeconds(CELLS[cell]);
      const error = Math.abs(predicted / measured - 1);
      ok(error < 0.08, `cell ${cell}: ${predicted.toFixed(2)} ms, measured ${measured} ms`);
    });
  });
}

Deno.test("analytical() takes what the FLOPs of a long prompt take at the least", () => {
  const model = analytical(executionSetting("llama-3.1-8b", "H100"));
  // 8,192 tokens x 2 x 6.98e9 weights of linear layers and 18e12 of attention at 989 TFLOP/s.
  ok(model.stepSeconds(stepOf(0, 0, [[8192, 0]])) >= 0.134);
});

Deno.test("analytical() is above the roofline for every model on every GPU", () => {
  const steps = [stepOf(1, 1), stepOf(64, 64e3), stepOf(3, 900, [[500, 100]], 3)];
  for (const { shape } of modelEntries()) {
    for (const gpu of gpuEntries()) {
      for (const bytes of [0.5, 1, 2]) {
        const setting = {
          ...executionSetting("llama-3.1-8b", "H100"),
          shape,
          gpu,
          weightBytesPerElement: bytes,
          kvBytesPerElement: Math.max(1, bytes),
        };
        const model = analytical({ ...setting, maxTokensPerStep: 1024 });
        for (const step of steps) {
          const [seconds, least] = [model.stepSeconds(step), rooflineSeconds(setting, step)];
          ok(seconds >= least, `${model.name}, ${bytes} bytes: ${seconds} s, least ${least} s`);
        }
      }
    }
  }
});

Deno.test("analytical() adds each overhead where it arises", () => {
  const setting = executionSetting("llama-3.1-70b", "H100", { tensorParallel: 4 });
  const seconds = (changes: Partial<Parameters<typeof analytical>[0]>) =>
    analytical({ ...setting, ...changes }).stepSeconds(stepOf(8, 8e3, [[100, 0]]));
  const base = seconds({});
  const near = (actual: number, expected: number) =>
    ok(Math.abs(actual - expected) < 1e-12, `${actual} s instead of ${expected} s`);
  near(seconds({ stepOverheadSeconds: 1e-3 }) - base, 1e-3);
  near(seconds({ sequenceOverheadSeconds: 1e-5 }) - base, 9e-5);
  // Two all-reduces in each of 80 layers and the gather of logits.
  near(seconds({ collectiveOverheadSeconds: 1e-6 }) - base, 161e-6);
});

Deno.test("analytical() is faster with fewer bytes for weights and KV entries", () => {
  const seconds = (changes: object, context: number) =>
    analytical(executionSetting("llama-3.1-8b", "H100", changes)).stepSeconds(stepOf(64, context));
  ok(seconds({ weightBytesPerElement: 1 }, 64) < 0.85 * seconds({}, 64));
  ok(seconds({ kvBytesPerElement: 1 }, 64 * 32768) < 0.6 * seconds({}, 64 * 32768));
});

Deno.test("analytical() of a sliding window stops growing with the context", () => {
  const model = analytical(executionSetting("mistral-7b", "H100"));
  const [at, beyond] = [8 * 4096, 8 * 30000].map((context) =>
    model.stepSeconds(stepOf(8, context))
  );
  deepStrictEqual(at, beyond);
  ok(model.stepSeconds(stepOf(8, 8 * 2048)) < at);
});

Deno.test("analytical() refuses degrees that divide nothing and negative overheads", () => {
  const setting = executionSetting("llama-3.1-8b", "H100");
  for (
    const changes of [
      { tensorParallel: 0 },
      { tensorParallel: 1.5 },
      { tensorParallel: 3 },
      { pipelineParallel: 33 },
      { tensorParallel: 4, expertParallel: 3 },
      { weightBytesPerElement: 0 },
      { kvBytesPerElement: NaN },
      { stepOverheadSeconds: -1 },
    ]
  ) throws(() => analytical({ ...setting, ...changes }), RangeError);
});
