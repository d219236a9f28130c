import type { PrefixBlocks } from "./request_table.ts";

/** What `prefixBlocks` needs of each request. */
export interface PrefixContents {
  /** Tokens with an identity of each request. */
  readonly tokens: Int32Array;
  /** Number of the content that each request's tokens are the beginning of; equal ones share them. */
  readonly content: (request: number) => number;
  /** Number of contents. */
  readonly contents: number;
  /** Group whose shared prefix a content begins with. */
  readonly group?: ArrayLike<number>;
  /** Length of a group's prefix, tokens. */
  readonly groupTokens?: number;
  readonly blockTokens: number;
}

/**
 * Identities of the full blocks of prompts that are beginnings of contents, where contents begin with
 * a group's prefix and share nothing after it. Blocks are numbered, not hashed: within one workload
 * equal numbers are equal prefixes, without any chance of a false match.
 */
export function prefixBlocks(options: PrefixContents): PrefixBlocks {
  const { tokens, content, contents, group, groupTokens = 0, blockTokens } = options;
  const count = tokens.length;
  const shared = group === undefined ? 0 : Math.floor(groupTokens / blockTokens);
  // Blocks of a content beyond the shared ones are numbered from its own base on.
  const longest = new Int32Array(contents);
  const offsets = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) {
    const blocks = Math.floor(tokens[i] / blockTokens);
    const c = content(i);
    if (blocks > longest[c]) longest[c] = blocks;
    offsets[i + 1] = offsets[i] + blocks;
  }
  const base = new Float64Array(contents);
  let next = 0;
  if (group !== undefined) {
    for (let c = 0; c < contents; c++) {
      next = Math.max(next, group[c] + 1);
    }
  }
  next *= shared;
  for (let c = 0; c < contents; c++) {
    base[c] = next - shared;
    next += Math.max(0, longest[c] - shared);
  }
  const hashes = new Float64Array(offsets[count]);
  for (let i = 0; i < count; i++) {
    const c = content(i);
    const start = offsets[i];
    const blocks = offsets[i + 1] - start;
    const fromGroup = Math.min(shared, blocks);
    for (let k = 0; k < fromGroup; k++) hashes[start + k] = group![c] * shared + k;
    for (let k = fromGroup; k < blocks; k++) hashes[start + k] = base[c] + k;
  }
  return { blockTokens, offsets, hashes };
}
