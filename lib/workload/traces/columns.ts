/** Columns of a generic trace: the name that each has in the file. */
export interface TraceColumns {
  /** Arrival: a number, or a date and time. */
  readonly arrival_s?: string;
  /** Prompt length, tokens. */
  readonly prompt_tokens?: string;
  /** Output length, tokens. */
  readonly output_tokens?: string;
  /** Name of the function called. */
  readonly function?: string;
  /** Session; an empty value is a request outside any session. */
  readonly session?: string;
  /** Service class. */
  readonly class?: string;
  /** Tenant. */
  readonly tenant?: string;
}

/**
 * The usual names of each column, tried in this order where none is given: first as they stand, then
 * whatever their case and what is between their words.
 */
export const USUAL_NAMES = {
  arrival_s: [
    "arrival_s",
    "arrived_at",
    "arrival_time",
    "TIMESTAMP",
    "Timestamp",
    "timestamp",
    "arrival_ms",
    "arrival_us",
    "arrival_ns",
    "arrival_time_s",
    "arrival_time_ms",
    "arrival_time_us",
    "arrival_time_ns",
    "timestamp_s",
    "timestamp_ms",
    "timestamp_us",
    "timestamp_ns",
    "arrival",
    "request_time",
    "start_time",
    "time",
  ],
  prompt_tokens: [
    "prompt_tokens",
    "num_prefill_tokens",
    "input_tokens",
    "ContextTokens",
    "Request tokens",
    "input_length",
    "prompt_length",
    "input_len",
    "prompt_len",
    "num_prompt_tokens",
    "num_input_tokens",
    "prefill_tokens",
  ],
  output_tokens: [
    "output_tokens",
    "num_decode_tokens",
    "completion_tokens",
    "GeneratedTokens",
    "Response tokens",
    "output_length",
    "completion_length",
    "output_len",
    "response_length",
    "num_output_tokens",
    "num_generated_tokens",
    "decode_tokens",
  ],
  function: ["function"],
  session: ["session"],
  class: ["class"],
  tenant: ["tenant"],
} as const satisfies Record<keyof TraceColumns, readonly string[]>;

/** The columns that a trace must have. */
export const NEEDED = ["arrival_s", "prompt_tokens", "output_tokens"] as const;

/** The columns that it may have. */
export const OPTIONAL = ["function", "session", "class", "tenant"] as const;

/** Columns whose numbers count from the beginning of a run. */
const OF_THE_RUN: readonly string[] = ["arrival_s", "arrived_at"];

/** Whether a column's numbers count from the beginning of a run, as those of our own results do. */
export function countsFromRun(name: string): boolean {
  return OF_THE_RUN.includes(name);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** The name of a column among those of a file; undefined if it has none. */
export function usualName(
  column: keyof TraceColumns,
  names: readonly string[],
): string | undefined {
  const usual: readonly string[] = USUAL_NAMES[column];
  const exact = usual.find((name) => names.includes(name));
  if (exact !== undefined) return exact;
  for (const wanted of usual) {
    const found = names.find((name) => plain(name) === plain(wanted));
    if (found !== undefined) return found;
  }
  return undefined;
}
