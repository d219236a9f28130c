import type { ConcurrencyPoint } from "./concurrency_points.ts";

/** How a benchmark keeps N requests in flight, and what it sets the server to. */
export interface LoadGenerator {
  /** Who made the benchmark. */
  readonly name: "aiconfigurator" | "inferencemax";
  /** Requests of a run per request in flight. The first ones come as one burst. */
  readonly requestsPerSlot: number;
  /** Lengths are uniform between this share of the nominal ones and all of it; 1: all equal. */
  readonly leastLength: number;
  /** Token budget of the engine's steps at a point. */
  readonly maxTokensPerStep: (point: ConcurrencyPoint) => number;
  /** Whether the engine prepares the next step while the GPU works. */
  readonly asyncScheduling: boolean;
  /** How tokens are chosen: as the benchmark asks for, else as the model's generation_config.json says. */
  readonly sampling: "greedy" | "random" | "top-k" | "top-p";
  /** What the engine captures as graphs. */
  readonly cudaGraphs: "full" | "piecewise" | "off";
}

/**
 * The benchmark of aiconfigurator's authors: equal lengths (`stddev` 0, forced outputs), ten requests a
 * slot, no cache reuse, and the server that its generator sets up for comparing with predictions, whose
 * step budget is the batch, one prompt and 1,500 tokens. vLLM 0.12 schedules synchronously by default.
 *
 * @source https://github.com/ai-dynamo/aiconfigurator: src/aiconfigurator/eval/benchmarks
 * (genai_perf_runner.py, bench_serving_runner.py), docs/dynamo_deployment_guide.md (`concurrency * 10`),
 * docs/generator_overview.md and src/aiconfigurator/generator/rule_plugin/benchmark/vllm.rule
 * (`max_num_tokens = max_batch_size + isl + 1500`).
 */
export const AICONFIGURATOR: LoadGenerator = {
  name: "aiconfigurator",
  requestsPerSlot: 10,
  leastLength: 1,
  maxTokensPerStep: ({ concurrency, promptTokens }) => concurrency + promptTokens + 1500,
  asyncScheduling: false,
  sampling: "top-p",
  cudaGraphs: "full",
};

/**
 * InferenceMAX, whose results aiconfigurator's table takes over: lengths of 0.8 to 1 of nominal, ten
 * requests a slot, steps of 8,192 tokens, asynchronous scheduling switched on, no prefix cache.
 *
 * @source https://github.com/SemiAnalysisAI/InferenceX: benchmarks/70b_fp8_h100_slurm.sh and
 * .github/workflows/70b-tmpl.yml (vLLM 0.10.2; tensor parallel 2, 4 and 8)
 */
export const INFERENCEMAX: LoadGenerator = {
  name: "inferencemax",
  requestsPerSlot: 10,
  leastLength: 0.8,
  maxTokensPerStep: () => 8192,
  asyncScheduling: true,
  sampling: "greedy",
  cudaGraphs: "piecewise",
};

/**
 * The benchmark that a point was measured with. Rows taken over from InferenceMAX's first months have
 * no version of vLLM, which was not kept then; aiconfigurator's own have one.
 *
 * @example
 * ```ts
 * import { equal } from "#assert";
 * import { readConcurrencyPoints } from "./concurrency_points.ts";
 * import { loadGeneratorOf } from "./load_generator.ts";
 * const [point] = readConcurrencyPoints(
 *   "model,gpu,vllm,precision,gemm_quant,isl,osl,concurrency,tp,pp,ttft_ms,tpot_ms\n" +
 *     "llama-3.1-8b,h100_sxm,0.12.0,,,1024,64,8,1,1,50,8\n",
 * );
 * equal(loadGeneratorOf(point).maxTokensPerStep(point), 2532);
 * ```
 */
export function loadGeneratorOf(point: ConcurrencyPoint): LoadGenerator {
  return point.version === "" ? INFERENCEMAX : AICONFIGURATOR;
}

/** The benchmark of a name. */
export function loadGeneratorNamed(name: LoadGenerator["name"]): LoadGenerator {
  return name === "inferencemax" ? INFERENCEMAX : AICONFIGURATOR;
}
