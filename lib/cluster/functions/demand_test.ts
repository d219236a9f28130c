import { deepEqual } from "#assert";
import fc from "fast-check";
import { type HandMadeRequest, runSmall, watching } from "../../../tests/support/small_cluster.ts";
import type { EngineParts } from "../../engine/engine_parts.ts";
import { linearTime } from "../../execution/linear_time.ts";
import type { InstanceLoad, MeasuredStep } from "../../serverless/scaling/policy.ts";
import { ScalingDecider } from "../../serverless/scaling/scaling_decider.ts";

Deno.test("a time to first token is told at the first token, not when the request has completed", () => {
  // Steps of one second: the first token at 1, the tenth at 10.
  const { seen, decider } = watching([1]);
  runSmall([[0, 1, 10]], { scaling: { decider } });
  deepEqual(seen.slice(0, 3).map(({ ttftP95Seconds }) => ttftP95Seconds), [1, 0, 0]);
  deepEqual(seen.map(({ completions }) => completions), [0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("the p95 of first tokens is that of the requests since the last evaluation", () => {
  // Four run together; the fifth has its first token when the first four have ended, at 4.
  const { seen, decider } = watching([1]);
  runSmall([[0, 1, 3], [0, 1, 3], [0, 1, 3], [0, 1, 3], [0.5, 1, 1]], { scaling: { decider } });
  deepEqual(seen.map(({ ttftP95Seconds }) => ttftP95Seconds), [1, 0, 0]);
  const horizon = watching([1]);
  runSmall([[0, 1, 3], [0, 1, 3], [0, 1, 3], [0, 1, 3], [0.5, 1, 1]], {
    scaling: { decider: horizon.decider },
    cluster: { horizonSeconds: 5 },
  });
  deepEqual(horizon.seen.map(({ ttftP95Seconds }) => ttftP95Seconds), [1, 0, 0, 3.5, 0]);
});

Deno.test("means of prompts and outputs are those of the requests that have completed since", () => {
  const { seen, decider } = watching([2]);
  runSmall([[0, 6, 2], [0, 10, 4], [0, 3, 6]], { scaling: { decider } });
  // Outputs of 2, 4 and 6 tokens end at 2, 4 and 6 s, with the last of which the run does.
  deepEqual(
    seen.map(({ promptTokensMean, outputTokensMean }) => [promptTokensMean, outputTokensMean]),
    [[0, 0], [6, 2], [0, 0], [10, 4], [0, 0]],
  );
});

/** What a policy sees of the first instance at each evaluation. */
function loadsOf(
  rows: readonly HandMadeRequest[],
  engine: Partial<EngineParts> = {},
  periodSeconds = 1,
) {
  const seen: (InstanceLoad | undefined)[] = [];
  const decider = new ScalingDecider({
    periodSeconds,
    readsInstances: true,
    desired: ({ instances }) => {
      seen.push(instances![0]);
      return 1;
    },
  });
  runSmall(rows, { engine, scaling: { decider }, cluster: { horizonSeconds: 9 } });
  return seen;
}

Deno.test("a policy is told of each instance: what runs, waits, holds memory, and the last step", () => {
  // Steps of 1 s and 100 tokens; blocks of 4. Prompts of 90 and 30 come at 0, one of 50 at 0.5.
  const [first, second, third, fourth] = loadsOf([[0, 90, 4], [0, 30, 3], [0.5, 50, 3]]);
  const load = (step: Partial<MeasuredStep>, rest: Partial<InstanceLoad>): InstanceLoad => ({
    instanceId: 0,
    running: 2,
    waiting: 1,
    waitingPromptTokens: 50,
    waitingDecodeTokens: 0,
    kvTokens: 0,
    kvCapacityTokens: 4000,
    step: {
      seconds: 1,
      prefillSequences: 0,
      prefillTokens: 0,
      decodeSequences: 0,
      decodeContextTokens: 0,
      ...step,
    },
    ...rest,
  });
  // 90 tokens of the first and 10 of the second, in 23 and 3 blocks.
  deepEqual(first, load({ prefillSequences: 2, prefillTokens: 100 }, { kvTokens: 104 }));
  // The first decodes its 91st token, the second computes 20 more, the third all 50 of its own.
  deepEqual(
    second,
    load(
      { prefillSequences: 2, prefillTokens: 70, decodeSequences: 1, decodeContextTokens: 91 },
      { running: 3, waiting: 0, waitingPromptTokens: 0, kvTokens: 92 + 32 + 52 },
    ),
  );
  // All decode: 92, 31 and 51 entries. Then everything is over, and nothing is inside.
  deepEqual(third!.step, {
    seconds: 1,
    prefillSequences: 0,
    prefillTokens: 0,
    decodeSequences: 3,
    decodeContextTokens: 92 + 31 + 51,
  });
  deepEqual(
    fourth,
    load({ seconds: 0 }, { running: 0, waiting: 0, waitingPromptTokens: 0, kvTokens: 0 }),
  );
});

Deno.test("a preempted request waits with the tokens that it has", () => {
  // Three blocks of 4 tokens: the first takes the third at 2 s, and the second has to go, with two of
  // its four tokens. At 4 s the first is done, and the second begins again.
  const loads = loadsOf([[0, 3, 4], [0, 3, 4]], { kvBlocks: 3 });
  deepEqual(
    loads.slice(0, 4).map((load) => [load!.running, load!.waiting, load!.waitingDecodeTokens]),
    [[2, 0, 0], [2, 0, 0], [1, 1, 5], [0, 1, 5]],
  );
});

Deno.test("leap = step in what a policy is told of instances", () => {
  const quarter = fc.integer({ min: 0, max: 40 }).map((count) => count / 4);
  const rows = fc.array(
    fc.tuple(quarter, fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 30 })),
    { minLength: 1, maxLength: 12 },
  ).map((list) => list.sort((a, b) => a[0] - b[0]));
  fc.assert(
    fc.property(rows, fc.constantFrom(0.3, 0.75, 2), fc.boolean(), (list, period, isLate) => {
      const [leap, step] = (["leap", "step"] as const).map((stepping) =>
        loadsOf(list, {
          stepping,
          asyncScheduling: isLate,
          kvBlocks: 60,
          execution: linearTime({
            baseSeconds: 0.1,
            perPrefillTokenSeconds: 0.001,
            perDecodeSequenceSeconds: 0.01,
            perContextTokenSeconds: 1e-4,
          }),
        }, period)
      );
      deepEqual(leap, step);
    }),
    { numRuns: 150, seed: 7 },
  );
});
