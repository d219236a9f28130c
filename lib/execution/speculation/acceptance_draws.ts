import type { RandomStream } from "../../sim/random_streams.ts";
import type { AcceptanceLaw } from "./acceptance.ts";

/** Draws how many drafted tokens of a request are accepted. */
export interface AcceptanceDraws {
  /**
   * Accepted ones of `draftTokens` tokens drafted behind a request's `position` output tokens. The
   * same request and position always give the same draw, of which a shorter draft sees the beginning:
   * policies are compared on common random numbers, and a request that is computed again elsewhere
   * accepts what it would have.
   */
  accepted(request: number, position: number, draftTokens: number): number;
  /** Whether a draft was found where none would be accepted, with probability `found`. */
  isFound(request: number, position: number, found: number): boolean;
}

const TWO_32 = 4294967296;

/** Draws by a law, from a stream of which two numbers are taken. */
export function acceptanceDraws(law: AcceptanceLaw, stream: RandomStream): AcceptanceDraws {
  const survival = Float64Array.from(law.survival);
  const key = Math.floor(stream.next() * TWO_32) | 0;
  const otherKey = Math.floor(stream.next() * TWO_32) | 0;
  return {
    accepted(request, position, draftTokens) {
      const u = hash(key, request, position) / TWO_32;
      const most = draftTokens < survival.length ? draftTokens : survival.length;
      let accepted = 0;
      while (accepted < most && u < survival[accepted]) accepted++;
      return accepted;
    },
    isFound: (request, position, found) => hash(otherKey, request, position) / TWO_32 < found,
  };
}

/**
 * 32 bits that depend on all bits of three whole numbers: MurmurHash3 of two words with a seed.
 *
 * @source A. Appleby, https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
function hash(seed: number, first: number, second: number): number {
  let h = mixed(seed, first);
  h = mixed(h, second) ^ 8;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function mixed(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const sum = h ^ Math.imul(k, 0x1b873593);
  return (Math.imul((sum << 13) | (sum >>> 19), 5) + 0xe6546b64) | 0;
}
