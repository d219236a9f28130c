/** A measured step: prompt tokens, KV entries of its decodes, and its time, seconds. */
export type StepSample = readonly [prefillTokens: number, decodeTokens: number, seconds: number];

/**
 * The steps that a regression rests on: of more than `most` the oldest of the fullest of
 * `buckets` x `buckets` equal parts of the range goes, so that a steady load does not drive out what
 * was learnt of others.
 *
 * @source Dynamo, planner/core/perf_model/base.py (439d6458, _BaseRegressionModel)
 */
export class StepSamples {
  readonly #most: number;
  readonly #perAxis: number;
  readonly #least = [Infinity, Infinity];
  readonly #greatest = [-Infinity, -Infinity];
  /** Samples by bucket, the oldest first; buckets in the order in which they came to be. */
  #buckets = new Map<number, StepSample[]>();
  #count = 0;

  /** @param buckets Buckets of both axes together: a square number. */
  constructor(most: number, buckets: number) {
    this.#most = most;
    this.#perAxis = Math.sqrt(buckets);
  }

  /** Samples kept. */
  get count(): number {
    return this.#count;
  }

  /** The samples, by bucket. */
  all(): StepSample[] {
    return [...this.#buckets.values()].flat();
  }

  /** Adds a sample, and lets one go where there are too many. */
  add(sample: StepSample): void {
    let isWider = false;
    for (const axis of [0, 1]) {
      if (sample[axis] >= this.#least[axis] && sample[axis] <= this.#greatest[axis]) continue;
      this.#least[axis] = Math.min(this.#least[axis], sample[axis]);
      this.#greatest[axis] = Math.max(this.#greatest[axis], sample[axis]);
      isWider = true;
    }
    if (isWider && this.#count > 0) {
      const all = this.all();
      this.#buckets = new Map();
      for (const one of all) this.#put(one);
    }
    this.#put(sample);
    if (++this.#count > this.#most) this.#retire();
  }

  #put(sample: StepSample): void {
    const [x, y] = [0, 1].map((axis) => {
      const least = this.#least[axis], range = this.#greatest[axis] - least;
      if (range <= 0) return 0;
      const place = Math.trunc((sample[axis] - least) / range * this.#perAxis);
      return Math.min(place, this.#perAxis - 1);
    });
    const key = x * this.#perAxis + y;
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) this.#buckets.set(key, [sample]);
    else bucket.push(sample);
  }

  #retire(): void {
    let fullest = -1, most = 0;
    for (const [key, { length }] of this.#buckets) {
      if (length > most) [fullest, most] = [key, length];
    }
    const bucket = this.#buckets.get(fullest)!;
    bucket.shift();
    if (bucket.length === 0) this.#buckets.delete(fullest);
    this.#count--;
  }
}

/** A plane over prompt tokens and KV entries of decodes. */
export interface StepPlane {
  readonly baseSeconds: number;
  readonly perPrefillToken: number;
  readonly perDecodeToken: number;
}

/**
 * The plane of least squares through samples; where they say nothing of a direction, the flattest one.
 * Undefined where more work would take less time, which no engine does.
 */
export function fitPlane(samples: readonly StepSample[]): StepPlane | undefined {
  const count = samples.length;
  const mean = (of: 0 | 1 | 2) => samples.reduce((sum, one) => sum + one[of], 0) / count;
  const [x, y, z] = [mean(0), mean(1), mean(2)];
  let xx = 0, xy = 0, yy = 0, xz = 0, yz = 0;
  for (const [a, b, c] of samples) {
    xx += (a - x) ** 2;
    xy += (a - x) * (b - y);
    yy += (b - y) ** 2;
    xz += (a - x) * (c - z);
    yz += (b - y) * (c - z);
  }
  // Axes of very different size are made alike, so that rounding is told from a direction.
  const sx = Math.sqrt(xx) || 1, sy = Math.sqrt(yy) || 1;
  const [p, q] = leastNorm(xx / sx / sx, xy / sx / sy, yy / sy / sy, xz / sx, yz / sy);
  const rounding = 1e-9 * (Math.abs(xz) / sx + Math.abs(yz) / sy);
  if (p < -rounding || q < -rounding) return undefined;
  const perPrefillToken = Math.max(0, p) / sx, perDecodeToken = Math.max(0, q) / sy;
  return {
    perPrefillToken,
    perDecodeToken,
    baseSeconds: z - perPrefillToken * x - perDecodeToken * y,
  };
}

/** The least solution of a symmetric system of two, by its eigenvectors. */
function leastNorm(a: number, b: number, c: number, u: number, v: number): [number, number] {
  const half = (a + c) / 2, root = Math.sqrt(((a - c) / 2) ** 2 + b * b);
  const isFirstAxis = a >= c;
  // The direction of the greater eigenvalue; the other one is across.
  const [x, y] = isFirstAxis ? [half + root - c, b] : [b, half + root - a];
  const length = Math.sqrt(x * x + y * y);
  const [dx, dy] = length > 0 ? [x / length, y / length] : [1, 0];
  let [p, q] = [0, 0];
  for (const [value, ex, ey] of [[half + root, dx, dy], [half - root, -dy, dx]]) {
    if (value <= 1e-12 * (half + root)) continue;
    const along = (u * ex + v * ey) / value;
    p += along * ex;
    q += along * ey;
  }
  return [p, q];
}
