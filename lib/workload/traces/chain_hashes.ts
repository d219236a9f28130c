/** Mixes one 32-bit word into a 32-bit state (one round of MurmurHash3). */
function mix(state: number, word: number, factor: number): number {
  let k = Math.imul(word, factor);
  k = (k << 15) | (k >>> 17);
  const h = state ^ Math.imul(k, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Spreads every bit of a state over the whole word (the last step of MurmurHash3). */
function finish(state: number): number {
  let h = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Identities of the full blocks of a prompt: each is a hash of all tokens up to the block's end, so
 * that equal numbers mean equal prefixes. 53 bits: among a million blocks the chance of a false match
 * is about 6e-5.
 *
 * @param tokens Token ids, whole numbers from 0 to 2^32 - 1.
 * @param blockTokens Tokens per block, >= 1.
 * @returns One hash per full block, a whole number below 2^53.
 */
export function chainHashes(tokens: ArrayLike<number>, blockTokens: number): Float64Array {
  const hashes = new Float64Array(Math.floor(tokens.length / blockTokens));
  let low = 0x243f6a88;
  let high = 0x85a308d3;
  for (let block = 0, i = 0; block < hashes.length; block++) {
    for (const end = i + blockTokens; i < end; i++) {
      low = mix(low, tokens[i], 0xcc9e2d51);
      high = mix(high, tokens[i], 0x239b961b);
    }
    hashes[block] = (finish(high) & 0x1fffff) * 2 ** 32 + (finish(low) >>> 0);
  }
  return hashes;
}
