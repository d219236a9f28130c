import { readCsvTrace } from "./csv.ts";
import type { Trace, TraceEntry, TraceOptions } from "./trace.ts";

/** `vidur` as files name it. */
export const vidurFormat: TraceEntry<"vidur"> = {
  name: "vidur",
  describe: "Traces of Vidur (CSV); without arrivals the lengths alone count.",
  settings: {},
  isOf: (first) => "names" in first && first.names.includes("num_prefill_tokens"),
  create: (_options, { text, options }) => readVidurTrace(text, options),
};

/**
 * Reads a Vidur trace: `num_prefill_tokens` and `num_decode_tokens`, and `arrived_at` in seconds where
 * there is one. Many of Vidur's processed traces hold lengths alone: then `hasArrivals` is false.
 *
 * @throws {SyntaxError} At the first malformed row: one line `file:line:column: ... value`.
 * @source https://github.com/microsoft/vidur, vidur/request_generator/trace_replay_request_generator.py
 */
export function readVidurTrace(text: string, options: TraceOptions): Trace {
  const header = text.slice(0, text.indexOf("\n") < 0 ? text.length : text.indexOf("\n"));
  return readCsvTrace(text, {
    ...options,
    format: "a Vidur trace",
    arrivalOptional: true,
    columns: {
      ...(header.includes("arrived_at") && { arrival_s: "arrived_at" }),
      prompt_tokens: "num_prefill_tokens",
      output_tokens: "num_decode_tokens",
    },
  });
}
