import { equal, ok } from "#assert";
import fc from "fast-check";
import { analytical } from "../../lib/execution/analytical/analytical.ts";
import type { DecodeLine } from "../../lib/execution/execution_time_model.ts";
import { type Draft, SPECULATION_METHODS, withDraft } from "../../lib/execution/speculation/mod.ts";
import { gpuNamed } from "../../lib/hardware/gpu_catalogue.ts";
import { modelShape } from "../../lib/models/catalogue.ts";
import { fromTable, namesOf } from "../../lib/settings/from_table.ts";

const gpu = gpuNamed("H100");
const target = modelShape("llama-3.1-8b");
const targetTimes = analytical({ shape: target, gpu });
const none = new Int32Array(0);

function draftOf(
  name: ReturnType<typeof namesOf<typeof SPECULATION_METHODS>>[number],
  options = {},
): Draft {
  return fromTable(SPECULATION_METHODS, name, options, {
    target,
    model: modelShape("llama-3-8b"),
    timeOf: ({ shape }) => analytical({ shape, gpu }),
  });
}

const steps = fc.record({
  sequences: fc.integer({ min: 1, max: 256 }),
  context: fc.integer({ min: 1, max: 8192 }),
  drafted: fc.integer({ min: 1, max: 8 }),
});

for (const name of namesOf(SPECULATION_METHODS)) {
  const model = withDraft(targetTimes, draftOf(name).time);
  const stepOf = (sequences: number, context: number, drafted: number) => ({
    decodeSequences: sequences,
    decodeContextTokens: sequences * context,
    decodeTokens: sequences * (1 + drafted),
    draftTokens: drafted,
    chunkCount: 0,
    chunkTokens: none,
    chunkPastTokens: none,
    sampledSequences: sequences * (1 + drafted),
  });

  Deno.test(`${name}: a line of steps that draft agrees with each of them`, () => {
    const line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
    fc.assert(
      fc.property(steps, ({ sequences, context, drafted }) => {
        const step = stepOf(sequences, context, drafted);
        const at = step.decodeContextTokens;
        ok(model.decodeLine(sequences, at, line, undefined, step));
        const end = Math.min(line.contextEndTokens, at + 1e6);
        ok(end >= at);
        for (const tokens of [at, at + 0.375 * (end - at)]) {
          const seconds = model.stepSeconds({ ...step, decodeContextTokens: tokens });
          const onLine = line.baseSeconds + line.slopeSecondsPerToken * tokens;
          ok(Math.abs(onLine - seconds) <= 1e-12 * seconds, `${onLine}, ${seconds}`);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  Deno.test(`${name}: drafting takes time, and more tokens no less`, () => {
    fc.assert(
      fc.property(steps, ({ sequences, context, drafted }) => {
        const step = stepOf(sequences, context, drafted);
        const longer = model.stepSeconds(stepOf(sequences, context, drafted + 1));
        const seconds = model.stepSeconds(step);
        ok(seconds > targetTimes.stepSeconds(step));
        ok(longer >= seconds * (1 - 1e-12));
        equal(model.stepSeconds({ ...step, draftTokens: 0 }), targetTimes.stepSeconds(step));
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  Deno.test(`${name}: plain numbers take the place of what is worked out`, () => {
    const { time } = draftOf(name, {
      baseSeconds: 0.001,
      perTokenSeconds: 1e-5,
      shareOfTarget: 0.1,
    });
    const seconds = time.seconds(stepOf(4, 100, 3), 0.02);
    ok(Math.abs(seconds - (0.001 + 16e-5 + 0.002)) < 1e-15, `${seconds}`);
  });
}
