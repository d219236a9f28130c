import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import { withDefaults } from "../../settings/from_table.ts";
import { exponential, gamma, uniform } from "../../sim/distributions/mod.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import {
  independentLengths,
  jointQuantiles,
  LENGTH_LAWS,
  type LengthEntry,
  type LengthModel,
  lengthsFromTable,
} from "./mod.ts";

function draw(model: LengthModel, count: number, promptSeed = 1, outputSeed = 1) {
  const prompts = new Int32Array(count);
  const outputs = new Int32Array(count);
  const stream = (seed: number, name: string) => randomStreams(seed).take(name);
  model.fill(prompts, outputs, stream(promptSeed, "prompts"), stream(outputSeed, "outputs"));
  return { prompts, outputs };
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0) / values.length;
}

const models: [string, LengthModel][] = [
  [
    "independentLengths()",
    independentLengths({
      promptTokens: exponential({ mean: 512, min: 1, max: 8192, integer: true }),
      outputTokens: gamma({ mean: 128, std: 64, min: 1, max: 2048, integer: true }),
    }),
  ],
  [
    "jointQuantiles()",
    jointQuantiles({
      promptProbabilities: [0, 0.5, 1],
      promptTokens: [10, 100, 1000],
      outputProbabilities: [0, 0.9, 1],
      outputTokens: [[1, 10, 20], [500, 600, 700]],
    }),
  ],
  [
    "lengthsFromTable() at random",
    lengthsFromTable({
      count: 3,
      promptTokens: Int32Array.of(10, 20, 60),
      outputTokens: Int32Array.of(1, 2, 6),
    }, "random"),
  ],
];

for (const [name, model] of models) {
  Deno.test(`${name} gives its means, within 1 %`, () => {
    const { prompts, outputs } = draw(model, 200_000);
    ok(Math.abs(mean(prompts) / model.meanPromptTokens - 1) < 0.01);
    ok(Math.abs(mean(outputs) / model.meanOutputTokens - 1) < 0.01);
    ok(prompts.every((tokens) => tokens >= 1) && outputs.every((tokens) => tokens >= 1));
  });

  Deno.test(`${name}: other outputs leave the prompts unchanged`, () => {
    deepStrictEqual(draw(model, 100, 1, 1).prompts, draw(model, 100, 1, 2).prompts);
  });
}

Deno.test("jointQuantiles() draws outputs from the share that the prompt falls into", () => {
  const { prompts, outputs } = draw(models[1][1], 10_000);
  for (let i = 0; i < prompts.length; i++) {
    if (prompts[i] < 100) ok(outputs[i] <= 20);
    if (prompts[i] > 100) ok(outputs[i] >= 500);
  }
});

Deno.test("lengthsFromTable() in order begins again after the last row", () => {
  const table = {
    count: 2,
    promptTokens: Int32Array.of(10, 20),
    outputTokens: Int32Array.of(1, 2),
  };
  const { prompts, outputs } = draw(lengthsFromTable(table), 5);
  deepStrictEqual([...prompts], [10, 20, 10, 20, 10]);
  deepStrictEqual([...outputs], [1, 2, 1, 2, 1]);
});

Deno.test("length models refuse lengths below one token", () => {
  const zero = independentLengths({
    promptTokens: uniform({ min: 0, max: 9, integer: true }),
    outputTokens: uniform({ min: 1, max: 9, integer: true }),
  });
  throws(() => draw(zero, 1000), /prompt length as at least 1 token: current value is 0$/);
  const quantiles = { promptProbabilities: [0, 1], outputProbabilities: [0, 1] };
  throws(
    () => jointQuantiles({ ...quantiles, promptTokens: [1, 5], outputTokens: [[0, 5]] }),
    /current value is 0$/,
  );
  throws(
    () => jointQuantiles({ ...quantiles, promptTokens: [1, 5], outputTokens: [] }),
    RangeError,
  );
});

for (const entry of LENGTH_LAWS.entries as readonly LengthEntry<string, object>[]) {
  Deno.test(`${entry.name} lengths: whole tokens within the bounds, with the mean that is said`, () => {
    const options = withDefaults(entry.settings, entry.laws?.options ?? {});
    const law = entry.create(options, {});
    const lengths = new Int32Array(40_000);
    law.fillInt32(lengths, randomStreams(3).take("prompt_tokens"));
    const { min, max } = { min: 1, max: 2 ** 30, ...entry.laws?.options as object };
    let sum = 0, squares = 0;
    for (const length of lengths) {
      ok(length >= Math.max(1, min) && length <= max, `${length}`);
      sum += length;
      squares += length * length;
    }
    const mean = sum / lengths.length;
    const deviation = Math.sqrt(Math.max(0, squares / lengths.length - mean * mean));
    ok(Math.abs(mean - law.mean) <= 5 * deviation / Math.sqrt(lengths.length) + 1e-9, `${mean}`);
    const [one] = lengths;
    strictEqual(law.sample(randomStreams(3).take("prompt_tokens")), one, "as a sample at a time");
    for (const name of entry.required) {
      ok(name in entry.settings, `${name} is needed`);
    }
  });
}
