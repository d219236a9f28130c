import assert from "#assert";
import { analytical } from "../../lib/execution/analytical/mod.ts";
import type { StepShape } from "../../lib/execution/execution_time_model.ts";
import { profiled, PROFILED_GPUS, shippedProfile } from "../../lib/execution/profiled/mod.ts";
import { gpuNamed } from "../../lib/hardware/mod.ts";
import { modelShape } from "../../lib/models/mod.ts";

const DENSE = ["llama-2-7b", "llama-2-70b", "llama-3.1-8b", "llama-3.1-70b", "qwen3-32b"];
const BAR = 0.08;

function step(decodes: number, chunk: number): StepShape {
  return {
    decodeSequences: decodes,
    decodeContextTokens: 1024 * decodes,
    chunkCount: chunk > 0 ? 1 : 0,
    chunkTokens: Int32Array.of(chunk),
    chunkPastTokens: Int32Array.of(0),
    sampledSequences: decodes + (chunk > 0 ? 1 : 0),
  };
}

/** Decodes at 1,024 tokens of context, whole prompts, and both together. */
const STEPS = [
  ...[1, 8, 32, 128, 256].map((decodes) => step(decodes, 0)),
  ...[512, 2048, 8192].map((chunk) => step(0, chunk)),
  step(32, 512),
];

for (const gpu of PROFILED_GPUS) {
  Deno.test(`analytical steps of bf16 dense models on ${gpu} are near the profiled ones`, () => {
    const profile = shippedProfile(gpu);
    const isLayered = profile.tables.some((table) => table.operator === "mixed_attention");
    let compared = 0;
    for (const name of DENSE) {
      const shape = modelShape(name);
      for (const tensorParallel of [1, 2, 4, 8]) {
        const measured = profile.tables.some((table) =>
          table.attributes.model === name && table.attributes.tensorParallel === tensorParallel
        );
        if (isLayered && !measured) continue;
        const options = { shape, tensorParallel, maxTokensPerStep: 8192 };
        const wanted = profiled({ profile, ...options, maxSequences: 256 });
        const model = analytical({ gpu: gpuNamed(gpu), ...options });
        const errors = STEPS.map((one) =>
          Math.abs(model.stepSeconds(one) / wanted.stepSeconds(one) - 1)
        );
        const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
        const place = `${gpu} ${name} tp${tensorParallel}`;
        assert.ok(mean <= BAR, `${place}: ${(100 * mean).toFixed(1)} %, more than ${100 * BAR} %`);
        compared++;
      }
    }
    assert.ok(compared >= 1);
  });
}
