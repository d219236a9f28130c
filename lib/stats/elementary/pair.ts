/**
 * A number as the sum of two: `high` is the sum rounded to the nearest number, `low` the rest. About
 * 104 bits.
 *
 * @source T. J. Dekker, "A floating-point technique for extending the available precision",
 *   Numerische Mathematik 18, 1971.
 */
export interface Pair {
  readonly high: number;
  readonly low: number;
}

/**
 * ln 2 in three parts. The first two have 20 zeros at their end, so that multiples by integers up to
 * 2^20 are exact.
 */
export const LN2 = [0.6931471804855391, 7.440617109802979e-11, 2.0941744292700725e-21] as const;
/** 1 / ln 2. */
export const INVERSE_LN2 = 1.4426950408889634;

/** Splits a number into two of 26 bits. */
const SPLITTER = 2 ** 27 + 1;

/** The exact sum of two numbers. */
export function sum(a: number, b: number): Pair {
  const high = a + b;
  const added = high - a;
  return { high, low: a - (high - added) + (b - added) };
}

/** The exact product of two numbers below 2^996 in size. */
export function product(a: number, b: number): Pair {
  const high = a * b;
  const wideA = a * SPLITTER;
  const wideB = b * SPLITTER;
  const aHigh = wideA - (wideA - a);
  const bHigh = wideB - (wideB - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return { high, low: aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow) };
}

/** a + b. */
export function plus(a: Pair, b: Pair): Pair {
  const { high, low } = sum(a.high, b.high);
  const tail = sum(a.low, b.low);
  const first = sum(high, low + tail.high);
  return sum(first.high, first.low + tail.low);
}

/** a b. */
export function times(a: Pair, b: Pair): Pair {
  const { high, low } = product(a.high, b.high);
  return sum(high, low + (a.high * b.low + a.low * b.high));
}

/** a / divisor. */
export function over(a: Pair, divisor: number): Pair {
  const high = a.high / divisor;
  const back = product(high, divisor);
  return sum(high, (a.high - back.high - back.low + a.low) / divisor);
}

/** A number as a pair. */
export function pair(high: number): Pair {
  return { high, low: 0 };
}

/** a / b. */
export function quotient(a: Pair, b: Pair): Pair {
  const first = a.high / b.high;
  const rest = plus(a, times(b, pair(-first)));
  const second = rest.high / b.high;
  const last = plus(rest, times(b, pair(-second))).high / b.high;
  return plus(sum(first, second), pair(last));
}
