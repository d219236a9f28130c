import { readAzureTrace } from "./azure.ts";
import type { TraceColumns } from "./columns.ts";
import { readCsvTrace } from "./csv.ts";
import { detectTraceFormat } from "./detect_trace_format.ts";
import { readJsonTrace } from "./json.ts";
import { readLlmServingSimTrace } from "./llmservingsim.ts";
import { readMooncakeTrace } from "./mooncake.ts";
import type { Trace, TraceOptions } from "./trace.ts";
import { readVidurTrace } from "./vidur.ts";

/** Options of `readTrace`. */
export interface ReadTraceOptions extends TraceOptions {
  /** Name of the format, or "auto" (default) to go by the first line. */
  readonly format?: TraceFormat | "auto";
  /** Columns of a `csv`, `json` or `jsonl` trace. */
  readonly columns?: TraceColumns;
}

/** The readers by format. A new one is one file and one line here. */
export const TRACE_READERS = {
  azure: readAzureTrace,
  vidur: readVidurTrace,
  mooncake: readMooncakeTrace,
  llmservingsim: readLlmServingSimTrace,
  csv: readCsvTrace,
  json: readJsonTrace,
  jsonl: readJsonTrace,
} as const satisfies Record<
  string,
  (text: string, options: TraceOptions & { readonly columns?: TraceColumns }) => Trace
>;

/** Names of the trace formats. */
export type TraceFormat = keyof typeof TRACE_READERS;

/**
 * Reads a trace of any known format.
 *
 * @throws {SyntaxError} If the text is empty, or at the first malformed row: one line
 *   `file:line:column: ... value`.
 * @throws {RangeError} If the format is unknown.
 *
 * @example
 * ```ts
 * import { readTrace } from "./mod.ts";
 *
 * const text = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.68,374,44\n";
 * console.log(readTrace(text, { fileName: "conv.csv" }).table.outputTokens[0]); // 44
 * ```
 */
export function readTrace(text: string, options: ReadTraceOptions): Trace {
  const { format = "auto", ...rest } = options;
  const name = format === "auto" ? detectTraceFormat(text, options.fileName) : format;
  if (!Object.hasOwn(TRACE_READERS, name)) {
    throw new RangeError(
      `Cannot use trace format as one of auto, ${
        Object.keys(TRACE_READERS).join(", ")
      }: current value is "${name}"`,
    );
  }
  return { ...TRACE_READERS[name](text, rest), format: name };
}
