import { BadRow } from "./bad_row.ts";
import { NEEDED, OPTIONAL, type TraceColumns, USUAL_NAMES } from "./columns.ts";
import { readJsonRows } from "./json_rows.ts";
import { TOKENS_WANTED, tokensOf } from "./numbers.ts";
import { TraceBuilder } from "./trace_builder.ts";
import type { Trace, TraceEntry, TraceOptions } from "./trace.ts";
import { UnreadKeys } from "./unread_keys.ts";

/** `json` as files name it. */
export const jsonFormat: TraceEntry<"json"> = {
  name: "json",
  describe: "A JSON list of objects, or one under `requests`.",
  settings: {},
  hasFreeColumns: true,
  create: (_options, { text, options }) => readJsonTrace(text, options),
};

/** `jsonl` as files name it. */
export const jsonLinesFormat: TraceEntry<"jsonl"> = {
  name: "jsonl",
  describe: "JSON Lines: an object each.",
  settings: {},
  hasFreeColumns: true,
  create: (_options, { text, options }) => readJsonTrace(text, options),
};

/** Options of `readJsonTrace`. */
export interface JsonTraceOptions extends TraceOptions {
  /** Keys of the columns; the usual names where absent. */
  readonly columns?: TraceColumns;
  /** Units of a numeric arrival in a second: 1000 for milliseconds. Default 1. */
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
  const { fileName, columns = {}, arrivalUnitsPerSecond } = options;
  const builder = new TraceBuilder("a JSON trace", options, arrivalUnitsPerSecond);
  const keys = new Map<keyof TraceColumns, string>();
  let unread: UnreadKeys | undefined;
  readJsonRows(text, fileName, builder, ({ value, place }) => {
    if (keys.size === 0) {
      for (const column of [...NEEDED, ...OPTIONAL]) {
        const usual: readonly string[] = USUAL_NAMES[column];
        const found = usual.find((name) => name in value);
        const key = columns[column] ?? found;
        if (key !== undefined) keys.set(column, key);
        else if ((NEEDED as readonly string[]).includes(column)) {
          keys.set(column, usual[0]);
        }
      }
    }
    unread ??= new UnreadKeys(keys.values());
    unread.see(value);
    const [arrival, prompt, output] = NEEDED.map((column) => keys.get(column)!);
    const at = builder.instant(value[arrival], () => place(arrival), arrival);
    const promptTokens = tokensOf(value[prompt]);
    if (promptTokens === 0) {
      throw new BadRow(place(prompt), prompt, TOKENS_WANTED, value[prompt]);
    }
    const outputTokens = tokensOf(value[output]);
    if (outputTokens === 0) {
      throw new BadRow(place(output), output, TOKENS_WANTED, value[output]);
    }
    for (const column of OPTIONAL) {
      const key = keys.get(column);
      if (key !== undefined) builder.name(column, value[key], () => place(key));
    }
    builder.push(at, promptTokens, outputTokens);
  });
  return { ...builder.finish(true), ...unread?.field() };
}
