import { layerKvBytesPerToken, layerWindowTokens } from "../models/kv_bytes_per_token.ts";
import { type Layer, layerGroups, type TransformerShape } from "../models/transformer.ts";

/**
 * Layers that have their KV blocks in common: a block of the pool holds so many tokens of each of them. A
 * sequence has blocks in every group, and in a group with a window only those that the window touches.
 */
export interface KvGroup {
  /** Tokens that the group's layers attend to; 0 for all. */
  readonly windowTokens: number;
  /** The window is a chunk of the sequence. */
  readonly isChunked: boolean;
  /** Tokens of one of its blocks. */
  readonly blockTokens: number;
}

/** The blocks of a model: their groups, and bytes of one on one tensor rank of each pipeline stage. */
export interface KvLayout {
  readonly groups: readonly KvGroup[];
  /** Bytes of a block by stage. */
  readonly blockBytes: readonly number[];
}

interface Page {
  readonly bytes: number;
  readonly windowTokens: number;
  readonly isChunked: boolean;
}

/** Groups may be filled up to the largest where it has at most so much more layers than the smallest. */
const PADDED_UP_TO = 1.25;

/**
 * Groups layers as vLLM's hybrid KV-cache manager does: those of one kind go to groups of one size, which
 * is the number of layers of the rarest kind; smaller entries get longer blocks. Without windows, and
 * where entries are no multiples of each other, all layers are one group.
 *
 * @param stages Layers of each pipeline stage.
 * @param bytesPerElement Of the KV cache.
 * @param ranks Tensor ranks, >= 1.
 * @source https://github.com/vllm-project/vllm vllm/v1/core/kv_cache_utils.py: get_kv_cache_groups,
 * unify_kv_cache_spec_page_size, _get_kv_cache_groups_uniform_page_size
 */
export function kvLayout(
  stages: readonly (readonly Layer[])[],
  bytesPerElement: number,
  ranks: number,
  blockTokens: number,
): KvLayout {
  const pages = stages.map((layers) =>
    layers.map((layer) => pageOf(layer, bytesPerElement, ranks, blockTokens)).filter((page) =>
      page.bytes > 0
    )
  );
  const all = pages.flat();
  const largest = Math.max(0, ...all.map(({ bytes }) => bytes));
  const isHybrid = all.some(({ windowTokens }) => windowTokens > 0) &&
    all.every(({ bytes }) => Number.isInteger(largest / bytes));
  if (!isHybrid) {
    const sums = pages.map((stage) => stage.reduce((sum, { bytes }) => sum + bytes, 0));
    return { groups: [{ windowTokens: 0, isChunked: false, blockTokens }], blockBytes: sums };
  }
  const kinds = new Map<string, Page[]>();
  for (const page of all) {
    const key = JSON.stringify(page);
    kinds.set(key, [...kinds.get(key) ?? [], page]);
  }
  const counts = [...kinds.values()].map((of) => of.length);
  const fewest = Math.min(...counts), most = Math.max(...counts);
  const size = most < fewest * PADDED_UP_TO ? most : fewest;
  const groups: KvGroup[] = [];
  /** Layers of each group by stage. */
  const held: number[][] = [];
  for (const [key, [{ bytes, windowTokens, isChunked }]] of kinds) {
    const count = Math.ceil(kinds.get(key)!.length / size);
    const first = groups.length;
    for (let i = 0; i < count; i++) {
      groups.push({ windowTokens, isChunked, blockTokens: blockTokens * largest / bytes });
      held.push(stages.map(() => 0));
    }
    // Layers are dealt in turn, so that the stages of a pipeline have about as many of each group.
    let next = 0;
    pages.forEach((stage, s) =>
      stage.forEach((page) => {
        if (JSON.stringify(page) === key) held[first + next++ % count][s]++;
      })
    );
  }
  // On one stage a group that lacks layers is filled up; its blocks are of one size all the same.
  const blockBytes = stages.map((_, s) =>
    largest * (stages.length === 1 ? size : Math.max(...held.map((of) => of[s])))
  );
  return { groups, blockBytes };
}

function pageOf(layer: Layer, bytesPerElement: number, ranks: number, blockTokens: number): Page {
  const { mixer } = layer;
  const hasWindow = mixer?.kind === "attention" && mixer.windowTokens > 0;
  return {
    bytes: blockTokens * layerKvBytesPerToken(layer, bytesPerElement, ranks),
    windowTokens: hasWindow ? mixer.windowTokens : 0,
    isChunked: hasWindow && mixer.isChunked === true,
  };
}

/**
 * Blocks of the pool that one sequence holds of all groups.
 *
 * @param tokens Its length, >= 1.
 * @param stepTokens Tokens of it that a step may add, all of which a window's blocks hold at once: 1 while
 * it decodes.
 * @source vLLM, kv_cache_interface.py: max_memory_usage_bytes of FullAttentionSpec, SlidingWindowSpec and
 * ChunkedLocalAttentionSpec
 */
export function sequenceBlocks(
  groups: readonly KvGroup[],
  tokens: number,
  stepTokens = 1,
): number {
  return groups.reduce((sum, { windowTokens, isChunked, blockTokens }) => {
    const all = Math.ceil(tokens / blockTokens);
    if (windowTokens === 0) return sum + all;
    const held = isChunked
      ? Math.ceil(Math.min(windowTokens + stepTokens, tokens) / blockTokens)
      : Math.ceil(Math.min(windowTokens - 1 + stepTokens, tokens) / blockTokens) + 1;
    // A step that fills the model's length may still straddle one block more.
    return sum + (stepTokens > 1 ? held : Math.min(held, all));
  }, 0);
}

/**
 * Bytes of the KV entries of one sequence while it decodes, all layers, in one copy: whole blocks, and of
 * layers with a window those that it can touch.
 */
export function heldKvBytes(
  { layers }: TransformerShape,
  bytesPerElement: number,
  tokens: number,
  blockTokens: number,
): number {
  const upTo = (count: number) => blockTokens * Math.ceil(count / blockTokens);
  return layerGroups(layers).reduce((sum, { layer, count }) => {
    const window = layerWindowTokens(layer);
    const held = window === 0 ? tokens : Math.min(tokens, upTo(window - 1) + blockTokens);
    return sum + count * upTo(held) * layerKvBytesPerToken(layer, bytesPerElement);
  }, 0);
}
