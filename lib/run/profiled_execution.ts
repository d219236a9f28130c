import { calibrated } from "../execution/calibrated/mod.ts";
import type { ExecutionTimeModel } from "../execution/execution_time_model.ts";
import { hostBound } from "../execution/host_bound.ts";
import { knownModel } from "../execution/known_models.ts";
import {
  isPlain,
  type OperatorProfile,
  parseProfile,
  PROFILE_NAMES,
  profiled,
  type ProfileDtype,
  shippedProfile,
  withLayerTables,
} from "../execution/profiled/mod.ts";
import { namingFile, parseInput } from "../std/input_error.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { draftTokensOf } from "../config/draft_tokens.ts";
import { engineSettings } from "../config/engine_settings.ts";
import { layerMatrices } from "../models/layer_matrices.ts";
import { layerGroups, type TransformerShape } from "../models/transformer.ts";
import { FORMAT_PARTS, type FormatPart } from "../models/weight_format.ts";
import { type ExecutionFacts, expertGroups } from "./execution_facts.ts";
import { buildOverheads } from "./overheads.ts";
import { stepNeeds } from "./step_needs.ts";

/**
 * Step times from measured tables.
 *
 * @throws {RangeError} If the profile is missing, or lacks what the model needs.
 */
export function buildProfiledExecution(
  config: Configuration,
  facts: ExecutionFacts,
): ExecutionTimeModel {
  const kernels = fromProfile(config, facts);
  const { host, mostCaptured = 0 } = stepNeeds(config, facts);
  const source = host === undefined ? kernels : hostBound({ source: kernels, host, mostCaptured });
  const model = withOverhead(config, facts, source);
  const notices = [...source.notices ?? [], ...kernelNotices(config, facts)];
  return notices.length === 0 ? model : { ...model, notices };
}

/** Says where balanced times are those of another kernel than the one that runs. */
function kernelNotices(config: Configuration, facts: ExecutionFacts): string[] {
  const { attention_kernel: wanted } = config.execution;
  if (wanted === null) return [];
  const { gpu, attentionKernel } = profileOf(config, facts);
  if (attentionKernel === wanted) return [];
  return [
    `execution.attention_kernel is ${wanted}: what unequal contexts cost is that kernel's, times of equal ` +
    `ones are those that the profile of ${gpu} has` +
    (attentionKernel === undefined ? "" : `, of ${attentionKernel}`),
  ];
}

/** Why the tables are not of the wanted kernel of decode attention; undefined: they are. */
export function lackingKernel(config: Configuration, facts: ExecutionFacts): string | undefined {
  const { attention_kernel: wanted } = config.execution;
  if (wanted === null) return undefined;
  const { gpu, attentionKernel } = profileOf(config, facts);
  return attentionKernel === wanted
    ? undefined
    : `decode attention was measured on ${gpu} with ${attentionKernel ?? "a kernel not known"}, ` +
      `not with ${wanted}`;
}

/** The profile that is read: a file of the configuration's own, or one that ships. */
function profileOf(config: Configuration, facts: ExecutionFacts): OperatorProfile {
  const name = shippedName(config, facts);
  if (name !== undefined) return shippedProfile(name);
  const file = config.execution.profile!;
  return parseInput({ file, what: "a profile" }, facts.profileText!, parseProfile);
}

function fromProfile(config: Configuration, facts: ExecutionFacts): ExecutionTimeModel {
  const { parallelization } = config;
  const settings = engineSettings(config, facts.gpu);
  const { shape, kvBytesPerElement } = facts;
  const weightDtype = profiledFormat(config, facts);
  const name = shippedName(config, facts);
  const { sampling, mostCaptured } = stepNeeds(config, facts);
  const options = {
    shape,
    tensorParallel: parallelization.tensor_parallel_size,
    pipelineParallel: parallelization.pipeline_parallel_size,
    expertParallel: expertGroups(parallelization, shape),
    dataParallelAttention: parallelization.data_parallel_attention,
    allToAll: parallelization.all_to_all,
    ...(parallelization.fused_norm_limit > 0 && {
      fusedNormBytes: parallelization.fused_norm_limit,
    }),
    expertSkew: parallelization.expert_skew,
    ...(facts.stageNetwork && { stageNetwork: facts.stageNetwork }),
    weightDtype,
    ...(facts.gpuLink && { gpuLink: facts.gpuLink }),
    ...(config.execution.attention_kernel !== null &&
      { attentionKernel: config.execution.attention_kernel }),
    ...(config.execution.power_limited && { isPowerLimited: true }),
    ...(sampling !== undefined && { sampling }),
    ...(mostCaptured !== undefined && { mostCaptured }),
    ...(facts.weights.expert.hasBlockScales && { hasBlockScales: true }),
    kvDtype: kvBytesPerElement === 1 ? "fp8" as const : "bf16" as const,
    maxTokensPerStep: settings.maxTokensPerStep,
    maxSequences: settings.maxSequences,
    maxSamples: settings.maxSequences * (1 + mostDrafted(config)),
  };
  if (name === undefined) {
    const profile = profileOf(config, facts);
    return namingFile(config.execution.profile!, () => profiled({ profile, ...options }));
  }
  return knownModel(`profile of ${name}`, options, () => {
    const shipped = shippedProfile(name);
    const isOwn = isPlain(shape) && parallelization.data_parallel_attention === 1;
    return profiled({ profile: isOwn ? shipped : withLayerTables(shipped), ...options });
  });
}

/**
 * The format of the tables that a model's weights are looked up in: the one that its parts have.
 *
 * @throws {ConfigError} If it has several, or one that no table has.
 */
function profiledFormat(
  { model }: Configuration,
  { shape, weights }: ExecutionFacts,
): ProfileDtype {
  const parts = FORMAT_PARTS.filter((part) => hasPart(shape, part)).map((part) => weights[part]);
  const bytes = parts.map(({ bytesPerElement }) => bytesPerElement);
  if (bytes.every((each) => each === 2)) return "bf16";
  // A checkpoint's scales add a little to its eight bits.
  if (bytes.every((each) => each >= 1 && each < 1.1)) return "fp8";
  throw new ConfigError([
    model.weight_dtype === null
      ? `Cannot read times of the weights of ${shape.name} from a profile: current value is ` +
        `${parts.map(({ bytesPerElement }) => (8 * bytesPerElement).toFixed(1)).join(", ")} bits ` +
        `by part (allowed: 16 or 8 bits in all layers, or execution.source: analytical)`
      : `Cannot read times of "model.weight_dtype" from a profile: current value is ` +
        `${model.weight_dtype} (allowed: bf16, fp16, fp8, int8)`,
  ]);
}

function hasPart({ layers, hiddenSize }: TransformerShape, part: FormatPart): boolean {
  return layerGroups(layers).some(({ layer }) =>
    layerMatrices(layer, hiddenSize).some((matrix) => matrix.part === part)
  );
}

/** The GPU whose shipped profile is read; undefined: the configuration's own file is. */
function shippedName(config: Configuration, facts: ExecutionFacts): string | undefined {
  const { profile } = config.execution;
  if (profile !== null && facts.profileText !== undefined) return undefined;
  const name = profile ?? facts.gpu.name;
  if (PROFILE_NAMES.includes(name)) return name;
  throw new ConfigError([
    `Cannot find a profile for "${
      profile === null ? "cluster.gpu_type" : "execution.profile"
    }": current value is ${name} (allowed: ${
      PROFILE_NAMES.join(", ")
    }, or a file named by execution.profile, or execution.source: analytical)`,
  ]);
}

/** Most tokens that a sequence drafts and verifies in a step. */
function mostDrafted({ speculative }: Configuration): number {
  return speculative.method === "none" ? 0 : draftTokensOf(speculative)!;
}

/** Adds the overheads of the configuration to a source, or fitted ones where unset. */
function withOverhead(
  config: Configuration,
  facts: ExecutionFacts,
  source: ExecutionTimeModel,
): ExecutionTimeModel {
  const { parallelization } = config;
  const { overhead } = buildOverheads(config, facts.gpu.generation);
  if (Object.values(overhead).every((seconds) => seconds === 0)) return source;
  return calibrated({
    source,
    overhead,
    collectivesPerStep: parallelization.tensor_parallel_size > 1
      ? 2 * facts.shape.layers.length
      : 0,
  });
}
