import type { FirstRow, TraceEntry } from "./trace.ts";
import { TRACE_FORMATS, type TraceFormat } from "./trace_formats.ts";

/** Whether a JSON object stands in the first line, and which of its keys. */
function keysOf(line: string): string[] | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.keys(value)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The format of a trace by its first line: the keys of a JSON row or the names of a CSV header.
 *
 * @param fileName Its ending decides between JSON and JSON Lines where the text does not.
 * @throws {SyntaxError} If the text is empty.
 */
export function detectTraceFormat(text: string, fileName: string): TraceFormat {
  const match = /\S[^\n]*/.exec(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (match === null) {
    throw new SyntaxError(
      `${fileName}:1:1: Cannot read file as a trace: current value is an empty file`,
    );
  }
  const line = match[0].trim();
  if (line.startsWith("[")) return "json";
  if (line.startsWith("{")) {
    const keys = keysOf(line);
    if (keys === undefined) return /\.(jsonl|ndjson)$/i.test(fileName) ? "jsonl" : "json";
    return formatOf({ keys }) ?? (keys.includes("requests") ? "json" : "jsonl");
  }
  const names = line.split(/[,;\t]/).map((name) => name.trim());
  return formatOf({ names }) ?? "csv";
}

/** The format that a first row alone tells. */
function formatOf(first: FirstRow): TraceFormat | undefined {
  const entries: readonly TraceEntry<TraceFormat>[] = TRACE_FORMATS.entries;
  return entries.find(({ isOf }) => isOf?.(first))?.name;
}
