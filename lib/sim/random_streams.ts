/** A source of random numbers. Whoever draws takes one as an argument; there is no default. */
export interface RandomStream {
  /** Next number, uniform in [0, 1), a multiple of 2^-53. */
  next(): number;
}

/** Hands out independent, reproducible streams by name. */
export interface RandomStreams {
  /**
   * The stream of `name`: always the same numbers for the same seed, replication and name.
   *
   * @throws {RangeError} If the name is empty or was taken before: two users of one stream would
   *   see each other's draws.
   */
  take(name: string): RandomStream;
}

/** 2^-53: the distance between neighbouring draws. */
const UNIT = 1.1102230246251565e-16;

/**
 * xoshiro128++ with 53-bit output made of two 32-bit draws.
 *
 * @source D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM
 *   Transactions on Mathematical Software 47 (4), 2021; reference code https://prng.di.unimi.it/xoshiro128plusplus.c
 */
class Xoshiro128PlusPlus implements RandomStream {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(state: readonly [number, number, number, number]) {
    [this.a, this.b, this.c, this.d] = state;
  }

  // Both steps are written out on locals: one call per number, no intermediate objects.
  next(): number {
    let { a, b, c, d } = this;
    let sum = (a + d) | 0;
    const high = (((sum << 7) | (sum >>> 25)) + a) >>> 5;
    let t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    sum = (a + d) | 0;
    const low = (((sum << 7) | (sum >>> 25)) + a) >>> 6;
    t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
    return (high * 0x4000000 + low) * UNIT;
  }
}

/**
 * MurmurHash3 (x86, 32 bit) of whole 32-bit words.
 *
 * @source A. Appleby, https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */
function hashWords(words: Uint32Array, seed: number): number {
  let h = seed | 0;
  for (let i = 0; i < words.length; i++) {
    let k = Math.imul(words[i], 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h ^= words.length * 4;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function checkWhole(value: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(
      `Cannot use ${what} as a whole number from 0 to 2^53 - 1: current value is ${value}`,
    );
  }
}

/**
 * Random streams of one replication. Each name has its own generator whose 128-bit state is a hash
 * of (seed, replication, name), so that adding a stream or drawing more from one of them leaves all
 * the others unchanged. Two streams start at unrelated points of a cycle of 2^128 - 1 numbers: the
 * chance that two of a million streams of 10^12 draws overlap is below 10^-13.
 *
 * @param seed Whole number from 0 to 2^53 - 1.
 * @param replication Number of the replication, a whole number >= 0.
 * @throws {RangeError} If seed or replication is not such a number.
 *
 * @example
 * ```ts
 * import { randomStreams } from "simfaasinfer/workload";
 *
 * const streams = randomStreams(42);
 * const arrivals = streams.take("arrivals");
 * const gapSeconds = -Math.log(1 - arrivals.next()) / 32;
 * ```
 */
export function randomStreams(seed: number, replication = 0): RandomStreams {
  checkWhole(seed, "seed");
  checkWhole(replication, "replication");
  const taken = new Set<string>();
  return {
    take(name) {
      if (name === "" || taken.has(name)) {
        throw new RangeError(
          `Cannot take a random stream as a name not taken before: current value is "${name}"`,
        );
      }
      taken.add(name);
      const words = new Uint32Array(4 + name.length);
      words.set([seed, seed / 2 ** 32, replication, replication / 2 ** 32]);
      for (let i = 0; i < name.length; i++) words[4 + i] = name.charCodeAt(i);
      // The four lanes' seeds are the fractional digits of pi, "nothing up my sleeve" numbers.
      const state: [number, number, number, number] = [
        hashWords(words, 0x243f6a88),
        hashWords(words, 0x85a308d3),
        hashWords(words, 0x13198a2e),
        hashWords(words, 0x03707344),
      ];
      // The all-zero state is the generator's one fixed point.
      if ((state[0] | state[1] | state[2] | state[3]) === 0) state[0] = 1;
      return new Xoshiro128PlusPlus(state);
    },
  };
}
