import { notStrictEqual, ok, strictEqual, throws } from "#assert";
import fc from "fast-check";
import { randomStreams } from "./random_streams.ts";

function draws(seed: number, replication: number, name: string, count: number): number[] {
  const stream = randomStreams(seed, replication).take(name);
  return Array.from({ length: count }, () => stream.next());
}

Deno.test("randomStreams() gives the same numbers for the same seed, replication and name", () => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.nat(), fc.string({ minLength: 1 }), (seed, r, name) => {
    strictEqual(draws(seed, r, name, 5).join(), draws(seed, r, name, 5).join());
  }));
});

Deno.test("randomStreams() gives other numbers when seed, replication or name differ", () => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.nat(1000), (seed, r) => {
    const base = draws(seed, r, "arrivals", 3).join();
    notStrictEqual(base, draws(seed === 0 ? 1 : seed - 1, r, "arrivals", 3).join());
    notStrictEqual(base, draws(seed, r + 1, "arrivals", 3).join());
    notStrictEqual(base, draws(seed, r, "arrival", 3).join());
    // The high word of a seed counts too.
    notStrictEqual(draws(1, r, "a", 3).join(), draws(1 + 2 ** 32, r, "a", 3).join());
  }));
});

Deno.test("take() of one stream leaves the others unchanged", () => {
  const alone = randomStreams(7).take("b").next();
  const streams = randomStreams(7);
  const a = streams.take("a");
  for (let i = 0; i < 100; i++) a.next();
  strictEqual(streams.take("b").next(), alone);
});

Deno.test("take() refuses a name taken before and an empty one", () => {
  const streams = randomStreams(7);
  streams.take("arrivals");
  throws(() => streams.take("arrivals"), /Cannot take .*: current value is "arrivals"/);
  throws(() => streams.take(""), RangeError);
});

Deno.test("randomStreams() refuses seeds that are no whole numbers", () => {
  for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
    throws(() => randomStreams(seed), new RegExp(`current value is ${seed}`));
    throws(() => randomStreams(1, seed), RangeError);
  }
});

Deno.test("next() follows xoshiro128++ of the reference code", () => {
  // The textbook recurrence, written with unsigned numbers in the order of the reference.
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & 0xffffffffn;
  const probe = randomStreams(3).take("x") as unknown as Record<string, number>;
  const s = ["a", "b", "c", "d"].map((key) => BigInt(probe[key] >>> 0));
  const step = () => {
    const result = (rotate((s[0] + s[3]) & 0xffffffffn, 7n) + s[0]) & 0xffffffffn;
    const t = (s[1] << 9n) & 0xffffffffn;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
    return result;
  };
  const stream = randomStreams(3).take("x");
  for (let i = 0; i < 1000; i++) {
    const high = step() >> 5n;
    const low = step() >> 6n;
    strictEqual(stream.next(), Number((high << 26n) | low) / 2 ** 53);
  }
});

Deno.test("next() is uniform in [0, 1) and serially uncorrelated (chi-square, 99.9 %)", () => {
  const bins = new Float64Array(256);
  const stream = randomStreams(11).take("uniform");
  const count = 256_000;
  let previous = stream.next();
  for (let i = 0; i < count; i++) {
    const u = stream.next();
    ok(u >= 0 && u < 1);
    bins[Math.floor(previous * 16) * 16 + Math.floor(u * 16)]++;
    previous = u;
  }
  let chiSquare = 0;
  for (const observed of bins) chiSquare += (observed - 1000) ** 2 / 1000;
  // 255 degrees of freedom: 99.9 % quantile 330.5, 0.1 % quantile 190.9.
  ok(chiSquare < 330.5 && chiSquare > 190.9, `chi-square ${chiSquare}`);
});

Deno.test("streams of neighbouring seeds, replications and names are uncorrelated", () => {
  const count = 20_000;
  const pairs: [string, number[], number[]][] = [
    ["seed", draws(1, 0, "a", count), draws(2, 0, "a", count)],
    ["replication", draws(1, 0, "a", count), draws(1, 1, "a", count)],
    ["name", draws(1, 0, "a", count), draws(1, 0, "b", count)],
  ];
  for (const [what, x, y] of pairs) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += (x[i] - 0.5) * (y[i] - 0.5);
    // Correlation of independent draws has standard error 1 / sqrt(count); 4 of them.
    ok(Math.abs(sum / count * 12) < 4 / Math.sqrt(count), what);
  }
  // First draws over many seeds are uniform as well: mean within 4 standard errors.
  let mean = 0;
  for (let seed = 0; seed < 4000; seed++) mean += draws(seed, 0, "a", 1)[0] / 4000;
  ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(1 / 12 / 4000));
});
