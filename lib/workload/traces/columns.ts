/** Columns of a generic trace: the name that each has in the file. */
export interface TraceColumns {
  /** Arrival: seconds, or a date and time. */
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

/** The usual names of each column, tried in this order where none is given. */
export const USUAL_NAMES = {
  arrival_s: ["arrival_s", "arrived_at", "arrival_time", "TIMESTAMP", "Timestamp", "timestamp"],
  prompt_tokens: [
    "prompt_tokens",
    "num_prefill_tokens",
    "input_tokens",
    "ContextTokens",
    "Request tokens",
  ],
  output_tokens: [
    "output_tokens",
    "num_decode_tokens",
    "completion_tokens",
    "GeneratedTokens",
    "Response tokens",
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
