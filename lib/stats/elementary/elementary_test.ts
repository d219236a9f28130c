import { equal, ok, throws } from "#assert";
import { cos, exp, expm1, log, log1p } from "./mod.ts";

// The reference: integers in units of 2^-BITS, far finer than a float64.
const BITS = 1300n;
const ONE = 1n << BITS;

/** A float64 in units of 2^-BITS: exact, since the smallest one is 2^-1074. */
function exactly(x: number): bigint {
  let scaled = x;
  let bits = BITS;
  while (!Number.isInteger(scaled)) {
    scaled *= 2 ** 60;
    bits -= 60n;
  }
  return bits >= 0n ? BigInt(scaled) << bits : BigInt(scaled) >> -bits;
}

/** Neighbour of a float64 on the side of larger numbers (step 1) or smaller ones (-1). */
function neighbour(x: number, step: 1 | -1): number {
  const number = new Float64Array([x]);
  const bits = new BigInt64Array(number.buffer);
  if (x === 0) return step * Number.MIN_VALUE;
  bits[0] += BigInt(x > 0 ? step : -step);
  return number[0];
}

/** Whether no float64 lies nearer to `wanted` than `value`. */
function isNearest(value: number, wanted: bigint): boolean {
  const away = (x: number) => {
    const distance = exactly(x) - wanted;
    return distance < 0n ? -distance : distance;
  };
  const here = away(value);
  return here <= away(neighbour(value, 1)) && here <= away(neighbour(value, -1));
}

/** ln 2: the sum of 1 / (n 2^n). */
const LN2 = Array.from({ length: Number(BITS) }, (_, i) => ONE / (BigInt(i + 1) << BigInt(i + 1)))
  .reduce((total, term) => total + term);

function expOf(x: bigint): bigint {
  let k = x / LN2;
  if (x < 0n) k -= 1n;
  const r = x - k * LN2;
  let term = ONE;
  let total = ONE;
  for (let n = 1n; term !== 0n; n++) {
    term = term * r / ONE / n;
    total += term;
  }
  return k >= 0n ? total << k : total >> -k;
}

function cosOf(x: bigint): bigint {
  let term = ONE;
  let total = ONE;
  for (let n = 1n; term !== 0n; n += 2n) {
    term = -term * x / ONE * x / ONE / (n * (n + 1n));
    total += term;
  }
  return total;
}

/** Whether `value` is the logarithm of x, to the nearest: its halfway neighbours enclose x. */
function isLogarithm(value: number, x: bigint): boolean {
  const halfway = (step: 1 | -1) => (exactly(value) + exactly(neighbour(value, step))) / 2n;
  return expOf(halfway(-1)) <= x && x <= expOf(halfway(1));
}

let state = 12345;
/** Numbers from 0 to 1 that are the same in every run. */
function uniform(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state + 0.5) / 2 ** 32;
}

const COUNT = 150;
const RANGES: readonly [string, () => number][] = [
  ["from 0 to 1", uniform],
  ["near 1", () => 1 + (uniform() - 0.5) * 2 ** -(60 * uniform())],
  ["near 0", () => (uniform() - 0.5) * 2 ** -(80 * uniform())],
  ["of all sizes", () => uniform() * 2 ** (100 * uniform() - 40)],
  ["over the range of exp", () => 1450 * uniform() - 742],
];

for (const [name, draw] of RANGES) {
  Deno.test(`exp() and expm1() are the nearest numbers, arguments ${name}`, () => {
    for (let i = 0; i < COUNT; i++) {
      const x = draw();
      if (x > 709) continue;
      const wanted = expOf(exactly(x));
      ok(isNearest(exp(x), wanted), `exp(${x})`);
      ok(isNearest(expm1(x), wanted - ONE), `expm1(${x})`);
    }
  });

  Deno.test(`log() and log1p() are the nearest numbers, arguments ${name}`, () => {
    for (let i = 0; i < COUNT; i++) {
      const x = draw();
      if (x > 0) ok(isLogarithm(log(x), exactly(x)), `log(${x})`);
      if (x > -1) ok(isLogarithm(log1p(x), ONE + exactly(x)), `log1p(${x})`);
    }
  });
}

Deno.test("cos() is the nearest number over several turns", () => {
  for (let i = 0; i < COUNT; i++) {
    const x = 40 * (uniform() - 0.5);
    ok(isNearest(cos(x), cosOf(exactly(x))), `cos(${x})`);
  }
});

Deno.test("exp(), log() and the others know their ends", () => {
  for (
    const [fn, at, value] of [
      [exp, 0, 1],
      [exp, 1, Math.E],
      [exp, -Infinity, 0],
      [exp, -746, 0],
      [exp, -745, 5e-324],
      [exp, 709.782712893384, 1.7976931348622732e308],
      [exp, 709.7827128933841, Infinity],
      [expm1, -0, -0],
      [expm1, -Infinity, -1],
      [expm1, Infinity, Infinity],
      [log, 1, 0],
      [log, 0, -Infinity],
      [log, Infinity, Infinity],
      [log, 5e-324, -744.4400719213812],
      [log, Number.MAX_VALUE, 709.782712893384],
      [log, -1, NaN],
      [log1p, -0, -0],
      [log1p, -1, -Infinity],
      [log1p, Infinity, Infinity],
      [log1p, -2, NaN],
      [cos, 0, 1],
      [cos, Math.PI, -1],
    ] as const
  ) ok(Object.is(fn(at), value), `${fn.name}(${at}) is ${fn(at)}, not ${value}`);
  for (const fn of [exp, expm1, log, log1p]) equal(fn(NaN), NaN);
  throws(() => cos(Infinity), /^RangeError: Cannot take a cosine .* current value is Infinity$/);
});
