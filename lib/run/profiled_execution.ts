import { calibrated, calibrationFor, type Overhead } from "../execution/calibrated/mod.ts";
import type { ExecutionTimeModel } from "../execution/execution_time_model.ts";
import {
  type OperatorProfile,
  parseProfile,
  profiled,
  PROFILED_GPUS,
  shippedProfile,
} from "../execution/profiled/mod.ts";
import { namingFile, parseInput } from "../std/input_error.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { engineSettings } from "../config/engine_settings.ts";
import type { ExecutionFacts } from "./execution.ts";

/**
 * Step times under `execution.source` profiled or calibrated.
 *
 * @throws {RangeError} If the profile is missing, or lacks what the model needs.
 */
export function buildProfiledExecution(
  config: Configuration,
  facts: ExecutionFacts,
): ExecutionTimeModel {
  return withOverhead(config, facts, fromProfile(config, facts));
}

function fromProfile(config: Configuration, facts: ExecutionFacts): ExecutionTimeModel {
  const { parallelization } = config;
  const settings = engineSettings(config);
  const { shape, weightBytesPerElement, kvBytesPerElement } = facts;
  if (weightBytesPerElement < 1) {
    throw new ConfigError([
      `Cannot read times of "model.weight_dtype" from a profile: current value is ${config.model.weight_dtype} (allowed: bf16, fp16, fp8, int8)`,
    ]);
  }
  const profile = namedProfile(config, facts);
  const compose = () =>
    profiled({
      profile,
      shape,
      tensorParallel: parallelization.tensor_parallel_size,
      pipelineParallel: parallelization.pipeline_parallel_size,
      expertParallel: parallelization.expert_parallel_size,
      expertSkew: parallelization.expert_skew,
      ...(facts.stageNetwork && { stageNetwork: facts.stageNetwork }),
      weightDtype: weightBytesPerElement === 1 ? "fp8" : "bf16",
      kvDtype: kvBytesPerElement === 1 ? "fp8" : "bf16",
      maxTokensPerStep: settings.maxTokensPerStep,
      maxSequences: settings.maxSequences,
    });
  const { profile: file } = config.execution;
  return file === null || facts.profileText === undefined ? compose() : namingFile(file, compose);
}

function namedProfile(config: Configuration, facts: ExecutionFacts): OperatorProfile {
  const { profile } = config.execution;
  if (profile !== null && facts.profileText !== undefined) {
    return parseInput({ file: profile, what: "a profile" }, facts.profileText, parseProfile);
  }
  const name = profile ?? facts.gpu.name;
  if (!PROFILED_GPUS.includes(name)) {
    throw new ConfigError([
      `Cannot find a profile for "${
        profile === null ? "cluster.gpu_type" : "execution.profile"
      }": current value is ${name} (allowed: ${
        PROFILED_GPUS.join(", ")
      }, or a file named by execution.profile, or execution.source: analytical)`,
    ]);
  }
  return shippedProfile(name);
}

/** Adds the overheads of the configuration to a source, under `calibrated` fitted ones where unset. */
function withOverhead(
  config: Configuration,
  facts: ExecutionFacts,
  source: ExecutionTimeModel,
): ExecutionTimeModel {
  const { execution, parallelization } = config;
  const fitted = execution.source === "calibrated"
    ? calibrationFor({
      asyncScheduling: engineSettings(config).asyncScheduling,
      generation: facts.gpu.generation,
    }).overhead
    : undefined;
  const { step_seconds, sequence_seconds, collective_seconds } = execution.overheads;
  const overhead: Overhead = {
    stepSeconds: step_seconds ?? fitted?.stepSeconds ?? 0,
    sequenceSeconds: sequence_seconds ?? fitted?.sequenceSeconds ?? 0,
    samplerSeconds: fitted?.samplerSeconds ?? 0,
    collectiveSeconds: collective_seconds ?? fitted?.collectiveSeconds ?? 0,
  };
  if (Object.values(overhead).every((seconds) => seconds === 0)) return source;
  return calibrated({
    source,
    overhead,
    collectivesPerStep: parallelization.tensor_parallel_size > 1 ? 2 * facts.shape.layers : 0,
  });
}
