import type { ExecutionTimeModel } from "./execution_time_model.ts";

/** The `profiling` section of SimFaaSInfer's files. Null and absent are 0. */
export interface SimfaasinferProfiling {
  /** Milliseconds per squared token of a prompt and layer. */
  readonly attention_prefill_time_per_token_sq?: number | null;
  /** Milliseconds per token of context of decoding sequences and layer. */
  readonly attention_decode_time_per_token?: number | null;
  /** Milliseconds per token and layer. */
  readonly mlp_time_per_token?: number | null;
  /** Milliseconds per token and layer. */
  readonly layernorm_time_per_token?: number | null;
  /** Milliseconds per token. */
  readonly embedding_time_per_token?: number | null;
  /** Milliseconds per gigabyte. */
  readonly allreduce_time_per_gb?: number | null;
  /** Milliseconds per gigabyte. */
  readonly send_recv_time_per_gb?: number | null;
}

/** The model that the coefficients are for. */
export interface SimfaasinferTimeOptions {
  /** The coefficients. */
  readonly profiling: SimfaasinferProfiling;
  /** Decoder layers. */
  readonly layers: number;
  /** Width of the residual stream. */
  readonly hiddenSize: number;
  /** Divides the work of a layer and adds two all-reduces to it; default 1. */
  readonly tensorParallel?: number;
  /** Adds a copy of the activations between stages; default 1. */
  readonly pipelineParallel?: number;
}

/**
 * Execution times from the coefficients of SimFaaSInfer's files, read as their comments say:
 * milliseconds per token (per layer, embedding apart) and per gigabyte of 16-bit activations. A chunk
 * after `past` tokens counts (past + chunk)^2 - past^2 squared tokens. The section's
 * `kv_cache_memory_per_token_mb` is per layer, though that tool takes it as per token, and its value
 * for Llama-2-7B is a thirtieth of the shape's: KV sizes come from the shape here.
 *
 * @throws RangeError if a coefficient is negative, or if steps would take no time.
 *
 * @example
 * ```ts
 * import { simfaasinferTime } from "simfaasinfer/execution";
 * const profiling = { mlp_time_per_token: 0.00025, attention_decode_time_per_token: 0.00015 };
 * const model = simfaasinferTime({ profiling, layers: 32, hiddenSize: 4096 });
 * console.log(model.name); // simfaasinfer
 * ```
 */
export function simfaasinferTime(options: SimfaasinferTimeOptions): ExecutionTimeModel {
  const { profiling, layers, hiddenSize, tensorParallel = 1, pipelineParallel = 1 } = options;
  const seconds = (key: keyof SimfaasinferProfiling) => {
    const value = profiling[key] ?? 0;
    if (value >= 0 && value < Infinity) return value / 1000;
    throw new RangeError(`Cannot use ${key} as milliseconds >= 0: current value is ${value}`);
  };
  const activationGigabytes = 2 * hiddenSize / 1e9;
  const share = layers / tensorParallel;
  const perToken = seconds("embedding_time_per_token") +
    share * (seconds("mlp_time_per_token") + seconds("layernorm_time_per_token")) +
    (tensorParallel > 1 ? 2 * layers * activationGigabytes * seconds("allreduce_time_per_gb") : 0) +
    (pipelineParallel - 1) * activationGigabytes * seconds("send_recv_time_per_gb");
  const perSquare = share * seconds("attention_prefill_time_per_token_sq");
  const perContext = share * seconds("attention_decode_time_per_token");
  if (!(perToken > 0)) {
    throw new RangeError(
      `Cannot use profiling as coefficients with time per token > 0: current value is ` +
        JSON.stringify(profiling),
    );
  }
  return {
    name: "simfaasinfer",
    stepSeconds(step) {
      let tokens = step.decodeTokens ?? step.decodeSequences;
      let squares = 0;
      for (let i = 0; i < step.chunkCount; i++) {
        const chunk = step.chunkTokens[i];
        tokens += chunk;
        squares += chunk * (chunk + 2 * step.chunkPastTokens[i]);
      }
      return perToken * tokens + perSquare * squares + perContext * step.decodeContextTokens;
    },
    decodeLine(sequences, _contextTokens, line, _longest, width) {
      line.baseSeconds = perToken * (width === undefined ? sequences : width.decodeTokens);
      line.slopeSecondsPerToken = perContext;
      line.contextEndTokens = Infinity;
      return true;
    },
  };
}
