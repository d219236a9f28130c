import assert from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

/** A model of each kind of layers, on GPUs that hold it. */
const MODELS: readonly (readonly [model: string, gpu: string, tensorParallel: number])[] = [
  ["deepseek-v3", "H200", 8],
  ["deepseek-v3.2", "H200", 8],
  ["qwen3-next-80b-a3b", "H200", 2],
  ["nemotron-3-nano-30b-a3b", "H100", 1],
  ["gpt-oss-120b", "H100", 1],
  ["gemma-3-27b", "H100", 1],
  ["llama-4-maverick", "B200", 8],
];

function run(model: string, gpu: string, tensorParallel: number, stepping: string) {
  return simulate(loadConfig(`
    simulation: { stepping: ${stepping} }
    workload: { type: poisson, arrival_rate: 6, num_requests: 60,
                prompt_length: { mean: 1500, std: 900 }, decode_length: { mean: 150, std: 100 } }
    model: { name: ${model} }
    cluster: { gpu_type: ${gpu} }
    parallelization: { tensor_parallel_size: ${tensorParallel} }
    memory: { gpu_memory_utilization: 0.95 }
    cold_start: { enabled: false }
  `));
}

for (const [model, gpu, tensorParallel] of MODELS) {
  Deno.test(`${model}: leaps and single steps give the same digest`, async () => {
    const [leapt, stepped] = [
      await run(model, gpu, tensorParallel, "leap"),
      await run(model, gpu, tensorParallel, "step"),
    ];
    assert.equal(leapt.summary.requests.completed, 60);
    assert.ok(leapt.engine.stepsLeapt > 100, `${leapt.engine.stepsLeapt} steps were leapt`);
    assert.equal(leapt.summary.digest, stepped.summary.digest);
  });
}

Deno.test("whether a checkpoint's formats count or those of the configuration is a notice", async () => {
  const oss = await run("gpt-oss-120b", "H200", 1, "leap");
  const wide = await simulate(loadConfig(`
    workload: { type: poisson, arrival_rate: 6, num_requests: 60,
                prompt_length: { mean: 1500, std: 900 }, decode_length: { mean: 150, std: 100 } }
    model: { name: gpt-oss-120b, weight_dtype: bf16 }
    cluster: { gpu_type: B200 }
    parallelization: { tensor_parallel_size: 2 }
    cold_start: { enabled: false }
  `));
  assert.match(oss.engine.notices.join(), /formats of its checkpoint \(mxfp4\)/);
  assert.match(wide.engine.notices.join(), /weight_dtype bf16 in place of the checkpoint's own/);
});
