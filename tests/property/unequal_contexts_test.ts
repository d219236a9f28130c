import assert from "#assert";
import { ServerRunner, UNTUNED } from "../../lib/experiment/validation/mod.ts";
import type { DecodeLine, StepShape } from "../../lib/execution/execution_time_model.ts";
import fc from "fast-check";

const server = {
  model: "llama-3.1-8b",
  gpu: "rtx-pro-6000",
  tensorParallel: 1,
  weightDtype: "bf16",
  maxSequences: 64,
  maxTokensPerStep: 2048,
  asyncScheduling: false,
  memoryShare: 0.9,
} as const;

function decodes(sequences: number, context: number, longest?: number): StepShape {
  return {
    decodeSequences: sequences,
    decodeContextTokens: context,
    ...(longest !== undefined && { decodeLongestContextTokens: longest }),
    chunkCount: 0,
    chunkTokens: new Int32Array(1),
    chunkPastTokens: new Int32Array(1),
    sampledSequences: sequences,
  };
}

Deno.test("a line of decode steps with unequal contexts agrees with each of them", () => {
  const model = new ServerRunner().source(server);
  const line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 5000 }),
    fc.integer({ min: 0, max: 20_000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (sequences, mean, more, share) => {
      const context = sequences * mean;
      const longest = mean + more;
      assert.ok(model.decodeLine(sequences, context, line, longest));
      assert.ok(line.slopeSecondsPerToken >= 0 && line.contextEndTokens >= context);
      const steps = Math.min(1e4, Math.floor((line.contextEndTokens - context) / sequences));
      const k = Math.floor(share * steps);
      const at = context + k * sequences;
      const stepped = model.stepSeconds(decodes(sequences, at, longest + k));
      const onLine = line.baseSeconds + line.slopeSecondsPerToken * at;
      assert.ok(Math.abs(onLine / stepped - 1) <= 1e-12, `${onLine} and ${stepped}`);
    },
  ));
});

Deno.test("a batch of unequal contexts takes longer than one of equal ones, less than all longest", () => {
  const model = new ServerRunner().source(server);
  const equal = model.stepSeconds(decodes(32, 32 * 1000, 1000));
  const unequal = model.stepSeconds(decodes(32, 32 * 1000, 4000));
  const longest = model.stepSeconds(decodes(32, 32 * 4000, 4000));
  assert.equal(equal, model.stepSeconds(decodes(32, 32 * 1000)));
  assert.ok(equal < unequal && unequal < equal + 0.1 * (longest - equal));
});

Deno.test("an engine tells its model about the longest context, in leaps as in steps", () => {
  const runner = new ServerRunner();
  const run = (second: number) => {
    const requests = {
      count: 2,
      arrivalAtSeconds: new Float64Array(2),
      promptTokens: Int32Array.of(4000 - second, second),
      outputTokens: Int32Array.of(100, 100),
    };
    return runner.run(server, UNTUNED, requests).columns;
  };
  const decodeSeconds = (columns: ReturnType<typeof run>) =>
    columns.completedAtSeconds[1] - columns.firstTokenAtSeconds[1];
  // As much context in all: the unequal one decodes more slowly.
  assert.ok(decodeSeconds(run(50)) > 1.001 * decodeSeconds(run(2000)));
});
