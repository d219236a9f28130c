import { analytical } from "../execution/analytical/mod.ts";
import { constantTime } from "../execution/constant_time.ts";
import type { ExecutionTimeModel } from "../execution/execution_time_model.ts";
import { linearTime } from "../execution/linear_time.ts";
import { simfaasinferTime } from "../execution/simfaasinfer_time.ts";
import type { Configuration } from "../config/configuration.ts";
import { type ExecutionFacts, expertGroups } from "./execution_facts.ts";

/**
 * The execution-time model that `execution.source` names.
 *
 * @throws {RangeError} If a profile is missing, or lacks what the model needs, or if coefficients of
 * `profiling` are.
 */
export async function buildExecution(
  config: Configuration,
  facts: ExecutionFacts,
): Promise<ExecutionTimeModel> {
  const { execution, parallelization } = config;
  switch (execution.source) {
    case "constant":
      return constantTime(execution.step_seconds);
    case "linear": {
      const { coefficients } = execution;
      return linearTime({
        baseSeconds: coefficients.base_seconds,
        perPrefillTokenSeconds: coefficients.per_prefill_token_seconds,
        perDecodeSequenceSeconds: coefficients.per_decode_sequence_seconds,
        perContextTokenSeconds: coefficients.per_context_token_seconds,
      });
    }
    case "simfaasinfer":
      return simfaasinferTime({
        profiling: config.profiling,
        layers: facts.shape.layers.length,
        hiddenSize: facts.shape.hiddenSize,
        tensorParallel: parallelization.tensor_parallel_size,
        pipelineParallel: parallelization.pipeline_parallel_size,
      });
    case "analytical": {
      const { step_seconds, sequence_seconds, collective_seconds } = execution.overheads;
      return analytical({
        ...facts,
        tensorParallel: parallelization.tensor_parallel_size,
        pipelineParallel: parallelization.pipeline_parallel_size,
        expertParallel: expertGroups(parallelization, facts.shape),
        dataParallelAttention: parallelization.data_parallel_attention,
        allToAll: parallelization.all_to_all,
        expertSkew: parallelization.expert_skew,
        ...(step_seconds !== null && { stepOverheadSeconds: step_seconds }),
        ...(sequence_seconds !== null && { sequenceOverheadSeconds: sequence_seconds }),
        ...(collective_seconds !== null && { collectiveOverheadSeconds: collective_seconds }),
      });
    }
    case "profiled":
    case "calibrated": {
      // Megabytes of tables, which no other source should wait for.
      const { buildProfiledExecution } = await import("./profiled_execution.ts");
      return buildProfiledExecution(config, facts);
    }
  }
}
