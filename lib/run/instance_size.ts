import type { KvCapacity } from "../execution/kv_capacity.ts";
import { heldKvBytes, sequenceBlocks } from "../execution/kv_groups.ts";
import { DEFAULT_NODE, type Gpu, nodeNamed } from "../hardware/mod.ts";
import {
  fullAttentionLayers,
  kvBytesPerToken,
  stateBytesPerSequence,
  weightBytes,
} from "../models/mod.ts";
import { deploymentGpu } from "../config/choose_gpu.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { engineSettings } from "../config/engine_settings.ts";
import { type ConfiguredDraft, configuredDraft, draftMemory } from "./draft.ts";
import { type ConfiguredModel, configuredModel } from "./model.ts";
import { rankCapacity } from "./rank_capacity.ts";
import { assumedRule, LATER_COUNTS, moreRoom, reserveRuleOf, withLater } from "./reserve_rule.ts";
import { checkTensorDegree } from "./tensor_degree.ts";

/** What one instance holds: its model on its GPUs, in bytes and tokens. */
export interface InstanceSize {
  readonly model: ConfiguredModel;
  readonly gpu: Gpu;
  /** GPUs of one instance. */
  readonly gpus: number;
  /** What it drafts with; absent: it does not speculate. */
  readonly draft?: ConfiguredDraft;
  /** Weights of the checkpoint, bytes. */
  readonly weightBytes: number;
  /** Memory of a GPU that the engine leaves for activations and the like, bytes: of its fullest stage. */
  readonly reserveBytes: number;
  /** Whose way of measuring that is; null where the configuration sets it. */
  readonly reserveRule: string | null;
  /** Bytes of one token's KV entries, all layers, in one copy. */
  readonly kvBytesPerToken: number;
  /** Bytes of a sequence's state in the recurrent layers, in one copy. */
  readonly stateBytesPerSequence: number;
  /** Layers with attention over the whole sequence. */
  readonly fullAttentionLayers: number;
  /** KV blocks of the instance, their groups of layers, and shares of its GPU memory. */
  readonly kv: Pick<KvCapacity, "blocks" | "groups" | "fixedMemoryShare" | "kvMemoryShare">;
  /**
   * Tokens that the KV blocks hold, as vLLM counts them: blocks dealt to the groups of layers alike. Of a
   * model with attention windows they hold more of long sequences.
   */
  readonly kvTokens: number;
  /** Longest prompt and output together, tokens. */
  readonly maxModelTokens: number;
  /** Bytes of the KV entries of a sequence of that length while it decodes, in one copy. */
  readonly sequenceKvBytes: number;
  /** Sequences of that length that the KV blocks hold at once, each in a step of its own. */
  readonly maxConcurrency: number;
  /** Most sequences at once: as configured, or as many as have a state. */
  readonly maxSequences: number;
  /** What was assumed or read from the model's file, a sentence each. */
  readonly notices: readonly string[];
}

/** What the KV cache of an instance holds, as vLLM prints it when it starts. */
export function kvCacheLine(
  { kvTokens, maxModelTokens, maxConcurrency, kvBytesPerToken }: Pick<
    InstanceSize,
    "kvTokens" | "maxModelTokens" | "maxConcurrency" | "kvBytesPerToken"
  >,
): string {
  if (kvBytesPerToken === 0) return "GPU KV cache: none; states bound the sequences";
  const whole = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  return `GPU KV cache: ${whole(kvTokens)} tokens, maximum concurrency at ` +
    `${whole(maxModelTokens)} tokens: ${maxConcurrency.toFixed(2)}x`;
}

/**
 * KV blocks of an engine in which every sequence takes a block for so many tokens of it, whatever its
 * layers' windows: as many as hold sequences of this length. Others take a little more or less than they
 * would.
 */
export function plainBlocks(
  { blocks, groups }: InstanceSize["kv"],
  sequenceTokens: number,
): number {
  if (groups.length === 1) return blocks;
  const tokens = Math.max(1, Math.ceil(sequenceTokens));
  const plain = Math.ceil(tokens / Math.min(...groups.map(({ blockTokens }) => blockTokens)));
  return Math.floor(blocks * plain / sequenceBlocks(groups, tokens));
}

/**
 * Works out what one instance holds.
 *
 * @param files Texts of the files that the configuration names.
 * @param isOneOfSeveral The configuration is that of one function among others, whose common
 * `model.max_model_len` may be beyond a smaller model: its own length then counts, with a notice.
 * @throws {RangeError} If the model or GPU is unknown, or the model does not fit.
 * @throws {ConfigError} If the text of a file is missing, or the longest sequence that is asked for is
 * beyond the model's own or beyond what the KV cache holds.
 */
export function instanceSize(
  config: Configuration,
  files?: ReadonlyMap<string, string>,
  isOneOfSeveral = false,
): InstanceSize {
  const { memory } = config;
  const model = configuredModel(config, files);
  const { shape, weights, weightBytesPerElement, kvBytesPerElement } = model;
  const gpu = deploymentGpu(config, files);
  const { maxSequences: asked, maxTokensPerStep } = engineSettings(config, gpu);
  const { tensor_parallel_size: gpus, pipeline_parallel_size, data_parallel_attention: ranks } =
    config.parallelization;
  checkTensorDegree(shape, gpus / ranks);
  const draft = configuredDraft(config, model, gpu, files);
  const reserveRule = memory.reserved_memory_gb === null ? reserveRuleOf(config, shape) : null;
  const { capacity, later } = withLater(
    config,
    reserveRule,
    (rule) => rankCapacity(config, model, gpu, rule, draft),
  );
  const maxSequences = capacity.stateSequences ?? asked;
  const blocks = memory.num_gpu_blocks ?? capacity.blocks;
  const { groups } = capacity;
  const blockTokens = Math.min(...groups.map((group) => group.blockTokens));
  const kvTokens = Math.floor(blocks / groups.length) * blockTokens;
  const ownBytes = kvBytesPerToken(shape, kvBytesPerElement);
  const holds = (tokens: number) =>
    ownBytes === 0 ? maxSequences : blocks / sequenceBlocks(groups, tokens, maxTokensPerStep);
  // A sequence is on one attention rank, whatever room the others have.
  const fits = (tokens: number) => holds(tokens) >= ranks;
  const { tokens: maxModelTokens, notices } = longestSequence(config, model, isOneOfSeveral, fits);
  return {
    model,
    gpu,
    gpus: gpus * pipeline_parallel_size,
    ...(draft && { draft }),
    weightBytes: weightBytes(shape, weights ?? weightBytesPerElement),
    reserveBytes: capacity.reserveBytes,
    reserveRule,
    kvBytesPerToken: ownBytes,
    stateBytesPerSequence: stateBytesPerSequence(shape),
    fullAttentionLayers: fullAttentionLayers(shape),
    kv: {
      blocks,
      groups,
      fixedMemoryShare: capacity.fixedMemoryShare,
      kvMemoryShare: capacity.kvMemoryShare,
    },
    kvTokens,
    maxModelTokens,
    sequenceKvBytes: heldKvBytes(shape, kvBytesPerElement, maxModelTokens, memory.block_size),
    maxConcurrency: holds(maxModelTokens),
    maxSequences,
    notices: [
      ...model.notices,
      ...(memory.reserve_rule === null ? assumedRule(config, shape.name, reserveRule) : []),
      ...(later > LATER_COUNTS ? [moreRoom(shape.name, reserveRule!, config, later)] : []),
      ...(groups.length > 1 ? [windowsCount(shape.name)] : []),
      ...assumedLink(config, shape.name, gpu),
      ...(maxSequences < asked ? [fewStates(shape.name, maxSequences, asked)] : []),
      ...notices,
      ...attentionRankNotices(config, shape),
      ...(draft === undefined ? [] : draftMemory(draft)),
    ],
  };
}

const windowsCount = (name: string) =>
  `${name}: layers with an attention window hold the blocks that it touches, which a run reckons at the ` +
  `mean length of its requests`;

/** Says what connects more GPUs than a machine has where no machines are given. */
function assumedLink(
  { parallelization, cluster }: Configuration,
  name: string,
  { link }: Gpu,
): string[] {
  const { tensor_parallel_size: tensor, pipeline_parallel_size: stages } = parallelization;
  const { gpus } = nodeNamed(DEFAULT_NODE);
  if (cluster.nodes.length > 0 || tensor * stages <= gpus) return [];
  const speed = `${link.bytesPerSecond / 1e9} GB/s each way over ${link.kind}`;
  const what = tensor > gpus
    ? `tensor parallelism over ${tensor} GPUs, more than the ${gpus} of a machine, assumes the link of one ` +
      `machine among all of them`
    : `the ${stages} pipeline stages take ${
      tensor * stages
    } GPUs, more than the ${gpus} of a machine, ` +
      `and are assumed to pass activations by the link of one`;
  return [`${name}: ${what}, ${speed}; cluster.nodes says what machines there are`];
}

/** How attention ranks with requests of their own are modelled. */
function attentionRankNotices(
  { parallelization }: Configuration,
  { name, layers }: ConfiguredModel["shape"],
): string[] {
  const { data_parallel_attention: ranks, tensor_parallel_size: gpus } = parallelization;
  if (ranks === 1) return [];
  const hasExperts = layers.some(({ feedForward }) => feedForward?.kind === "experts");
  return [
    `${name}: attention on ${ranks} ranks with requests of their own` +
    (hasExperts ? `, experts spread over all ${gpus} GPUs` : "") +
    ": requests, contexts and KV blocks are reckoned as spread evenly over the ranks, which step " +
    "together; limits of the scheduler are those of all ranks, and a rank that is full while others " +
    "have room is not modelled",
  ];
}

const fewStates = (name: string, sequences: number, asked: number) =>
  `${name}: states of ${sequences} sequences fit beside the weights, fewer than scheduler.max_num_seqs ` +
  `${asked}`;

/** A longest sequence, and what a user should know of it. */
interface LongestSequence {
  readonly tokens: number;
  readonly notices: readonly string[];
}

/**
 * The longest sequence: as asked for, else the model's own; beyond what the KV cache holds it is an error
 * where it was asked for, and else a notice, since shorter requests are served.
 *
 * @param fits Whether the KV cache holds a sequence of a length.
 */
function longestSequence(
  { model }: Configuration,
  { shape: { name, maxPositions } }: ConfiguredModel,
  isOneOfSeveral: boolean,
  fits: (tokens: number) => boolean,
): LongestSequence {
  const { max_model_len: asked } = model;
  const isNumber = typeof asked === "number";
  if (isNumber && asked > maxPositions && !isOneOfSeveral) {
    throw new ConfigError([
      `Cannot read "model.max_model_len" as tokens that ${name} can hold in its longest ` +
      `sequence: current value is ${asked} (allowed: up to ${maxPositions})`,
    ]);
  }
  const tokens = isNumber ? Math.min(asked, maxPositions) : maxPositions;
  const notices = isNumber && asked > tokens
    ? [
      `${name}: model.max_model_len ${asked} is beyond its longest sequence of ${tokens} tokens, ` +
      `which counts`,
    ]
    : [];
  if (fits(tokens)) return { tokens, notices };
  const largest = largestThat(fits, tokens);
  if (asked === "auto" && largest > 0) {
    const cut =
      `${name}: model.max_model_len auto is ${largest} tokens, which the KV cache holds of ` +
      `one sequence, of ${tokens} that the model could`;
    return { tokens: largest, notices: [...notices, cut] };
  }
  if (isNumber && !isOneOfSeveral) {
    throw new ConfigError([
      `Cannot read "model.max_model_len" as tokens that the KV cache holds of one sequence of ` +
      `${name}: current value is ${tokens} (allowed: up to ${largest}, which auto takes)`,
    ]);
  }
  const short =
    `${name}: the KV cache holds ${largest} tokens of one sequence, fewer than the model's ` +
    `longest of ${tokens}: vLLM starts with --max-model-len ${largest} at most ` +
    `(model.max_model_len: auto takes it), and requests that do not fit are turned away`;
  return { tokens, notices: [...notices, short] };
}

/** The largest number from 1 to `most` that fits, where smaller ones do; 0 if none does. */
function largestThat(fits: (count: number) => boolean, most: number): number {
  let low = 0, high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
