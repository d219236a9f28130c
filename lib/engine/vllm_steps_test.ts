import { deepEqual, equal } from "#assert";
import type { Stepping } from "./engine_parts.ts";
import { engineSteps } from "../../tests/support/scheduler_runs.ts";
import type { SchedulerCase, StepSettings } from "../../tests/support/scheduler_steps.ts";

const SETTINGS: StepSettings = {
  budget: 32,
  seqs: 8,
  blocks: 11,
  block: 4,
  window: 1000,
  policy: "fcfs",
  caching: false,
  reserve: true,
  async: false,
  threshold: 0,
};

function made(
  requests: SchedulerCase["requests"],
  settings: Partial<StepSettings>,
  blocks?: SchedulerCase["blocks"],
): SchedulerCase {
  return {
    name: "made by hand",
    kind: "made",
    settings: { ...SETTINGS, ...settings },
    requests,
    steps: [],
    ...(blocks && { blocks }),
  };
}

/** Each step as "request/tokens/computed before ..., preempted ...". */
function shown(one: SchedulerCase, stepping: Stepping): string[] {
  return engineSteps(one, stepping).map(({ entries, preempted }) =>
    entries.map((entry) => entry.join("/")).join(" ") +
    (preempted.length > 0 ? `, preempted ${preempted.join(" ")}` : "")
  );
}

for (const stepping of ["leap", "step"] as const) {
  Deno.test(`the prefix cache is looked up after this step's decodes have taken their blocks, ${stepping}`, () => {
    // Request 2 was preempted; of its two cached blocks a decode of this very step takes one.
    const steps = shown(
      made(
        [[0, 12, 6, 0], [0, 22, 5, 0], [0, 11, 6, 0]],
        { caching: true },
        [[0, 5], [0, 2, 10, 5], [20, 5]],
      ),
      stepping,
    );
    const back = steps[5].split(" ").find((entry) => entry.startsWith("2/"));
    equal(back?.split("/")[2], "4", steps.join("\n"));
  });

  Deno.test(`a prompt takes its blocks chunk by chunk, and nobody is preempted for a whole one, ${stepping}`, () => {
    const one = made([[0, 4, 4, 0], [0, 32, 1, 0]], { blocks: 9, budget: 8 });
    const steps = engineSteps(one, stepping);
    deepEqual(steps.map(({ preempted }) => preempted.length), steps.map(() => 0));
    // 4 tokens of request 0, then 8 more of both in each step.
    deepEqual(steps.slice(0, 3).map(({ free }) => free), [7, 4, 2]);
  });

  Deno.test(`slots and blocks of ended requests are free a step late where steps are planned ahead, ${stepping}`, () => {
    const requests = [[0, 4, 1, 0], [0, 4, 3, 0], [0, 4, 1, 0]] as const;
    deepEqual(shown(made(requests, { seqs: 2 }), stepping), [
      "0/4/0 1/4/0",
      "1/1/4 2/4/0",
      "1/1/5",
    ]);
    deepEqual(shown(made(requests, { seqs: 2, async: true }), stepping), [
      "0/4/0 1/4/0",
      "1/1/4",
      "1/1/5 2/4/0",
    ]);
    // Nothing is left to run ahead of: the last request goes in at once.
    deepEqual(shown(made([[0, 4, 1, 0], [0, 4, 1, 0]], { seqs: 1, async: true }), stepping), [
      "0/4/0",
      "1/4/0",
    ]);
  });

  Deno.test(`an arrival is first considered a step later where steps are planned ahead, ${stepping}`, () => {
    const requests = [[0, 4, 5, 0], [1, 4, 1, 0]] as const;
    equal(shown(made(requests, {}), stepping)[1], "0/1/4 1/4/0");
    const ahead = shown(made(requests, { async: true }), stepping);
    deepEqual(ahead.slice(1, 3), ["0/1/4", "0/1/5 1/4/0"]);
  });

  Deno.test(`without the whole-prompt check the first chunk's blocks are enough, ${stepping}`, () => {
    const requests = [[0, 8, 9, 0], [0, 20, 1, 0]] as const;
    const settings = { blocks: 6, budget: 12 };
    deepEqual(shown(made(requests, settings), stepping)[0], "0/8/0");
    deepEqual(shown(made(requests, { ...settings, reserve: false }), stepping)[0], "0/8/0 1/4/0");
  });

  Deno.test(`a long-prefill threshold lets several prompts be in progress, ${stepping}`, () => {
    const requests = [[0, 10, 1, 0], [0, 6, 2, 0], [0, 3, 3, 0]] as const;
    deepEqual(shown(made(requests, { threshold: 4, budget: 10 }), stepping), [
      "0/4/0 1/4/0 2/2/0",
      "0/4/4 1/2/4 2/1/2",
      "0/2/8 1/1/6 2/1/3",
      "2/1/4",
    ]);
  });
}
