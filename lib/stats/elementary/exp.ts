import { INVERSE_LN2, LN2, over, type Pair, pair, plus, sum, times } from "./pair.ts";
import { POWERS } from "./powers.ts";

/** Above this exp overflows; below `LOWEST` it is 0. */
const HIGHEST = 709.782712893384;
const LOWEST = -745.1332191019412;
/** Below this exp has fewer than 53 bits. */
const SMALLEST_NORMAL = -708.3;
/** Pieces into which the table divides a power of two. */
const PIECES = 64;
/** Bound on the relative error of the quick sum: 2^-64. */
const QUICK_ERROR = 2 ** -64;

/** 2^(j / 64) as pairs, each made at its first use; 0 before. */
const tableHigh = new Float64Array(PIECES);
const tableLow = new Float64Array(PIECES);

/**
 * The exponential function, rounded to the nearest number: the same bytes in every engine, where
 * `Math.exp` may differ in the last bit.
 *
 * A sum of 64 bits comes first; only where it lies too near the middle of two numbers to tell which is
 * nearer are 100 bits computed.
 *
 * @source P.-T. P. Tang, "Table-driven implementation of the exponential function in IEEE
 *   floating-point arithmetic", ACM Transactions on Mathematical Software 15 (2), 1989: the table.
 * @source A. Ziv, "Fast evaluation of elementary mathematical functions with correctly rounded last
 *   bit", ACM Transactions on Mathematical Software 17 (3), 1991: the second try.
 *
 * @example
 * ```ts
 * import { exp } from "./mod.ts";
 *
 * console.log(exp(1)); // 2.718281828459045
 * ```
 */
export function exp(x: number): number {
  if (!(x <= HIGHEST)) return x > HIGHEST ? Infinity : NaN;
  if (x < SMALLEST_NORMAL) return x < LOWEST ? 0 : exactExp(x);
  // x = t ln 2 + r, t a multiple of 1/64.
  const pieces = (x * (INVERSE_LN2 * PIECES) + (x < 0 ? -0.5 : 0.5)) | 0;
  const t = pieces / PIECES;
  const j = pieces & (PIECES - 1);
  const a = x - t * LN2[0];
  const b = t * LN2[1];
  const r = a - b;
  const back = a - r;
  const rest = back - b + (a - (r + back)) - t * LN2[2];
  const curve = r * r *
    (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r / 5040)))));
  if (tableHigh[j] === 0) fillTable(j);
  const high = tableHigh[j];
  const low = tableLow[j];
  // high (1 + r + rest + curve) + low (1 + r), its largest parts exactly.
  const wideHigh = high * 134217729;
  const wideR = r * 134217729;
  const highHigh = wideHigh - (wideHigh - high);
  const rHigh = wideR - (wideR - r);
  const highLow = high - highHigh;
  const rLow = r - rHigh;
  const p = high * r;
  const pRest = highLow * rLow - (p - highHigh * rHigh - highLow * rHigh - highHigh * rLow);
  const s = high + p;
  const tail = p - (s - high) + (pRest + (low + low * r + high * (rest + curve)));
  const error = QUICK_ERROR * s;
  const value = s + (tail + error);
  return value === s + (tail - error) ? scaled(value, (pieces - j) / PIECES) : exactExp(x);
}

/**
 * exp(x) - 1 without cancellation near 0, rounded to the nearest number; the same bytes in every
 * engine. For a few calls, not for inner loops.
 *
 * @example
 * ```ts
 * import { expm1 } from "./mod.ts";
 *
 * console.log(expm1(1e-20)); // 1e-20
 * ```
 */
export function expm1(x: number): number {
  if (!(x <= HIGHEST)) return x > HIGHEST ? Infinity : NaN;
  if (x < -40) return -1;
  if (Math.abs(x) < 1e-17) return x;
  if (Math.abs(x) < 0.7) return times(pair(x), seriesBehind(pair(x))).high;
  const k = Math.round(x * INVERSE_LN2);
  const power = expSmall(reduced(x, k));
  // Beyond 2^120 a 1 is below the last bit of the pair.
  if (k > 120) return scaled(power.high, k);
  const factor = POWERS[k + 1022];
  return plus({ high: power.high * factor, low: power.low * factor }, pair(-1)).high;
}

function fillTable(j: number): void {
  const t = j / PIECES;
  const { high, low } = expSmall(plus(sum(t * LN2[0], t * LN2[1]), pair(t * LN2[2])));
  tableHigh[j] = high;
  tableLow[j] = low;
}

function exactExp(x: number): number {
  const k = Math.round(x * INVERSE_LN2);
  const power = expSmall(reduced(x, k));
  return x < SMALLEST_NORMAL ? subnormal(power, k) : scaled(power.high, k);
}

/** value 2^k to the nearest multiple of 2^-1074, to the even one from the middle. */
function subnormal({ high, low }: Pair, k: number): number {
  const unit = POWERS[k + 1074 + 1022];
  const whole = Math.floor(high * unit);
  const aboveMiddle = high * unit - whole - 0.5 + low * unit;
  const isUp = aboveMiddle > 0 || (aboveMiddle === 0 && whole % 2 === 1);
  return (isUp ? whole + 1 : whole) * Number.MIN_VALUE;
}

/** x - k ln 2. */
function reduced(x: number, k: number): Pair {
  return plus(sum(x - k * LN2[0], -k * LN2[1]), pair(-k * LN2[2]));
}

/** e^r for |r| <= 0.7. */
function expSmall(r: Pair): Pair {
  return plus(pair(1), times(r, seriesBehind(r)));
}

/** (e^r - 1) / r for |r| <= 0.7: 1 + r/2 (1 + r/3 (1 + ...)). */
function seriesBehind(r: Pair): Pair {
  let series = pair(1);
  for (let n = 27; n >= 2; n--) series = plus(pair(1), over(times(r, series), n));
  return series;
}

/** value 2^k; value from 0.5 to 2, k from -1022. */
function scaled(value: number, k: number): number {
  return k > 1023 ? value * 2 * POWERS[2045] : value * POWERS[k + 1022];
}
