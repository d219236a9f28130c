import {
  type ExecutionLaw,
  type ExecutionSetting,
  runExecutionLaws,
} from "../../../tests/conformance/execution_laws.ts";
import { uniformFormats } from "../../models/weight_format.ts";
import { withDefaults } from "../../settings/from_table.ts";
import type { ExecutionTimeModel } from "../execution_time_model.ts";
import type { ExecutionEntry, ExecutionNeeds } from "./source.ts";
import { EXECUTION_SOURCES } from "./sources.ts";

/** Llama-2-7B as SimFaaSInfer's file has it. */
const profiling = {
  attention_prefill_time_per_token_sq: 0.000012,
  attention_decode_time_per_token: 0.00015,
  mlp_time_per_token: 0.00025,
  layernorm_time_per_token: 0.00002,
  embedding_time_per_token: 0.00003,
  allreduce_time_per_gb: 5,
};

function needsOf({ weightBytesPerElement, ...setting }: ExecutionSetting): ExecutionNeeds {
  return {
    ...setting,
    weights: uniformFormats(weightBytesPerElement),
    expertSkew: 0,
    overheads: { stepSeconds: null, sequenceSeconds: null, collectiveSeconds: null },
    profiling,
    fromProfile: () => Promise.reject(new Error("no source that reads a profile is made here")),
  };
}

for (const entry of EXECUTION_SOURCES.entries as readonly ExecutionEntry<string, object>[]) {
  // Those that read a profile are made as a run makes them: lib/execution/profiled tests them.
  if (entry.readsProfile) continue;
  runExecutionLaws({
    name: `${entry.name} source`,
    create: (setting) =>
      entry.create(
        withDefaults(entry.settings, entry.laws?.options ?? {}),
        needsOf(setting),
      ) as ExecutionTimeModel,
    skip: (entry.laws?.skip ?? []) as { law: ExecutionLaw; reason: string }[],
  });
}
