import { count, quantity, tokens } from "../../settings/quantities.ts";
import { withDefaults } from "../../settings/from_table.ts";
import { LIMITS } from "../../sim/limits.ts";
import { type SglangOptions, SglangScheduler } from "./sglang_scheduler.ts";
import type { BatchingEntry, BatchingStrategy } from "./strategy.ts";

/** Settings of `sglang`. */
export type SglangSettings = {
  readonly maxPrefillTokens: number;
  readonly scheduleConservativeness: number;
  readonly clipMaxNewTokens: number;
};

/** `sglang` as files name it. */
export const sglangStrategy: BatchingEntry<"sglang", SglangSettings> = {
  name: "sglang",
  describe:
    "SGLang's scheduler: prompts first, in steps of their own; memory for estimated outputs.",
  section: null,
  settings: {
    maxPrefillTokens: tokens({
      min: 1,
      max: LIMITS.stepTokens.value,
      default: 16_384,
      describe: "Prompt tokens of a step of `sglang` after which no further prompt joins it.",
    }),
    scheduleConservativeness: quantity("number", {
      min: 0,
      max: 100,
      default: 1,
      describe: "Factor on the share of their stated outputs for which `sglang` keeps room for " +
        "running sequences (0.7, falling to 0.098 while none is retracted).",
    }),
    clipMaxNewTokens: count({
      min: 1,
      default: 4096,
      describe: "Most output tokens of one request that `sglang` reckons with.",
    }),
  },
  laws: {
    // Without room for outputs to come, so that sequences are retracted.
    options: { scheduleConservativeness: 0, clipMaxNewTokens: 2 },
    skip: [
      { law: "static batch", reason: "sequences join and leave between steps" },
      { law: "stall-free", reason: "prompts go first, in steps of their own" },
      { law: "first come, first served", reason: "a retracted request waits behind all others" },
    ],
  },
  create: sglang,
};

/**
 * SGLang's scheduler. A step is prompts only or decodes only, and prompts go first, so that a burst of
 * them stalls every running decode. Prompts are let in first come, first served, while there is room
 * for them and for what they and the running sequences may still put out: of the stated outputs of the
 * running ones a share counts, `new_token_ratio`, which falls with each decode step that fits. A prompt
 * that is longer than what is left of the step's budget is cut, and goes on before all others. Once a
 * request found no room, none is tried before somebody has left.
 *
 * Out of KV tokens, the sequence with the fewest output tokens is retracted (of equal ones that with
 * the longest prompt) until the others fit; it waits behind all others, and `new_token_ratio` becomes
 * what the others have put out of their stated outputs.
 *
 * @source SGLang 0.5.9, python/sglang/srt/managers/schedule_policy.py, scheduler.py, schedule_batch.py
 * (behaviour)
 */
export function sglang(options: Partial<SglangSettings> = {}): BatchingStrategy {
  const settings: SglangOptions = withDefaults(sglangStrategy.settings, options);
  const shared: Omit<BatchingStrategy, "plan" | "forEngine" | "isIdle"> = {
    name: "sglang",
    reservation: "chunk",
    holdsFinished: false,
    preemption: "recompute",
    requeues: "last",
    prefixCache: "radix",
    cachesComputed: "chunk",
    repeatsDecode: true,
  };
  const forEngine = (): BatchingStrategy => {
    const scheduler = new SglangScheduler(settings);
    return {
      ...shared,
      plan: (step) => scheduler.plan(step),
      isIdle: () => scheduler.isIdle(),
    };
  };
  return { ...shared, plan: () => {}, forEngine };
}
