import { POWERS } from "./powers.ts";
import { LN2, over, type Pair, pair, plus, quotient, sum, times } from "./pair.ts";

const [LN2_HIGH, LN2_MIDDLE, LN2_LOW] = LN2;
/** One number and its two halves. */
const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);
/** The half with sign and exponent. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** Pieces into which the table divides the numbers from 1 to 2; those above sqrt(2) are halved. */
const PIECES = 128;
const FIRST_HALVED = 53;
/** Bound on the error of the quick sum, relative to the logarithm: 2^-62. */
const QUICK_ERROR = 2 ** -62;
/** Of each piece about 1 / x in 11 bits; 0: the piece is not made yet. */
const inverses = new Float64Array(PIECES);
/** Minus the logarithm of each inverse, as a multiple of 2^-42 and the rest. */
const tableHigh = new Float64Array(PIECES);
const tableLow = new Float64Array(PIECES);

/**
 * Natural logarithm, rounded to the nearest number: the same bytes in every engine, where `Math.log`
 * may differ in the last bit. As in `exp`, 100 bits are computed only where the quick sum of 62 bits
 * cannot tell which number is nearest.
 *
 * @param x >= 0; NaN otherwise.
 * @source P.-T. P. Tang, "Table-driven implementation of the logarithm function in IEEE floating-point
 *   arithmetic", ACM Transactions on Mathematical Software 16 (4), 1990: the table.
 *
 * @example
 * ```ts
 * import { log } from "./mod.ts";
 *
 * console.log(log(10)); // 2.302585092994046
 * ```
 */
export function log(x: number): number {
  number[0] = x;
  const word = halves[HIGH];
  // Below 2^-1021, from 2^1022 on, negative, not a number.
  if (((word - 0x200000) >>> 0) >= 0x7fb00000) return logOfExtreme(x);
  const piece = (word >> 13) & (PIECES - 1);
  const k = (word >> 20) - 1023 + (piece >= FIRST_HALVED ? 1 : 0);
  // x = 2^k m = 2^k (1 + z) / inverse. Each sum below is of a larger part and a smaller one, so that
  // what it rounds off is exact in two steps.
  const m = x * POWERS[1022 - k];
  if (inverses[piece] === 0) fillTable(piece);
  const inverse = inverses[piece];
  const wide = m * 134217729;
  const mHigh = wide - (wide - m);
  const larger = mHigh * inverse - 1;
  const smaller = (m - mHigh) * inverse;
  const z = larger + smaller;
  const zRest = smaller - (z - larger);
  const square = z * z;
  const first = k * LN2_HIGH + tableHigh[piece];
  const second = first + z;
  const third = second - square / 2;
  const tail = z - (second - first) + (second - third - square / 2) +
    (k * LN2_MIDDLE + tableLow[piece] + (zRest + (curve(z, square) - z * zRest)));
  const error = QUICK_ERROR * third;
  const value = third + (tail + error);
  return value === third + (tail - error) ? value : scaledLog(sum(m, -1), k);
}

/** log(1 + z) - z + z^2 / 2, where `square` is z^2 rounded and its half is meant: to 2^-75. */
function curve(z: number, square: number): number {
  const wide = z * 134217729;
  const high = wide - (wide - z);
  const low = z - high;
  const squareRest = high * high - square + 2 * high * low + low * low;
  const odd = 1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9)));
  const even = 1 / 4 + square * (1 / 6 + square * (1 / 8 + square * (1 / 10)));
  return square * z * (odd - z * even) - squareRest / 2;
}

/** The logarithm where a number is too small or too large to be scaled in one step, or is none. */
function logOfExtreme(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const shift = x < 1 ? 100 : -100;
  number[0] = x * 2 ** shift;
  const k = (halves[HIGH] >> 20) - 1023;
  const m = number[0] / 2 ** k;
  return m > Math.SQRT2
    ? scaledLog(sum(m / 2, -1), k + 1 - shift)
    : scaledLog(sum(m, -1), k - shift);
}

/**
 * log(1 + x) without cancellation near 0, rounded to the nearest number; the same bytes in every
 * engine. For a few calls, not for inner loops.
 *
 * @param x >= -1; NaN otherwise.
 *
 * @example
 * ```ts
 * import { log1p } from "./mod.ts";
 *
 * console.log(log1p(1e-20)); // 1e-20
 * ```
 */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x > 2 ** 60) return log(x);
  if (Math.abs(x) < 1e-17) return x;
  if (x > -0.3 && x < 0.42) return logOnePlus(pair(x)).high;
  const { high, low } = sum(1, x);
  number[0] = high;
  const k = (halves[HIGH] >> 20) - 1023 +
    (high / 2 ** ((halves[HIGH] >> 20) - 1023) > Math.SQRT2 ? 1 : 0);
  return scaledLog(plus(sum(high / 2 ** k, -1), pair(low / 2 ** k)), k);
}

function fillTable(piece: number): void {
  const isHalved = piece >= FIRST_HALVED;
  const middle = (1 + (piece + 0.5) / PIECES) / (isHalved ? 2 : 1);
  // Next to 1 the inverse is 1: z is then exact, and small logarithms keep their bits.
  const isNextToOne = piece === 0 || piece === PIECES - 1;
  const inverse = isNextToOne ? 1 : Math.round(1024 / middle) / 1024;
  const { high, low } = logOnePlus(pair(inverse - 1));
  inverses[piece] = inverse;
  if (isNextToOne) return;
  tableHigh[piece] = -Math.round(high * 2 ** 42) / 2 ** 42;
  tableLow[piece] = -(high + tableHigh[piece] + low);
}

/** k ln 2 + log(1 + f), f from -0.3 to 0.42. */
function scaledLog(f: Pair, k: number): number {
  const turns = plus(sum(k * LN2_HIGH, k * LN2_MIDDLE), pair(k * LN2_LOW));
  return plus(turns, logOnePlus(f)).high;
}

/** log(1 + f) = 2 s (1 + s^2/3 + s^4/5 + ...) with s = f / (2 + f), for f from -0.3 to 0.42. */
function logOnePlus(f: Pair): Pair {
  const s = quotient(f, plus(pair(2), f));
  const square = times(s, s);
  let series = pair(0);
  for (let n = 45; n >= 1; n -= 2) series = plus(over(pair(1), n), times(square, series));
  const half = times(s, series);
  return { high: 2 * half.high, low: 2 * half.low };
}
