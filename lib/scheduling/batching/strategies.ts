import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { fasterTransformerStrategy } from "./faster_transformer.ts";
import { orcaStrategy } from "./orca.ts";
import { sarathiStrategy } from "./sarathi.ts";
import { sglangStrategy } from "./sglang.ts";
import { trtLlmStrategy } from "./trt_llm.ts";
import { vllmStrategy } from "./vllm.ts";
import { vllmV0Strategy } from "./vllm_v0.ts";

/** The batching strategies. A new one is one file and one line here. */
export const BATCHING_STRATEGIES = {
  wanted: "a batching strategy",
  entries: [
    vllmStrategy,
    vllmV0Strategy,
    sarathiStrategy,
    orcaStrategy,
    fasterTransformerStrategy,
    sglangStrategy,
    trtLlmStrategy,
  ],
} as const satisfies PolicyTable;

/** Names of batching strategies. */
export type BatchingName = NameOf<typeof BATCHING_STRATEGIES>;
