import type { RequestRows } from "../metrics/rows/request_rows.ts";
import { OUTCOMES } from "../metrics/run_tables.ts";

/** What decides how long a function's requests may be, tokens. */
export interface LengthLimits {
  /** Prompt and output together, as configured or as the model has it. */
  readonly maxModelTokens: number;
  /** The most that the model itself takes. */
  readonly ownLimitTokens: number;
  /** What the KV cache of an instance holds. */
  readonly kvTokens: number;
}

const REJECTED_LENGTH = OUTCOMES.indexOf("rejected_length");
const REJECTED_CAPACITY = OUTCOMES.indexOf("rejected_capacity");

const REJECTED_CLOSED = OUTCOMES.indexOf("rejected_closed");

/**
 * Says of requests for which no instance was to come again what would have served them: one sentence
 * per function.
 *
 * @param names By function id; they are told where there are several.
 */
export function cameTooLate(
  rows: RequestRows,
  names: readonly string[],
): string[] {
  const found = names.map(() => ({ count: 0, first: Infinity }));
  for (const { count, outcome, arrivalAtSeconds, functionId } of rows.pieces()) {
    for (let i = 0; i < count; i++) {
      if (outcome[i] !== REJECTED_CLOSED) continue;
      const entry = found[functionId[i]];
      entry.count++;
      entry.first = Math.min(entry.first, arrivalAtSeconds[i]);
    }
  }
  return found.flatMap(({ count, first }, id) => {
    if (count === 0) return [];
    const of = names.length > 1 ? ` of ${names[id]}` : "";
    return [
      `${count} requests${of} were turned away, the first of which came at ${first} s: the scaling ` +
      "policy has no instance then and wants none again; a later entry or a repetition of the " +
      "timetable, or scaling.min_instances: 1, would serve them",
    ];
  });
}

/**
 * Says of requests that were turned away for their length which setting would let them in: one
 * sentence per function and reason.
 *
 * @param limits By function id.
 * @param names By function id; they are told where there are several.
 */
export function turnedAway(
  rows: RequestRows,
  limits: readonly LengthLimits[],
  names: readonly string[],
): string[] {
  const found = new Map<number, { outcome: number; id: number; count: number; longest: number }>();
  for (const piece of rows.pieces()) {
    const { outcome } = piece;
    for (let i = 0; i < piece.count; i++) {
      if (outcome[i] !== REJECTED_LENGTH && outcome[i] !== REJECTED_CAPACITY) continue;
      const id = piece.functionId[i];
      const key = id * OUTCOMES.length + outcome[i];
      const entry = found.get(key) ?? { outcome: outcome[i], id, count: 0, longest: 0 };
      entry.count++;
      entry.longest = Math.max(entry.longest, piece.promptTokens[i] + piece.outputTokens[i]);
      found.set(key, entry);
    }
  }
  return [...found.entries()].sort(([a], [b]) => a - b).map(
    ([, { outcome: why, id, ...entry }]) => {
      const of = names.length > 1 ? ` of ${names[id]}` : "";
      const what = `${entry.count} requests${of} of up to ${entry.longest} tokens were turned away`;
      return `${what}: ${
        why === REJECTED_LENGTH ? overLimit(limits[id], entry.longest) : overCache(limits[id])
      }`;
    },
  );
}

function overLimit({ maxModelTokens, ownLimitTokens }: LengthLimits, longest: number): string {
  if (longest <= ownLimitTokens) {
    return `the limit is ${maxModelTokens} tokens; set model.max_model_len: ${longest}`;
  }
  return `the model's own limit is ${ownLimitTokens} tokens` +
    (maxModelTokens < ownLimitTokens
      ? `; model.max_model_len: ${ownLimitTokens} admits as many as it can hold`
      : "; only a model with a longer window can serve them");
}

function overCache({ kvTokens }: LengthLimits): string {
  return `the KV cache holds ${kvTokens} tokens; more GPUs (parallelization.tensor_parallel_size), ` +
    "memory.gpu_memory_utilization or memory.kv_cache_dtype: fp8 give it room";
}
