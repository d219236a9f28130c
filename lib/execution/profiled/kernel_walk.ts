import { attentionKernel, defaultAttentionKernel } from "../../hardware/attention_kernels.ts";
import { layerGroups } from "../../models/transformer.ts";
import { type BlockWalk, blockWalk, type WalkedHeads } from "../block_walk.ts";
import { profileGpu } from "./profile_facts.ts";
import type { ProfiledOptions } from "./profiled_options.ts";

/** The busiest block of the kernel that runs, on the profile's GPU; empty where its blocks are equal. */
export function kernelWalk(
  { profile, attentionKernel: wanted = profile.attentionKernel }: ProfiledOptions,
  heads: WalkedHeads,
): { readonly walk?: BlockWalk } {
  const gpu = profileGpu(profile);
  if (gpu === undefined) return {};
  const kernel = attentionKernel(wanted ?? defaultAttentionKernel(gpu.generation));
  const walk = blockWalk(kernel, gpu, heads);
  return walk === undefined ? {} : { walk };
}

/**
 * The busiest blocks of all layers of a model of several kinds, one after the other: those with keys and
 * values per head. Kernels of latents and of an indexer's choice have rules of their own.
 *
 * @param ranks GPUs that share a layer's attention.
 */
export function kindsWalk(
  options: ProfiledOptions,
  ranks: number,
): { readonly walk?: BlockWalk } {
  const walks: { readonly count: number; readonly walk: BlockWalk }[] = [];
  for (const { layer: { mixer }, count } of layerGroups(options.shape.layers)) {
    if (mixer?.kind !== "attention" || mixer.indexer !== undefined) continue;
    const kvHeads = Math.max(1, mixer.kvHeads / ranks);
    const { walk } = kernelWalk(options, { ...mixer, kvHeads });
    if (walk !== undefined) walks.push({ count, walk });
  }
  if (walks.length === 0) return {};
  const sum = (of: (walk: BlockWalk) => number) =>
    walks.reduce((total, { count, walk }) => total + count * of(walk), 0);
  return {
    walk: {
      seconds: (sequences, longest) => sum((walk) => walk.seconds(sequences, longest)),
      slope: (sequences, longest) => sum((walk) => walk.slope(sequences, longest)),
      endTokens: (longest) => Math.min(...walks.map(({ walk }) => walk.endTokens(longest))),
    },
  };
}
