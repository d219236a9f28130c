import { analytical } from "../execution/analytical/mod.ts";
import {
  type Draft,
  type DraftModel,
  methodFacts,
  SPECULATION_METHODS,
} from "../execution/speculation/mod.ts";
import { stepWork } from "../execution/step_work.ts";
import type { StepWork } from "../execution/execution_time_model.ts";
import type { Gpu } from "../hardware/mod.ts";
import {
  kvBytesPerToken,
  layerGroups,
  layerKvBytesPerToken,
  layerMatrices,
  matrixParameters,
  modelFromHfConfig,
  modelShape,
  parameterCount,
  type PartFormats,
  smallParameters,
  type TransformerShape,
  uniformFormats,
} from "../models/mod.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { parseInput } from "../std/input_error.ts";
import { parseJson } from "../std/json.ts";
import { expertGroups } from "./execution_facts.ts";
import type { ConfiguredModel } from "./model.ts";

/** Bytes of a number of a draft that has no formats of its own. */
const DRAFT_BYTES_PER_ELEMENT = 2;

/** What an instance drafts with. */
export interface ConfiguredDraft extends Draft {
  /** Name of the model that drafts; absent: none does. */
  readonly modelName?: string;
  /** Its weights beside the target's, bytes. */
  readonly weightBytes: number;
  /** Bytes of a token's KV entries of its own, in one copy. */
  readonly kvBytesPerToken: number;
  /** The same on each tensor rank. */
  readonly rankWeightBytes: number;
  readonly rankKvBytesPerToken: number;
  /** Work of one pass. */
  readonly work?: StepWork;
}

/**
 * What the instances of a configuration draft with; undefined where they do not speculate.
 *
 * @param files Texts of the files that the configuration names.
 * @throws {RangeError} If the model that drafts is unknown, or its heads do not divide among the ranks.
 * @throws {ConfigError} If the text of a file is missing.
 */
export function configuredDraft(
  config: Configuration,
  target: ConfiguredModel,
  gpu: Gpu,
  files?: ReadonlyMap<string, string>,
): ConfiguredDraft | undefined {
  const { speculative, parallelization, execution } = config;
  if (speculative.method === "none") return undefined;
  const notices: string[] = [];
  const own = ownModel(speculative.draft, files, notices);
  if (own !== undefined) requireVocabulary(own, target.shape);
  if (own !== undefined && parameterCount(own) > parameterCount(target.shape)) {
    notices.push(`the draft ${own.name} has more parameters than ${target.shape.name}`);
  }
  requireDrafts(speculative, target.shape);
  const { tensor_parallel_size: gpus, data_parallel_attention: attentionRanks } = parallelization;
  const { kvBytesPerElement } = target;
  const formatsOf = ({ hasTargetFormats }: DraftModel) =>
    hasTargetFormats ? target.parts : uniformFormats(DRAFT_BYTES_PER_ELEMENT);
  const draft: Draft = fromConfiguration(SPECULATION_METHODS, speculative.method, speculative, {
    target: target.shape,
    ...(own && { model: own }),
    timeOf(model) {
      if (execution.source !== "analytical") {
        notices.push(
          `drafts of ${model.shape.name} take analytical times of ${gpu.name}, though ` +
            `execution.source is ${execution.source}`,
        );
      }
      return analytical({
        shape: model.shape,
        gpu,
        weights: formatsOf(model),
        kvBytesPerElement,
        tensorParallel: gpus,
        dataParallelAttention: attentionRanks,
        expertParallel: expertGroups(parallelization, model.shape),
        allToAll: parallelization.all_to_all,
      });
    },
  });
  const all = { ...draft, notices: [...draft.notices, ...notices] };
  const { model } = draft;
  if (model === undefined) {
    return {
      ...all,
      weightBytes: 0,
      kvBytesPerToken: 0,
      rankWeightBytes: 0,
      rankKvBytesPerToken: 0,
    };
  }
  const { shape, copies = 1 } = model;
  const { experts, others } = bytesBesideTarget(model, formatsOf(model), target.shape);
  const sharing = gpus / attentionRanks;
  return {
    ...all,
    modelName: shape.name,
    weightBytes: experts + others,
    kvBytesPerToken: copies * kvBytesPerToken(shape, kvBytesPerElement),
    rankWeightBytes: experts / gpus + others / sharing,
    rankKvBytesPerToken: layerGroups(shape.layers).reduce(
      (sum, { layer, count }) =>
        sum + copies * count * layerKvBytesPerToken(layer, kvBytesPerElement, sharing),
      0,
    ),
    work: stepWork(shape, {
      ...(model.hasTargetFormats
        ? {
          weightBytesPerElement: target.weightBytesPerElement,
          ...(target.weights && { weights: target.weights }),
        }
        : { weightBytesPerElement: DRAFT_BYTES_PER_ELEMENT }),
      kvBytesPerElement,
    }),
  };
}

/** What a draft takes of the memory of its target's GPUs. */
export function draftMemory(
  { modelName, weightBytes, kvBytesPerToken }: ConfiguredDraft,
): string[] {
  if (modelName === undefined) return [];
  return [
    `${modelName} drafts: ${
      (weightBytes / 1e9).toFixed(2)
    } GB of weights and ${kvBytesPerToken} bytes ` +
    `of KV cache per token beside those of its target`,
  ];
}

/** @throws {ConfigError} If tokens of the draft are others than those of its target, as in vLLM. */
function requireVocabulary(draft: TransformerShape, target: TransformerShape): void {
  if (draft.vocabSize === target.vocabSize) return;
  throw new ConfigError([
    `Cannot use "speculative.draft.model" as one that drafts for ${target.name}: current value is ` +
    `${draft.name} of ${draft.vocabSize} tokens (allowed: a model of ${target.vocabSize} tokens)`,
  ]);
}

/**
 * @throws {ConfigError} If the target lacks the layers that predict further tokens, or as many tokens are
 * drafted as vLLM refuses, or the draft's head knows more tokens than there are.
 */
function requireDrafts(
  { method, num_speculative_tokens: given, draft }: Configuration["speculative"],
  target: TransformerShape,
): void {
  const { nextTokenLayers: layers = 0, name, vocabSize } = target;
  const refuse = (path: string, wanted: string, value: unknown, allowed: string) => {
    throw new ConfigError([
      `Cannot use "speculative.${path}" as ${wanted}: current value is ${value} (allowed: ${allowed})`,
    ]);
  };
  if (draft.draft_vocab_size !== null && draft.draft_vocab_size > vocabSize) {
    const wanted = `tokens of ${name} that the draft's head knows`;
    refuse("draft.draft_vocab_size", wanted, draft.draft_vocab_size, `1 to ${vocabSize}, or null`);
  }
  if (methodFacts(method)?.needsNextTokenLayers !== true) return;
  if (layers === 0) {
    const allowed = "a model whose config.json has num_nextn_predict_layers or " +
      "mtp_num_hidden_layers, such as deepseek-v3, or another method";
    refuse("method", `what drafts for ${name}, which has no layer for it`, method, allowed);
  }
  if (given === null ? layers > 1 : given > layers && given % layers !== 0) {
    const allowed = `up to ${layers}, or a multiple of it`;
    refuse(
      "num_speculative_tokens",
      `tokens that ${layers} layers of ${name} draft`,
      given,
      allowed,
    );
  }
}

/** The model of its own that the settings name. */
function ownModel(
  { model, hf_config: file }: Configuration["speculative"]["draft"],
  files: ReadonlyMap<string, string> | undefined,
  notices: string[],
): TransformerShape | undefined {
  if (file === null) return model === null ? undefined : modelShape(model);
  const text = files?.get(file);
  if (text === undefined) {
    throw new ConfigError([
      `Cannot use "speculative.draft.hf_config" without the text of that file: current value is ` +
      `"${file}" (allowed: one of the files handed in)`,
    ]);
  }
  const read = parseInput(
    { file, what: "a draft model's config.json" },
    text,
    () => modelFromHfConfig(parseJson(text), { file }),
  );
  notices.push(...read.notices);
  return read.shape;
}

/** Bytes of the weights that the target does not have anyway: of routed experts, and of all else. */
function bytesBesideTarget(
  { shape, copies = 1, sharesTables }: DraftModel,
  formats: PartFormats,
  target: TransformerShape,
): { readonly experts: number; readonly others: number } {
  let experts = 0;
  let others = DRAFT_BYTES_PER_ELEMENT * (shape.finalNormParameters + shape.positionParameters);
  for (const { layer, count } of layerGroups(shape.layers)) {
    others += count * DRAFT_BYTES_PER_ELEMENT * smallParameters(layer);
    for (const matrix of layerMatrices(layer, shape.hiddenSize)) {
      const each = matrix.part === "router"
        ? DRAFT_BYTES_PER_ELEMENT
        : formats[matrix.part].bytesPerElement;
      const bytes = count * matrixParameters(matrix) * each;
      if (matrix.part === "expert") experts += bytes;
      else others += bytes;
    }
  }
  const table = DRAFT_BYTES_PER_ELEMENT * shape.vocabSize * shape.hiddenSize;
  // A head of fewer tokens than the target's is its own.
  const ownHead = shape.vocabSize === target.vocabSize ? 0 : 1;
  const tables = sharesTables ? ownHead : shape.tiedEmbeddings ? 1 : 2;
  return { experts: copies * experts, others: copies * others + tables * table };
}
