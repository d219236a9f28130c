import type { TraceColumns } from "./columns.ts";
import type { FormatOptions, TraceEntry } from "./format.ts";
import { azureFormat } from "./formats/azure.ts";
import { csvFormat } from "./formats/csv.ts";
import { jsonFormat } from "./formats/json.ts";
import { llmServingSimFormat } from "./formats/llmservingsim.ts";
import { mooncakeWith } from "./formats/mooncake.ts";
import { type TraceFormat } from "./trace_formats.ts";
import { vidurFormat } from "./formats/vidur.ts";
import { readerOf } from "./read_trace.ts";
import type { Trace, TraceOptions } from "./trace.ts";
import { readAs } from "./trace_reader.ts";

const read = (text: string, options: FormatOptions, format: TraceEntry): Trace =>
  readAs(format, { text, options });

/** Options of `readCsvTrace`. */
export interface CsvTraceOptions extends TraceOptions {
  /** Names of the columns; the usual ones where absent. */
  readonly columns?: TraceColumns;
  /** Character between fields. Default that which makes the most fields of the header. */
  readonly delimiter?: string;
  /** Units of a numeric arrival column in a second, in place of `unit`: 1000 for milliseconds. */
  readonly arrivalUnitsPerSecond?: number;
  /** Whether the file may lack arrivals, holding lengths alone. Default false. */
  readonly arrivalOptional?: boolean;
  /** Name of the format in messages. Default "a CSV trace". */
  readonly format?: string;
}

/**
 * Reads a CSV file with a header line. Fields may be quoted but may not hold line breaks. Arrivals are
 * numbers, or dates and times, which then count from the earliest. Empty lines are passed over.
 *
 * @throws {SyntaxError} If a column is missing or a row malformed (missing field, no number, negative
 *   time, zero tokens): one line `file:line:column: ... value`.
 *
 * @example
 * ```ts
 * import { readCsvTrace } from "./mod.ts";
 *
 * const text = "when,in,out\n0.5,100,20\n0.7,40,30\n";
 * const columns = { arrival_s: "when", prompt_tokens: "in", output_tokens: "out" };
 * const { table } = readCsvTrace(text, { fileName: "mine.csv", columns });
 * console.log(table.count); // 2
 * ```
 */
export function readCsvTrace(text: string, options: CsvTraceOptions): Trace {
  const { format, ...rest } = options;
  return read(text, rest, format === undefined ? csvFormat : { ...csvFormat, article: format });
}

/** Options of `readJsonTrace`. */
export interface JsonTraceOptions extends TraceOptions {
  /** Keys of the columns; the usual names where absent. */
  readonly columns?: TraceColumns;
  /** Units of a numeric arrival in a second, in place of `unit`: 1000 for milliseconds. */
  readonly arrivalUnitsPerSecond?: number;
}

/**
 * Reads JSON Lines, a JSON array of objects, or an object with such an array under `requests`. Which
 * keys hold what is decided by the first row; other keys are passed over and named in `unread`.
 *
 * @throws {SyntaxError} At the first malformed row: one line `file:line:column: ... value`.
 *
 * @example
 * ```ts
 * import { readJsonTrace } from "./mod.ts";
 *
 * const text = '{"arrival_s": 0.5, "prompt_tokens": 100, "output_tokens": 20}';
 * console.log(readJsonTrace(text, { fileName: "mine.jsonl" }).table.promptTokens[0]); // 100
 * ```
 */
export function readJsonTrace(text: string, options: JsonTraceOptions): Trace {
  return read(text, options, jsonFormat);
}

/**
 * Reads an Azure LLM inference trace: `TIMESTAMP,ContextTokens,GeneratedTokens`, times as dates to
 * 100 ns. Instants count from the earliest row.
 *
 * @throws {SyntaxError} At the first malformed row: one line `file:line:column: ... value`.
 * @source https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2023.md
 */
export function readAzureTrace(text: string, options: TraceOptions): Trace {
  return read(text, options, azureFormat);
}

/**
 * Reads a Vidur trace: `num_prefill_tokens` and `num_decode_tokens`, and `arrived_at` in seconds where
 * there is one. Many of Vidur's processed traces hold lengths alone: then `hasArrivals` is false.
 *
 * @throws {SyntaxError} At the first malformed row: one line `file:line:column: ... value`.
 * @source https://github.com/microsoft/vidur, vidur/request_generator/trace_replay_request_generator.py
 */
export function readVidurTrace(text: string, options: TraceOptions): Trace {
  return read(text, options, vidurFormat);
}

/** Options of `readMooncakeTrace`. */
export interface MooncakeTraceOptions extends TraceOptions {
  /**
   * What to do with the hash of a last block that the prompt does not fill: "drop" it (default), as
   * engines cache full blocks only, or "keep" it, as the paper's own hit rates count it.
   */
  readonly partialBlocks?: "drop" | "keep";
}

/**
 * Reads a Mooncake trace: JSON Lines of `timestamp` (milliseconds), `input_length`, `output_length`
 * and, where there are any, `hash_ids`, the identities of the prompt's 512-token blocks.
 *
 * @throws {SyntaxError} At the first malformed row: one line `file:line:column: ... value`.
 * @source R. Qin et al., "Mooncake", FAST 2025; https://github.com/kvcache-ai/Mooncake, FAST25-release/traces
 */
export function readMooncakeTrace(text: string, options: MooncakeTraceOptions): Trace {
  const { partialBlocks = "drop", ...rest } = options;
  return read(text, rest, mooncakeWith(partialBlocks));
}

/** Options of `readLlmServingSimTrace`. */
export type LlmServingSimTraceOptions = TraceOptions;

/**
 * Reads an LLMServingSim workload: JSON Lines of `arrival_time_ns`, `input_toks`, `output_toks` and,
 * where given, `input_tok_ids`, from which the prompts' prefix identities are hashed block by block.
 * Rows without ids share nothing.
 *
 * @throws {SyntaxError} At the first malformed row: one line `file:line:column: ... value`.
 * @source https://github.com/casys-kaist/LLMServingSim, workloads/
 */
export function readLlmServingSimTrace(text: string, options: LlmServingSimTraceOptions): Trace {
  const { blockTokens = 16 } = options;
  if (!Number.isInteger(blockTokens) || blockTokens < 1) {
    throw new RangeError(
      `Cannot use blockTokens as a whole number >= 1: current value is ${blockTokens}`,
    );
  }
  return read(text, options, llmServingSimFormat);
}

/**
 * The format of a trace by its first row: the keys of a JSON object or the names of a CSV header.
 *
 * @param fileName Its ending decides between JSON and JSON Lines where the text does not.
 * @throws {SyntaxError} If the text is empty.
 */
export function detectTraceFormat(text: string, fileName: string): TraceFormat {
  const reader = readerOf({ fileName });
  return reader.formatOf(text).name as TraceFormat;
}
