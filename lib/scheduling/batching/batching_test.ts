import { ok, strictEqual, throws } from "#assert";
import { runEntryLaws } from "../../../tests/conformance/batching_laws.ts";
import { fromTable, namesOf } from "../../settings/from_table.ts";
import { BATCHING_STRATEGIES, type BatchingName } from "./strategies.ts";
import type { BatchingEntry, StepBuilder } from "./strategy.ts";
import { vllmV0Strategy } from "./vllm_v0.ts";

for (const entry of BATCHING_STRATEGIES.entries as readonly BatchingEntry<string, object>[]) {
  runEntryLaws(entry);
}
runEntryLaws(vllmV0Strategy, { preemption: "swap" }, "vllm-v0 with swapping");

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
    | "bringBack";
  const isKnown: keyof StepBuilder extends Known ? true : never = true;
  ok(isKnown);
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
