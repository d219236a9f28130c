import type { PrefixBlocks } from "../../workload/request_table.ts";

/**
 * The identities of a request's KV blocks, in the engine's block size. Identities of a trace with
 * larger blocks are subdivided; those with smaller blocks are taken at each full engine block.
 */
export interface PrefixIdentity {
  /** Blocks of `request` that have an identity. A workload may go beyond the prompt, into the output. */
  blocks(request: number): number;
  /** Identity of block `index` of `request`: equal numbers mean equal tokens up to the block's end. */
  block(request: number, index: number): number;
}

/** Dense numbers for arbitrary hashes, so that subdividing them stays exact in a float64. */
function intern(hashes: Float64Array): Float64Array {
  const ids = new Map<number, number>();
  return hashes.map((hash) => {
    let id = ids.get(hash);
    if (id === undefined) ids.set(hash, id = ids.size);
    return id;
  });
}

/**
 * Reads a workload's prefix hashes in blocks of `blockTokens`.
 *
 * @throws {RangeError} If neither block size divides the other.
 */
export function prefixIdentity(prefix: PrefixBlocks, blockTokens: number): PrefixIdentity {
  const { offsets } = prefix;
  if (prefix.blockTokens % blockTokens === 0) {
    const parts = prefix.blockTokens / blockTokens;
    const hashes = parts === 1 ? prefix.hashes : intern(prefix.hashes);
    return {
      blocks: (request) => (offsets[request + 1] - offsets[request]) * parts,
      block(request, index) {
        const whole = Math.floor(index / parts);
        return hashes[offsets[request] + whole] * parts + (index - whole * parts);
      },
    };
  }
  if (blockTokens % prefix.blockTokens === 0) {
    const parts = blockTokens / prefix.blockTokens;
    const { hashes } = prefix;
    return {
      blocks: (request) => Math.floor((offsets[request + 1] - offsets[request]) / parts),
      block: (request, index) => hashes[offsets[request] + (index + 1) * parts - 1],
    };
  }
  throw new RangeError(
    `Cannot read prefix hashes of ${prefix.blockTokens}-token blocks as KV blocks: current value is ${blockTokens}`,
  );
}
