import { parse } from "../../std/csv.ts";
import type { SamplingMethod } from "../../hardware/mod.ts";
import { field, numberField } from "./fields.ts";
import type { Latencies } from "./latencies.ts";
import type { MeasuredServer } from "./server.ts";

/** One stage of open-loop load on a real server. */
export interface LoadPoint {
  /** Experiment, stage and rate. */
  readonly label: string;
  /** The server and its settings. */
  readonly server: MeasuredServer;
  /** Poisson arrivals per second. */
  readonly ratePerSecond: number;
  /** Time for which load was offered, seconds. */
  readonly durationSeconds: number;
  /** Mean prompt length, tokens. */
  readonly promptTokens: number;
  /** Forced output length, tokens. */
  readonly outputTokens: number;
  /** KV entries could move to host memory. Not simulated: prompts all stay in the GPU's cache. */
  readonly cpuOffload: boolean;
  /** The server could not keep up; its latencies mean nothing. */
  readonly overloaded: boolean;
  /** Mean latencies as the client measured them. */
  readonly measured: Latencies;
}

/**
 * How the measured servers chose tokens: the client asks for nothing, and generation_config.json of all
 * three models has a top_p below 1, which vLLM takes for a default.
 *
 * @source github.com/kubernetes-sigs/inference-perf inference_perf/apis/completion.py
 */
export const LOAD_POINTS_SAMPLING: SamplingMethod = "top-p";
/** Version of the measured servers: schedules asynchronously. */
export const LOAD_POINTS_VERSION = "0.15.1";

const GPUS: Readonly<Record<string, string>> = {
  "H100-SXM-80GB": "h100-sxm",
  "A100-80GB": "a100-sxm-80gb",
  "L40S-48GB": "l40s",
};

/**
 * Reads points.csv of the data set vllm-load-points: its rows of single servers on GPUs that profiles
 * ship for.
 *
 * @throws {SyntaxError} For a row without a number where one is needed.
 */
export function readLoadPoints(text: string): LoadPoint[] {
  return parse(text, { skipFirstRow: true }).map((row, index) => {
    const number = (name: string) => numberField(row, name, index);
    const blocks = row.gpu_kv_blocks;
    return {
      label: `${field(row, "exp", index).replace(/^\d{8}-\d{6}-/, "")} ${row.rate_rps}/s`,
      server: {
        model: row.model,
        gpu: GPUS[row.gpu] ?? row.gpu,
        tensorParallel: number("tp"),
        weightDtype: "bf16",
        maxSequences: number("max_num_seqs"),
        maxTokensPerStep: number("max_num_batched_tokens"),
        asyncScheduling: true,
        ...(blocks !== "" && { kvBlocks: Number(blocks) - 1 }),
        memoryShare: number("gpu_mem_util"),
        sampling: LOAD_POINTS_SAMPLING,
        cudaGraphs: "full",
      },
      ratePerSecond: number("rate_rps"),
      durationSeconds: number("duration_s"),
      promptTokens: Math.round(number("in_tokens_mean")),
      outputTokens: number("out_tokens"),
      cpuOffload: row.cpu_offload === "True",
      overloaded: row.overload === "yes",
      measured: {
        ttftSeconds: number("ttft_mean_ms") / 1000,
        tpotSeconds: number("tpot_derived_ms") / 1000,
        e2eSeconds: number("e2e_mean_ms") / 1000,
      },
    };
  });
}
