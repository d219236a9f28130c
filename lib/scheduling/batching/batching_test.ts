import { ok, strictEqual, throws } from "@std/assert";
import { type BatchingLaw, runBatchingLaws } from "../../../tests/conformance/batching_laws.ts";
import {
  BATCHING_STRATEGIES,
  type BatchingName,
  type BatchingOptions,
  createBatching,
} from "./create_batching.ts";
import type { StepBuilder } from "./strategy.ts";

const NOT_STATIC = {
  law: "static batch",
  reason: "sequences join and leave between steps",
} as const;
const RESERVES = {
  law: "preemption",
  reason: "memory is reserved, so nobody is preempted",
} as const;

const SKIPS: Record<BatchingName, readonly { law: BatchingLaw; reason: string }[]> = {
  vllm: [NOT_STATIC],
  "vllm-v0": [NOT_STATIC, { law: "stall-free", reason: "prefills go first, and whole" }],
  sarathi: [NOT_STATIC],
  orca: [NOT_STATIC, RESERVES, { law: "stall-free", reason: "prompts are computed whole" }],
  fastertransformer: [
    RESERVES,
    { law: "budget", reason: "all prompts of a batch are computed in one step" },
    { law: "prompt", reason: "a batch in progress takes nobody in" },
    { law: "stall-free", reason: "nothing is returned before the batch ends" },
  ],
};

const OPTIONS: readonly [BatchingName, string, BatchingOptions][] = [
  ...(Object.keys(BATCHING_STRATEGIES) as BatchingName[])
    .map((name): [BatchingName, string, BatchingOptions] => [name, name, { watermarkBlocks: 1 }]),
  ["vllm-v0", "vllm-v0 with swapping", { preemption: "swap", watermarkBlocks: 1 }],
];

for (const [type, name, options] of OPTIONS) {
  runBatchingLaws({
    name,
    create: ({ chunk }) => createBatching(type, { ...options, chunkSize: chunk }),
    skip: SKIPS[type],
  });
}

Deno.test("what a strategy sees has no output length", () => {
  // Compile-time: every key of the builder is one of these, none of which tells an output length.
  type Known =
    | "maxSequences"
    | "maxTokensPerStep"
    | "running"
    | "decoding"
    | "waiting"
    | "returning"
    | "decodeAll"
    | "preempted"
    | "scheduleRunning"
    | "prefillRemaining"
    | "firstWaitingTokens"
    | "admit"
    | "prefill"
    | "bringBack";
  const isKnown: keyof StepBuilder extends Known ? true : never = true;
  ok(isKnown);
});

Deno.test("createBatching() names the strategies", () => {
  for (const name of Object.keys(BATCHING_STRATEGIES) as BatchingName[]) {
    strictEqual(createBatching(name).name, name);
  }
  throws(() => createBatching("dynamic" as BatchingName), {
    name: "RangeError",
    message: /^Cannot use batching as one of vllm, .*: current value is "dynamic"$/,
  });
});
