import { modelShape } from "../../models/mod.ts";
import type { ConcurrencyPoint } from "./concurrency_points.ts";
import { loadGeneratorOf } from "./load_generator.ts";
import { LOAD_POINTS_VERSION, type LoadPoint } from "./load_points.ts";
import { serverOf } from "./replay_concurrency_point.ts";
import { PROMPTS } from "./replay_load_point.ts";
import { BLOCK_TOKENS, type MeasuredServer, usableBlocks } from "./server.ts";
import type { Tuning } from "./tuning.ts";

/** A configuration as a file has it. */
export type PointConfiguration = Readonly<Record<string, unknown>>;

/** Version of vLLM of points that were measured before versions were noted. */
const INFERENCEMAX_VERSION = "0.10.2";

/** The configuration with which `simulate` gives what a replay of an open-loop stage gives. */
export function loadPointConfiguration(point: LoadPoint, tuning: Tuning): PointConfiguration {
  return {
    simulation: { random_seed: 1, duration: point.durationSeconds },
    workload: {
      type: "poisson",
      arrival_rate: point.ratePerSecond,
      prompt_length: { distribution: "constant", mean: point.promptTokens },
      decode_length: { distribution: "constant", mean: point.outputTokens },
      distinct_prompts: PROMPTS,
    },
    ...serverConfiguration(point.server, LOAD_POINTS_VERSION, tuning),
  };
}

/** The configuration with which `simulate` gives what a replay of a closed-loop point gives. */
export function concurrencyPointConfiguration(
  point: ConcurrencyPoint,
  tuning: Tuning,
): PointConfiguration {
  const generator = loadGeneratorOf(point);
  const { concurrency } = point;
  const length = (nominal: number) =>
    generator.leastLength === 1 ? { distribution: "constant", mean: nominal } : {
      distribution: "uniform",
      mean: null,
      std: null,
      min: Math.ceil(generator.leastLength * nominal),
      max: nominal,
    };
  const version = point.version === "" ? INFERENCEMAX_VERSION : point.version;
  return {
    simulation: { random_seed: 1 },
    workload: {
      type: "poisson",
      num_requests: generator.requestsPerSlot * concurrency,
      closed_loop: { concurrency, think_time: 0 },
      prompt_length: length(point.promptTokens),
      decode_length: length(point.outputTokens),
    },
    ...serverConfiguration(serverOf(point, generator), version, tuning),
  };
}

function serverConfiguration(
  server: MeasuredServer,
  version: string,
  tuning: Tuning,
): PointConfiguration {
  const blocks = usableBlocks(server);
  const { maxPositions } = modelShape(server.model);
  const [major, minor] = version.split(".");
  return {
    model: {
      name: server.model,
      ...(server.weightDtype === "fp8" && { weight_dtype: "fp8" }),
      // No request is longer, and a window that does not fit is refused.
      max_model_len: Math.min(maxPositions, blocks * BLOCK_TOKENS),
    },
    cluster: { gpu_type: server.gpu, num_replicas: 1, routing: { policy: "least-loaded" } },
    parallelization: { tensor_parallel_size: server.tensorParallel },
    scheduler: {
      type: "vllm",
      engine: `vllm@${major}.${minor}`,
      max_num_seqs: server.maxSequences,
      max_num_batched_tokens: server.maxTokensPerStep,
      async_scheduling: server.asyncScheduling,
      scheduler_reserve_full_isl: true,
      ...(server.cudaGraphs !== undefined && { cuda_graphs: server.cudaGraphs }),
    },
    memory: {
      gpu_memory_utilization: server.memoryShare,
      block_size: BLOCK_TOKENS,
      // One of them is vLLM's own.
      num_gpu_blocks: blocks + 1,
    },
    execution: {
      source: tuning === "untuned" ? "profiled" : "calibrated",
      ...(server.sampling !== undefined && { sampling: server.sampling }),
    },
    scaling: { enabled: false },
    cold_start: { enabled: false },
  };
}
