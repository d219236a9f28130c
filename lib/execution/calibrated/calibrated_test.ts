import assert from "#assert";
import fc from "fast-check";
import type { DecodeLine, ExecutionTimeModel, StepShape } from "../execution_time_model.ts";
import { calibrated } from "./calibrated.ts";

/** 1 ms, and 1 us per token of context. */
const source: ExecutionTimeModel = {
  name: "line",
  stepSeconds: (step) => 1e-3 + 1e-6 * step.decodeContextTokens,
  decodeLine(_sequences, _context, line) {
    line.baseSeconds = 1e-3;
    line.slopeSecondsPerToken = 1e-6;
    line.contextEndTokens = Infinity;
    return true;
  },
};

const seconds = fc.double({ min: 0, max: 0.01, noNaN: true });

Deno.test("calibrated() adds its constants to steps and to lines alike", () => {
  const line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
  fc.assert(fc.property(
    fc.record({
      stepSeconds: seconds,
      sequenceSeconds: seconds,
      samplerSeconds: seconds,
      collectiveSeconds: seconds,
    }),
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 1, max: 10_000 }),
    (overhead, sequences, context) => {
      const model = calibrated({ source, overhead, collectivesPerStep: 64 });
      const step: StepShape = {
        decodeSequences: sequences,
        decodeContextTokens: context,
        chunkCount: 0,
        chunkTokens: new Int32Array(1),
        chunkPastTokens: new Int32Array(1),
        sampledSequences: sequences,
      };
      const added = overhead.stepSeconds + 64 * overhead.collectiveSeconds +
        sequences * (overhead.sequenceSeconds + overhead.samplerSeconds);
      const stepped = model.stepSeconds(step);
      assert.ok(Math.abs(stepped - source.stepSeconds(step) - added) <= 1e-12 * stepped);
      assert.ok(model.decodeLine(sequences, context, line));
      const onLine = line.baseSeconds + line.slopeSecondsPerToken * context;
      assert.ok(Math.abs(onLine / stepped - 1) <= 1e-12);
    },
  ));
});

Deno.test("calibrated() refuses negative constants", () => {
  const overhead = { stepSeconds: -1, sequenceSeconds: 0, samplerSeconds: 0, collectiveSeconds: 0 };
  assert.throws(() => calibrated({ source, overhead }), /stepSeconds .* current value is -1/);
});
