import { alwaysOn, type billInstances, costShares, perGood } from "./cost_summary.ts";
import type { FunctionFacts } from "./function_facts.ts";
import type { RunRecord } from "./run_record.ts";
import type { CostSummary } from "./run_tables.ts";
import type { SloLimits } from "./slo.ts";

/** What the bill is divided by. */
export interface CostDivisors {
  /** Completed requests. */
  readonly completed: number;
  /** Prompt and output tokens of completed requests. */
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Limits of a request by function and class; absent without limits. */
  readonly limitsOf?: (functionId: number, classId: number) => SloLimits;
}

/**
 * Functions that had instances and whose GPU has no known price: their part of the bill is undefined,
 * and so is the sum.
 */
export function unpricedFunctions(
  { lives, pools = [] }: RunRecord,
  functions: readonly FunctionFacts[],
): ReadonlySet<number> {
  const unpriced = new Set<number>();
  const look = ({ functionId }: { readonly functionId: number }) => {
    if (functions[functionId].lacksPrice) unpriced.add(functionId);
  };
  lives.forEach(look);
  for (const { members } of pools) members.forEach(look);
  return unpriced;
}

/** The bill, and what a request and a token cost; null where there is no price to bill by. */
export function costFields(
  run: RunRecord,
  functions: readonly FunctionFacts[],
  bill: ReturnType<typeof billInstances>,
  divisors: CostDivisors,
  isPriced: boolean,
): CostSummary {
  const { byFunctionUsd: _, wastedUsd, ...cost } = bill;
  const { completed, promptTokens, outputTokens, limitsOf } = divisors;
  const total = cost.total_usd;
  const fields: CostSummary = {
    ...cost,
    per_request_usd: completed > 0 ? total / completed : null,
    per_million_output_tokens_usd: outputTokens > 0 ? total / outputTokens * 1e6 : null,
    per_million_total_tokens_usd: outputTokens > 0
      ? total / (outputTokens + promptTokens) * 1e6
      : null,
    per_slo_good_request_usd: limitsOf ? perGood(run, limitsOf, total) : null,
    ...costShares(cost, wastedUsd),
    ...alwaysOn(run, functions),
  };
  if (isPriced) return fields;
  const { storage_usd, always_on_usd } = fields;
  const none = Object.fromEntries(Object.keys(fields).map((key) => [key, null]));
  return { ...none, storage_usd, always_on_usd } as unknown as CostSummary;
}
