import type { EngineParts } from "../engine/engine_parts.ts";
import type { InstanceFacts } from "../serverless/scaling/mod.ts";

/** What policies that plan by a model of an instance are told of it. */
export function instanceFacts(engine: EngineParts): InstanceFacts {
  const { gpus, maxSequences, maxTokensPerStep, kvBlocks, blockTokens, maxModelTokens } = engine;
  const chunkTokens = new Int32Array(1);
  const chunkPastTokens = new Int32Array(1);
  return {
    gpus,
    maxSequences,
    maxTokensPerStep,
    kvCapacityTokens: kvBlocks * blockTokens,
    maxModelTokens,
    stepSeconds(prefillTokens, decodeSequences, decodeContextTokens) {
      chunkTokens[0] = prefillTokens;
      return engine.execution.stepSeconds({
        decodeSequences,
        decodeContextTokens,
        chunkCount: prefillTokens > 0 ? 1 : 0,
        chunkTokens,
        chunkPastTokens,
        sampledSequences: decodeSequences + (prefillTokens > 0 ? 1 : 0),
      });
    },
  };
}
