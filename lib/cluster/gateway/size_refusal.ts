import { OUTCOME_CODE } from "../../metrics/recorder.ts";
import type { FunctionParts } from "../cluster_parts.ts";

/**
 * Why a request is too large for its function, a code of the outcome column; 0 when it is not. Where
 * one group of instances hands it to another, the first one needs room for its prompt alone.
 *
 * @param functions Functions by id.
 * @param outputTokens Tokens after which it ends.
 */
export function sizeRefusal(
  functions: readonly { readonly parts: FunctionParts }[],
  { engine, handoff }: FunctionParts,
  promptTokens: number,
  outputTokens: number,
): number {
  if (promptTokens >= engine.maxModelTokens) return OUTCOME_CODE.rejected_length;
  const tokens = promptTokens + outputTokens - 1;
  const first = handoff === undefined ? tokens : promptTokens;
  const last = handoff === undefined ? engine : functions[handoff.to].parts.engine;
  const fits = first <= engine.kvBlocks * engine.blockTokens &&
    tokens <= last.kvBlocks * last.blockTokens;
  return fits ? 0 : OUTCOME_CODE.rejected_capacity;
}
