import type { PrefixBlocks } from "../../workload/request_table.ts";

/**
 * A workload's prefixes as runs: a run is a chain of blocks after which no two prompts go on in
 * different ways, so that each prompt is a few runs, the last one perhaps in part. Columns by request
 * are in compressed rows.
 */
export interface PrefixRuns {
  /** The runs of request `i` stand in places `offsets[i] .. offsets[i + 1])`. Length count + 1. */
  readonly offsets: Uint32Array;
  /** Number of each run, from 0. */
  readonly runs: Int32Array;
  /** Blocks of the request up to the end of its part of the run. */
  readonly ends: Int32Array;
  /** By run: 1 when prompts of several requests go through it. */
  readonly isShared: Uint8Array;
  /** By request: blocks up to the end of the last shared run. */
  readonly sharedBlocks: Int32Array;
}

/** Blocks of the workload numbered from 0: as they are where that is small enough, or anew. */
function numbered(hashes: Float64Array): { nodes: ArrayLike<number>; count: number } {
  let highest = -1;
  let isSmall = true;
  const limit = 4 * hashes.length;
  for (let i = 0; i < hashes.length && isSmall; i++) {
    const hash = hashes[i];
    isSmall = Number.isInteger(hash) && hash >= 0 && hash < limit;
    if (hash > highest) highest = hash;
  }
  if (isSmall) return { nodes: hashes, count: highest + 1 };
  const ids = new Map<number, number>();
  const nodes = Int32Array.from(hashes, (hash) => {
    const id = ids.get(hash) ?? ids.size;
    if (id === ids.size) ids.set(hash, id);
    return id;
  });
  return { nodes, count: ids.size };
}

/** Every `parts`-th hash of each row, from the `parts`-th on: the identities of larger blocks. */
function thinned({ offsets, hashes }: PrefixBlocks, parts: number) {
  const count = offsets.length - 1;
  const thin = new Uint32Array(count + 1);
  const kept: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let k = offsets[i] + parts - 1; k < offsets[i + 1]; k += parts) kept.push(hashes[k]);
    thin[i + 1] = kept.length;
  }
  return { offsets: thin, hashes: Float64Array.from(kept) };
}

/**
 * Finds the runs of a workload in blocks of `blockTokens`. Takes time and memory in proportion to the
 * workload's blocks, once.
 *
 * @throws {RangeError} If neither block size divides the other.
 */
export function prefixRuns(prefix: PrefixBlocks, blockTokens: number): PrefixRuns {
  const isSubdivided = prefix.blockTokens % blockTokens === 0;
  if (!isSubdivided && blockTokens % prefix.blockTokens !== 0) {
    throw new RangeError(
      `Cannot read prefix hashes of ${prefix.blockTokens}-token blocks as KV blocks: current value is ${blockTokens}`,
    );
  }
  const parts = isSubdivided ? prefix.blockTokens / blockTokens : 1;
  const rows = isSubdivided ? prefix : thinned(prefix, blockTokens / prefix.blockTokens);
  const { nodes, count } = numbered(rows.hashes);
  return collectRuns(rows.offsets, nodes, parts, runStarts(rows.offsets, nodes, count));
}

/** By node: 1 when a run begins there, since prompts part before it or it begins a prompt. */
function runStarts(offsets: Uint32Array, nodes: ArrayLike<number>, count: number): Uint8Array {
  const UNSEEN = -2, ROOT = -1;
  const parent = new Int32Array(count).fill(UNSEEN);
  const child = new Int32Array(count).fill(UNSEEN);
  const starts = new Uint8Array(count);
  for (let i = 0; i + 1 < offsets.length; i++) {
    let before = ROOT;
    for (let k = offsets[i]; k < offsets[i + 1]; k++) {
      const node = nodes[k];
      if (parent[node] === UNSEEN) parent[node] = before;
      // Identities that are no chain have several blocks before them; each stands for itself then.
      else if (parent[node] !== before) starts[node] = 1;
      if (before === ROOT) {
        starts[node] = 1;
      } else if (child[before] === UNSEEN) {
        child[before] = node;
      } else if (child[before] !== node) {
        starts[child[before]] = 1;
        starts[node] = 1;
      }
      before = node;
    }
  }
  return starts;
}

function collectRuns(
  offsets: Uint32Array,
  nodes: ArrayLike<number>,
  parts: number,
  starts: Uint8Array,
): PrefixRuns {
  const count = offsets.length - 1;
  const runAt = new Int32Array(starts.length).fill(-1);
  const rowOffsets = new Uint32Array(count + 1);
  const runs: number[] = [];
  const ends: number[] = [];
  const firstUser: number[] = [];
  const isShared: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let k = offsets[i]; k < offsets[i + 1]; k++) {
      const node = nodes[k];
      const blocks = (k - offsets[i] + 1) * parts;
      if (starts[node] === 0) {
        ends[ends.length - 1] = blocks;
        continue;
      }
      let run = runAt[node];
      if (run < 0) {
        run = runAt[node] = firstUser.length;
        firstUser.push(i);
        isShared.push(0);
      } else if (firstUser[run] !== i) {
        isShared[run] = 1;
      }
      runs.push(run);
      ends.push(blocks);
    }
    rowOffsets[i + 1] = runs.length;
  }
  const sharedBlocks = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    for (let place = rowOffsets[i]; place < rowOffsets[i + 1]; place++) {
      if (isShared[runs[place]] === 1) sharedBlocks[i] = ends[place];
    }
  }
  return {
    offsets: rowOffsets,
    runs: Int32Array.from(runs),
    ends: Int32Array.from(ends),
    isShared: Uint8Array.from(isShared),
    sharedBlocks,
  };
}
