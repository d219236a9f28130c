import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";

/** One deployment for each kind of layer and way of dividing it. */
const DEPLOYMENTS: Readonly<Record<string, string>> = {
  "latent attention": "{ model: { name: deepseek-v3 }, cluster: { gpu_type: H200 }, " +
    "parallelization: { tp: 8, ep: 8 } }",
  "latent attention on A100, whose kernel has parts": "{ model: { name: kimi-k2 }, " +
    "cluster: { gpu_type: A100 }, parallelization: { tp: 16 } }",
  "latent attention, a pipeline": "{ model: { name: deepseek-v3 }, cluster: { gpu_type: B200 }, " +
    "parallelization: { tp: 4, pp: 2 } }",
  "sparse attention": "{ model: { name: deepseek-v3.2 }, cluster: { gpu_type: B200 }, " +
    "parallelization: { tp: 8 } }",
  "sparse attention, 8-bit cache":
    "{ model: { name: deepseek-v3.2 }, cluster: { gpu_type: H200 }, " +
    "parallelization: { tp: 8 }, memory: { kv_cache_dtype: fp8 } }",
  "attention ranks": "{ model: { name: deepseek-v3 }, cluster: { gpu_type: H200 }, " +
    "parallelization: { tp: 8, dp_attention: 8 } }",
  "attention ranks of several GPUs": "{ model: { name: qwen3-235b-a22b }, " +
    "cluster: { gpu_type: H200 }, parallelization: { tp: 8, dp_attention: 2 } }",
  "gated delta": "{ model: { name: qwen3-next-80b-a3b }, cluster: { gpu_type: H200 }, " +
    "parallelization: { tp: 2 } }",
  "measured latent attention": "{ model: { name: deepseek-v3 }, cluster: { gpu_type: H200 }, " +
    "parallelization: { tp: 8 }, execution: { source: profiled } }",
  "measured attention ranks": "{ model: { name: qwen3-235b-a22b }, cluster: { gpu_type: B200 }, " +
    "parallelization: { tp: 8, dp_attention: 4 }, execution: { source: profiled } }",
  "measured sparse attention": "{ model: { name: deepseek-v3.2 }, cluster: { gpu_type: B200 }, " +
    "parallelization: { tp: 8 }, execution: { source: profiled } }",
  "measured gated delta": "{ model: { name: qwen3-next-80b-a3b }, cluster: { gpu_type: H200 }, " +
    "parallelization: { tp: 2 }, execution: { source: calibrated } }",
  "Mamba-2": "{ model: { name: nemotron-3-nano-30b-a3b }, cluster: { gpu_type: H100 } }",
};

const LOAD = `
simulation: { duration: 3600, random_seed: 7 }
workload:
  type: poisson
  arrival_rate: 6
  num_requests: 60
  prompt_length: { distribution: exponential, mean: 900, min: 1, max: 6000 }
  decode_length: { distribution: exponential, mean: 150, min: 1, max: 900 }
model: { max_model_len: 8192 }
cold_start: { enabled: false }
scaling: { enabled: false }
`;

for (const [name, deployment] of Object.entries(DEPLOYMENTS)) {
  Deno.test(`leap stepping equals step stepping: ${name}`, async () => {
    const [leap, step] = await Promise.all(
      ["leap", "step"].map((stepping) =>
        simulate(loadConfig([LOAD, deployment, `simulation: { stepping: ${stepping} }`]))
      ),
    );
    equal(leap.summary.requests.completed, 60);
    equal(step.engine.stepsLeapt, 0);
    ok(leap.engine.stepsLeapt > 0.3 * step.engine.stepsSingle, `${leap.engine.stepsLeapt} leapt`);
    equal(leap.engine.stepsLeapt + leap.engine.stepsSingle, step.engine.stepsSingle);
    deepEqual(leap.requests, step.requests);
    equal(leap.summary.digest, step.summary.digest);
  });
}
