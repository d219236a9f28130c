import type { RequestPieces } from "../workload/request_pieces.ts";
import type { FunctionKind } from "./functions.ts";

/** What the parts of a run are to know of its requests as a whole. */
export interface WorkloadFacts {
  readonly count: number;
  /** The last arrival, seconds; 0 without any. */
  readonly lastArrivalSeconds: number;
  /** Longest output, tokens, >= 1. */
  readonly longestOutput: number;
  /** Mean lengths, whole tokens, >= 1. */
  readonly meanPromptTokens: number;
  readonly meanOutputTokens: number;
  /** Requests of each function, and their prompts and outputs together, tokens. */
  readonly requestsOf: Float64Array;
  readonly tokensOf: Float64Array;
}

/** Goes through a workload once. */
export function workloadFacts(workload: RequestPieces, functions: number): WorkloadFacts {
  const requestsOf = new Float64Array(functions);
  const tokensOf = new Float64Array(functions);
  let lastArrivalSeconds = 0, longestOutput = 1, prompts = 0, outputs = 0, count = 0;
  for (const piece of workload.pieces()) {
    const { promptTokens, outputTokens, functionId } = piece;
    for (let i = 0; i < piece.count; i++) {
      const fn = functionId === undefined ? 0 : functionId[i];
      prompts += promptTokens[i];
      outputs += outputTokens[i];
      if (outputTokens[i] > longestOutput) longestOutput = outputTokens[i];
      requestsOf[fn]++;
      tokensOf[fn] += promptTokens[i] + outputTokens[i];
    }
    count += piece.count;
    if (piece.count > 0) lastArrivalSeconds = piece.arrivalAtSeconds[piece.count - 1];
  }
  const mean = (sum: number) => count > 0 ? Math.max(1, Math.round(sum / count)) : 1;
  return {
    count,
    lastArrivalSeconds,
    longestOutput,
    meanPromptTokens: mean(prompts),
    meanOutputTokens: mean(outputs),
    requestsOf,
    tokensOf,
  };
}

/** Mean prompt and output of the requests to functions of a kind, tokens; undefined if there are none. */
export function meanRequestTokens(
  { requestsOf, tokensOf }: WorkloadFacts,
  { calledId, count }: Pick<FunctionKind, "calledId" | "count">,
): number | undefined {
  let tokens = 0, requests = 0;
  for (let id = calledId; id < calledId + count; id++) {
    tokens += tokensOf[id];
    requests += requestsOf[id];
  }
  return requests === 0 ? undefined : tokens / requests;
}
