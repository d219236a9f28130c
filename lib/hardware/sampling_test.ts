import assert from "#assert";
import fc from "fast-check";
import { findExternalData } from "../results/external_data.ts";
import { parse } from "../std/csv.ts";
import { SAMPLING_METHODS, samplingSecondsOf } from "./sampling.ts";

const H200 = 4.8e12;

Deno.test("sampling never gets faster with more logits, or on a GPU with less bandwidth", () => {
  fc.assert(fc.property(
    fc.constantFrom(...SAMPLING_METHODS),
    fc.integer({ min: 1, max: 1e8 }),
    fc.integer({ min: 0, max: 1e8 }),
    fc.double({ min: 2e11, max: 1e13, noNaN: true }),
    fc.double({ min: 1, max: 10, noNaN: true }),
    (method, logits, more, bandwidth, faster) => {
      const seconds = samplingSecondsOf(method, bandwidth);
      assert.ok(seconds(logits) > 0);
      assert.ok(seconds(logits + more) >= seconds(logits));
      assert.ok(samplingSecondsOf(method, faster * bandwidth)(logits) <= seconds(logits));
    },
  ));
});

Deno.test("methods that look at more cost more", () => {
  for (const logits of [32_000, 128_256, 4e6, 5e7]) {
    const seconds = SAMPLING_METHODS.map((method) => samplingSecondsOf(method, H200)(logits));
    assert.deepEqual(seconds, seconds.toSorted((a, b) => a - b));
  }
});

// PyTorch's top-p filter without the choice after it, ms: vllm-project/vllm pull requests 33538, 40376.
Deno.test("top-p of other vocabularies takes what vLLM's developers measured, within 15 %", () => {
  const [sorted, random] = [samplingSecondsOf("top-p", H200), samplingSecondsOf("random", H200)];
  for (
    const [sequences, vocabulary, ms] of [
      [56, 32_768, 0.393],
      [128, 32_768, 0.626],
      [128, 131_072, 2.318],
      [512, 131_072, 6.15],
    ]
  ) {
    const logits = sequences * vocabulary;
    const predicted = 1000 * (sorted(logits) - random(logits));
    assert.ok(Math.abs(predicted / ms - 1) < 0.15, `${logits}: ${predicted} ms, not ${ms}`);
  }
});

const measured = findExternalData("h200-measured", "sampling.csv");

Deno.test({
  name: "sampling gives the times of an H200 back, and the turn to 32 bits (needs reference data)",
  ignore: measured === undefined,
  fn() {
    const names: Record<string, typeof SAMPLING_METHODS[number]> = {
      argmax: "greedy",
      temperature: "random",
      top_k_50: "top-k",
      top_p_sort: "top-p",
    };
    for (const row of parse(Deno.readTextFileSync(measured!), { skipFirstRow: true })) {
      const logits = Number(row.batch) * Number(row.vocab);
      const seconds = samplingSecondsOf(names[row.op], H200)(logits) - 6 * logits / (0.8 * H200);
      assert.ok(Math.abs(seconds / (1e-6 * Number(row.us)) - 1) < 2e-3, JSON.stringify(row));
    }
  },
});
