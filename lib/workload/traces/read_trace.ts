import { fromTable } from "../../settings/from_table.ts";
import type { TraceColumns } from "./columns.ts";
import { detectTraceFormat } from "./detect_trace_format.ts";
import type { Trace, TraceOptions } from "./trace.ts";
import { TRACE_FORMATS, type TraceFormat } from "./trace_formats.ts";

/** Options of `readTrace`. */
export interface ReadTraceOptions extends TraceOptions {
  /** Name of the format, or "auto" (default) to go by the first line. */
  readonly format?: TraceFormat | "auto";
  /** Columns of a `csv`, `json` or `jsonl` trace. */
  readonly columns?: TraceColumns;
}

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
  return { ...fromTable(TRACE_FORMATS, name, {}, { text, options: rest }), format: name };
}
