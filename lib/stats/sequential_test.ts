import { ok, rejects, strictEqual } from "#assert";
import { replicateUntilPrecise } from "./sequential.ts";
import { testingRandom } from "./testing_random.ts";

Deno.test("replicateUntilPrecise() stops at the first interval that is narrow enough", async () => {
  const random = testingRandom(8);
  const found = await replicateUntilPrecise(() => 10 + random.normal(), {
    relativeHalfWidth: 0.02,
  });
  ok(found.precise);
  ok(found.interval.halfWidth <= 0.02 * found.interval.estimate);
  // About (1.96 * 1 / 0.2)^2 = 96 replications are needed.
  ok(found.replications > 50 && found.replications < 160, `${found.replications}`);
});

Deno.test("replicateUntilPrecise() makes the minimum and never more than the maximum", async () => {
  const seen: number[] = [];
  const constant = await replicateUntilPrecise((i) => (seen.push(i), 5), {
    relativeHalfWidth: 0.1,
    minimum: 4,
  });
  strictEqual(constant.replications, 4);
  strictEqual(seen.join(), "0,1,2,3");
  const wild = await replicateUntilPrecise((i) => i % 2 === 0 ? -1 : 1, {
    relativeHalfWidth: 0.1,
    maximum: 30,
  });
  strictEqual(wild.replications, 30);
  strictEqual(wild.precise, false);
});

Deno.test("replicateUntilPrecise() covers the mean nearly as often as its interval says", async () => {
  const random = testingRandom(9);
  const repetitions = 2000;
  let held = 0;
  for (let i = 0; i < repetitions; i++) {
    const { interval } = await replicateUntilPrecise(() => 4 + random.normal(), {
      relativeHalfWidth: 0.1,
      level: 0.95,
    });
    if (interval.lower <= 4 && 4 <= interval.upper) held++;
  }
  const share = held / repetitions;
  ok(share > 0.91 && share < 0.97, `covered ${share}`);
});

Deno.test("replicateUntilPrecise() refuses rules that cannot end", async () => {
  await rejects(() => replicateUntilPrecise(() => 1, { relativeHalfWidth: 0 }), RangeError);
  const inverted = { relativeHalfWidth: 0.1, minimum: 20, maximum: 10 };
  await rejects(() => replicateUntilPrecise(() => 1, inverted), /current value is 20 to 10/);
});
