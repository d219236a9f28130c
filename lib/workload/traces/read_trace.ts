import type { TraceColumns } from "./columns.ts";
import { decodedTexts } from "./decode.ts";
import type { FormatOptions, TraceEntry } from "./format.ts";
import { formatOf, FORMATS, type TraceFormat } from "./trace_formats.ts";
import type { Trace, TraceOptions } from "./trace.ts";
import { TraceReader } from "./trace_reader.ts";

/** Options of `readTrace`. */
export interface ReadTraceOptions extends TraceOptions {
  /** Name of the format, or "auto" (default) to go by the first row. */
  readonly format?: TraceFormat | "auto";
  /** Columns of a `csv`, `json` or `jsonl` trace. */
  readonly columns?: TraceColumns;
}

/**
 * A reader of a trace whose text comes in parts.
 *
 * @throws {RangeError} If the format is unknown.
 */
export function traceReader(options: ReadTraceOptions): TraceReader {
  const { format = "auto", ...rest } = options;
  if (format === "auto") return readerOf(rest);
  const entry = formatOf(format);
  if (entry !== undefined) return readerOf(rest, entry);
  throw new RangeError(
    `Cannot use trace format as one of ${
      FORMATS.map(({ name }) => name).join(", ")
    }: current value is "${format}"`,
  );
}

/** A reader of one format, or of that which the first row shows. */
export function readerOf(options: FormatOptions, format?: TraceEntry): TraceReader {
  return new TraceReader({ ...options, formats: FORMATS, ...(format && { format }) });
}

/** Reads a whole text. */
export function readText(text: string, reader: TraceReader): Trace {
  reader.write(text);
  return reader.end();
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
  return readText(text, traceReader(options));
}

/**
 * Reads a trace of any known format from bytes that come in parts, as from a file or a connection: text
 * in UTF-8 or UTF-16, or such a text packed by gzip. Nothing is kept but the columns.
 *
 * @throws {SyntaxError} As `readTrace`, and where the bytes are no text.
 *
 * @example
 * ```ts
 * import { readTraceStream } from "./mod.ts";
 *
 * const { body } = new Response("arrival_s,prompt_tokens,output_tokens\n0,9,2\n");
 * console.log((await readTraceStream(body!, { fileName: "mine.csv" })).table.count); // 1
 * ```
 */
export async function readTraceStream(
  bytes: AsyncIterable<Uint8Array<ArrayBuffer>>,
  options: ReadTraceOptions,
): Promise<Trace> {
  const reader = traceReader(options);
  for await (const text of decodedTexts(bytes, options.fileName)) reader.write(text);
  return reader.end();
}
