import { ok, strictEqual, throws } from "#assert";
import {
  type BatchingLawsOptions,
  runBatchingLaws,
  runEntryLaws,
} from "../../../tests/conformance/batching_laws.ts";
import { fromTable, namesOf } from "../../settings/from_table.ts";
import { BATCHING_STRATEGIES, type BatchingName } from "./strategies.ts";
import type { BatchingEntry, KvOutlook, StepBuilder } from "./strategy.ts";
import { trtLlm, trtLlmStrategy } from "./trt_llm.ts";
import { vllmV0Strategy } from "./vllm_v0.ts";

for (const entry of BATCHING_STRATEGIES.entries as readonly BatchingEntry<string, object>[]) {
  runEntryLaws(entry);
}
runEntryLaws(vllmV0Strategy, { preemption: "swap" }, "vllm-v0 with swapping");
runBatchingLaws({
  name: "trt-llm by default",
  create: () => trtLlm(),
  cases: 15,
  skip: [
    ...trtLlmStrategy.laws!.skip!,
    { law: "preemption", reason: "memory is promised, so nobody is paused" },
    { law: "stall-free", reason: "prompts are computed whole" },
  ] as BatchingLawsOptions["skip"],
});

Deno.test("what a strategy sees has no output length", () => {
  // Compile-time: every key of the builder is one of these, none of which tells an output length.
  type Known =
    | "maxSequences"
    | "maxTokensPerStep"
    | "running"
    | "decoding"
    | "tokensPerDecode"
    | "waiting"
    | "returning"
    | "decodeAll"
    | "preempted"
    | "scheduleRunning"
    | "prefillRemaining"
    | "firstWaitingTokens"
    | "admit"
    | "prefill"
    | "bringBack"
    | "outlook";
  type KnownOfBlocks =
    | "plansAhead"
    | "blockTokens"
    | "capacityBlocks"
    | "freeBlocks"
    | "lackingBlocks"
    | "blocksForUnknownEnds"
    | "unknownEnds"
    | "decodeSteps"
    | "slots"
    | "decodes"
    | "prefills"
    | "promptTokens"
    | "outputTokens"
    | "blocksHeld"
    | "statedTokens"
    | "comesBefore"
    | "lastComer"
    | "retract"
    | "makeRoom"
    | "mayDiffer"
    | "look"
    | "waitingTokens"
    | "waitingPromptTokens"
    | "matchedBlocks"
    | "freeBesideBlocks"
    | "firstNewBlock"
    | "newBlockOf"
    | "enter"
    | "passOver"
    | "putBack"
    | "lacksBlocks";
  const isKnown: keyof StepBuilder extends Known ? true : never = true;
  const areKnown: keyof KvOutlook extends KnownOfBlocks ? true : never = true;
  ok(isKnown && areKnown);
});

Deno.test("fromTable() names the strategies", () => {
  const needs = { kvBlocks: 100, preemption: "recompute" } as const;
  for (const name of namesOf(BATCHING_STRATEGIES)) {
    strictEqual(fromTable(BATCHING_STRATEGIES, name, {}, needs).name, name);
  }
  throws(() => fromTable(BATCHING_STRATEGIES, "dynamic" as BatchingName, {}, needs), {
    name: "RangeError",
    message: /^Cannot use a batching strategy as one of vllm, .*: current value is "dynamic"$/,
  });
});
