import { BadRow } from "./bad_row.ts";
import { chainHashes } from "./chain_hashes.ts";
import { readJsonRows } from "./json_rows.ts";
import { TOKENS_WANTED, tokensOf } from "./numbers.ts";
import { TraceBuilder } from "./trace_builder.ts";
import type { Trace, TraceEntry, TraceOptions } from "./trace.ts";
import { UnreadKeys } from "./unread_keys.ts";

/** `llmservingsim` as files name it. */
export const llmServingSimFormat: TraceEntry<"llmservingsim"> = {
  name: "llmservingsim",
  describe: "Traces of LLMServingSim (JSON Lines) with tokens of prompts.",
  settings: {},
  isOf: (first) => "keys" in first && first.keys.includes("input_toks"),
  create: (_options, { text, options }) => readLlmServingSimTrace(text, options),
};

/** Options of `readLlmServingSimTrace`. */
export interface LlmServingSimTraceOptions extends TraceOptions {
  /** Tokens per hashed block, >= 1. Default 16. */
  readonly blockTokens?: number;
}

/**
 * Reads an LLMServingSim workload: JSON Lines of `arrival_time_ns`, `input_toks`, `output_toks` and,
 * where given, `input_tok_ids`, from which the prompts' prefix identities are hashed block by block.
 * Rows without ids share nothing.
 *
 * @throws {SyntaxError} At the first malformed row: one line `file:line:column: ... value`.
 * @source https://github.com/casys-kaist/LLMServingSim, workloads/
 */
export function readLlmServingSimTrace(text: string, options: LlmServingSimTraceOptions): Trace {
  const { fileName, blockTokens = 16 } = options;
  if (!Number.isInteger(blockTokens) || blockTokens < 1) {
    throw new RangeError(
      `Cannot use blockTokens as a whole number >= 1: current value is ${blockTokens}`,
    );
  }
  const builder = new TraceBuilder("an LLMServingSim trace", options, 1e9);
  let hashed = false;
  const isToken = (id: unknown) =>
    Number.isInteger(id) && (id as number) >= 0 && (id as number) < 2 ** 32;
  const unread = new UnreadKeys(["arrival_time_ns", "input_toks", "output_toks", "input_tok_ids"]);
  readJsonRows(text, fileName, builder, ({ value, place }) => {
    unread.see(value);
    const refuse = (key: string, wanted: string): never => {
      throw new BadRow(place(key), key, wanted, value[key]);
    };
    const at = builder.instant(
      value.arrival_time_ns,
      () => place("arrival_time_ns"),
      "arrival_time_ns",
    );
    const promptTokens = tokensOf(value.input_toks) || refuse("input_toks", TOKENS_WANTED);
    const outputTokens = tokensOf(value.output_toks) || refuse("output_toks", TOKENS_WANTED);
    const ids = value.input_tok_ids;
    if (ids !== undefined) {
      if (!Array.isArray(ids) || ids.length !== promptTokens || !ids.every(isToken)) {
        return refuse("input_tok_ids", `a list of ${promptTokens} token ids`);
      }
      hashed = true;
    }
    builder.push(at, promptTokens, outputTokens);
    const hashes = ids === undefined ? [] : chainHashes(ids, blockTokens);
    builder.prefix(hashes, hashes.length);
  });
  return { ...builder.finish(true, hashed ? blockTokens : undefined), ...unread.field() };
}
