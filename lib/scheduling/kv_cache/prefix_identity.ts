import type { PrefixBlocks } from "../../workload/request_table.ts";
import { type PrefixRuns, prefixRuns } from "./prefix_runs.ts";

/**
 * The identities of a request's KV blocks, in the engine's block size. Identities of a trace with
 * larger blocks are subdivided; those with smaller blocks are taken at each full engine block.
 */
export interface PrefixIdentity extends PrefixRuns {
  /** Blocks of `request` that have an identity. A workload may go beyond the prompt, into the output. */
  blocks(request: number): number;
}

/**
 * Reads a workload's prefix hashes in blocks of `blockTokens`.
 *
 * @throws {RangeError} If neither block size divides the other.
 */
export function prefixIdentity(prefix: PrefixBlocks, blockTokens: number): PrefixIdentity {
  const found = prefixRuns(prefix, blockTokens);
  const { offsets, ends } = found;
  return {
    ...found,
    blocks: (request) =>
      offsets[request + 1] > offsets[request] ? ends[offsets[request + 1] - 1] : 0,
  };
}
