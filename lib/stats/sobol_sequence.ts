/** A source of numbers uniform in [0, 1), such as a random stream of the simulator. */
export interface UniformSource {
  /** Next number in [0, 1). */
  next(): number;
}

const BITS = 32;
const SCALE = 2 ** -BITS;

/**
 * Primitive polynomials over GF(2), all coefficients as bits, and the first direction numbers of the
 * second dimension and those after it; the first one is van der Corput's sequence.
 *
 * @source S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections",
 *   SIAM Journal on Scientific Computing 30(5), 2008: table new-joe-kuo-6, dimensions 2 to 64
 */
const DIRECTIONS: readonly (readonly number[])[] = [
  [3, 1],
  [7, 1, 3],
  [11, 1, 3, 1],
  [13, 1, 1, 1],
  [19, 1, 1, 3, 3],
  [25, 1, 3, 5, 13],
  [37, 1, 1, 5, 5, 17],
  [41, 1, 1, 5, 5, 5],
  [47, 1, 1, 7, 11, 19],
  [55, 1, 1, 5, 1, 1],
  [59, 1, 1, 1, 3, 11],
  [61, 1, 3, 5, 5, 31],
  [67, 1, 3, 3, 9, 7, 49],
  [91, 1, 1, 1, 15, 21, 21],
  [97, 1, 3, 1, 13, 27, 49],
  [103, 1, 1, 1, 15, 7, 5],
  [109, 1, 3, 1, 15, 13, 25],
  [115, 1, 1, 5, 5, 19, 61],
  [131, 1, 3, 7, 11, 23, 15, 103],
  [137, 1, 3, 7, 13, 13, 15, 69],
  [143, 1, 1, 3, 13, 7, 35, 63],
  [145, 1, 3, 5, 9, 1, 25, 53],
  [157, 1, 3, 1, 13, 9, 35, 107],
  [167, 1, 3, 1, 5, 27, 61, 31],
  [171, 1, 1, 5, 11, 19, 41, 61],
  [185, 1, 3, 5, 3, 3, 13, 69],
  [191, 1, 1, 7, 13, 1, 19, 1],
  [193, 1, 3, 7, 5, 13, 19, 59],
  [203, 1, 1, 3, 9, 25, 29, 41],
  [211, 1, 3, 5, 13, 23, 1, 55],
  [213, 1, 3, 7, 3, 13, 59, 17],
  [229, 1, 3, 1, 3, 5, 53, 69],
  [239, 1, 1, 5, 5, 23, 33, 13],
  [241, 1, 1, 7, 7, 1, 61, 123],
  [247, 1, 1, 7, 9, 13, 61, 49],
  [253, 1, 3, 3, 5, 3, 55, 33],
  [285, 1, 3, 1, 15, 31, 13, 49, 245],
  [299, 1, 3, 5, 15, 31, 59, 63, 97],
  [301, 1, 3, 1, 11, 11, 11, 77, 249],
  [333, 1, 3, 1, 11, 27, 43, 71, 9],
  [351, 1, 1, 7, 15, 21, 11, 81, 45],
  [355, 1, 3, 7, 3, 25, 31, 65, 79],
  [357, 1, 3, 1, 1, 19, 11, 3, 205],
  [361, 1, 1, 5, 9, 19, 21, 29, 157],
  [369, 1, 3, 7, 11, 1, 33, 89, 185],
  [391, 1, 3, 3, 3, 15, 9, 79, 71],
  [397, 1, 3, 7, 11, 15, 39, 119, 27],
  [425, 1, 1, 3, 1, 11, 31, 97, 225],
  [451, 1, 1, 1, 3, 23, 43, 57, 177],
  [463, 1, 3, 7, 7, 17, 17, 37, 71],
  [487, 1, 3, 1, 5, 27, 63, 123, 213],
  [501, 1, 1, 3, 5, 11, 43, 53, 133],
  [529, 1, 3, 5, 5, 29, 17, 47, 173, 479],
  [539, 1, 3, 3, 11, 3, 1, 109, 9, 69],
  [545, 1, 1, 1, 5, 17, 39, 23, 5, 343],
  [557, 1, 3, 1, 5, 25, 15, 31, 103, 499],
  [563, 1, 1, 1, 11, 11, 17, 63, 105, 183],
  [601, 1, 1, 5, 11, 9, 29, 97, 231, 363],
  [607, 1, 1, 5, 15, 19, 45, 41, 7, 383],
  [617, 1, 3, 7, 7, 31, 19, 83, 137, 221],
  [623, 1, 1, 1, 3, 23, 15, 111, 223, 83],
  [631, 1, 1, 5, 13, 31, 15, 55, 25, 161],
  [637, 1, 1, 3, 13, 25, 47, 39, 87, 257],
];

/** Dimensions that {@link sobolPoints} has at most. */
export const SOBOL_DIMENSIONS: number = DIRECTIONS.length + 1;

/**
 * The first points of Sobol's sequence: of any 2^k first ones, each interval [i, i + 1) / 2^k of each
 * coordinate holds one. A digital shift, drawn from `random`, keeps that and makes the points a sample of
 * the uniform distribution; without it the first point is the origin.
 *
 * @param dimensions 1 to 64.
 * @param count Points, 1 to 2^31.
 * @param random Draws the shift, a number for each dimension; absent: no shift.
 * @returns Points, each with `dimensions` coordinates in [0, 1).
 * @source I. M. Sobol 1967, USSR Computational Mathematics and Mathematical Physics 7(4); order of points
 *   by Gray code: Antonov and Saleev 1979, the same journal 19(1)
 *
 * @example
 * ```ts
 * import { sobolPoints } from "./sobol_sequence.ts";
 *
 * console.log(sobolPoints(2, 4)); // [0, 0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75]
 * ```
 */
export function sobolPoints(
  dimensions: number,
  count: number,
  random?: UniformSource,
): Float64Array[] {
  const isSize = Number.isInteger(dimensions) && dimensions >= 1 &&
    dimensions <= SOBOL_DIMENSIONS && Number.isInteger(count) && count >= 1 && count <= 2 ** 31;
  if (!isSize) {
    throw new RangeError(
      `Cannot take points of Sobol's sequence as 1 to 2^31 of 1 to ${SOBOL_DIMENSIONS} dimensions: ` +
        `current value is ${count} of ${dimensions}`,
    );
  }
  const directions = Array.from({ length: dimensions }, (_, i) => directionNumbers(i));
  const state = Uint32Array.from(
    directions,
    () => random === undefined ? 0 : Math.floor(random.next() * 2 ** BITS),
  );
  return Array.from({ length: count }, (_, index) => {
    if (index > 0) {
      const bit = 31 - Math.clz32(index & -index);
      for (let i = 0; i < dimensions; i++) state[i] ^= directions[i][bit];
    }
    return Float64Array.from(state, (value) => value * SCALE);
  });
}

/** The direction numbers of a dimension, from 0, as 32-bit fractions. */
function directionNumbers(dimension: number): Uint32Array {
  const numbers = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let bit = 0; bit < BITS; bit++) numbers[bit] = 2 ** (BITS - 1 - bit);
    return numbers;
  }
  const [polynomial, ...first] = DIRECTIONS[dimension - 1];
  const degree = first.length;
  for (let bit = 0; bit < BITS; bit++) {
    if (bit < degree) {
      numbers[bit] = first[bit] * 2 ** (BITS - 1 - bit);
      continue;
    }
    let value = numbers[bit - degree] ^ (numbers[bit - degree] >>> degree);
    for (let k = 1; k < degree; k++) {
      if ((polynomial >>> (degree - k)) & 1) value ^= numbers[bit - k];
    }
    numbers[bit] = value;
  }
  return numbers;
}
