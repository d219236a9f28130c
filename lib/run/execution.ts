import type { ExecutionTimeModel } from "../execution/execution_time_model.ts";
import { EXECUTION_SOURCES } from "../execution/sources/mod.ts";
import type { Configuration } from "../config/configuration.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import { type ExecutionFacts, expertGroups } from "./execution_facts.ts";
import { stepNeeds } from "./step_needs.ts";

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
  const { execution, parallelization, profiling } = config;
  const { profileText: _, ...instance } = facts;
  return await fromConfiguration(EXECUTION_SOURCES, execution.source, execution, {
    ...instance,
    profiling,
    tensorParallel: parallelization.tensor_parallel_size,
    pipelineParallel: parallelization.pipeline_parallel_size,
    expertParallel: expertGroups(parallelization, facts.shape),
    dataParallelAttention: parallelization.data_parallel_attention,
    allToAll: parallelization.all_to_all,
    ...(parallelization.fused_norm_limit > 0 && {
      fusedNormBytes: parallelization.fused_norm_limit,
    }),
    expertSkew: parallelization.expert_skew,
    ...(execution.attention_kernel !== null && { attentionKernel: execution.attention_kernel }),
    ...(execution.power_limited && { isPowerLimited: true }),
    ...stepNeeds(config, facts),
    overheads: {
      stepSeconds: execution.overheads.step_seconds,
      sequenceSeconds: execution.overheads.sequence_seconds,
      collectiveSeconds: execution.overheads.collective_seconds,
    },
    async fromProfile() {
      // Megabytes of tables, which no other source should wait for: Deno reads what a literal names
      // before a program begins, and bundlers see that this is one.
      const { buildProfiledExecution }: typeof import("./profiled_execution.ts") = await import(
        "./profiled_execution" + ".ts"
      );
      return buildProfiledExecution(config, facts);
    },
  });
}
