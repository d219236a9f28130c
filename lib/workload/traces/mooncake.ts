import { BadRow } from "./bad_row.ts";
import { readJsonRows } from "./json_rows.ts";
import { TOKENS_WANTED, tokensOf } from "./numbers.ts";
import { TraceBuilder } from "./trace_builder.ts";
import type { Trace, TraceEntry, TraceOptions } from "./trace.ts";
import { UnreadKeys } from "./unread_keys.ts";

/** `mooncake` as files name it. */
export const mooncakeFormat: TraceEntry<"mooncake"> = {
  name: "mooncake",
  describe: "Mooncake traces (JSON Lines) with hashed blocks of prompts.",
  settings: {},
  isOf: (first) => "keys" in first && first.keys.includes("hash_ids"),
  create: (_options, { text, options }) => readMooncakeTrace(text, options),
};

/** Tokens of one hashed block in the Mooncake traces. */
const BLOCK_TOKENS = 512;

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
 * and `hash_ids`, the identities of the prompt's 512-token blocks. Equal identities are equal
 * prefixes. Many stamps of the conversation trace are multiples of 3 s: jitter before replay.
 *
 * @throws {SyntaxError} At the first malformed row: one line `file:line:column: ... value`.
 * @source R. Qin et al., "Mooncake", FAST 2025; https://github.com/kvcache-ai/Mooncake, FAST25-release/traces
 */
export function readMooncakeTrace(text: string, options: MooncakeTraceOptions): Trace {
  const { fileName, partialBlocks = "drop" } = options;
  const builder = new TraceBuilder("a Mooncake trace", options, 1000);
  const unread = new UnreadKeys(["timestamp", "input_length", "output_length", "hash_ids"]);
  readJsonRows(text, fileName, builder, ({ value, place }) => {
    unread.see(value);
    const refuse = (key: string, wanted: string): never => {
      throw new BadRow(place(key), key, wanted, value[key]);
    };
    const at = builder.instant(value.timestamp, () => place("timestamp"), "timestamp");
    const promptTokens = tokensOf(value.input_length) || refuse("input_length", TOKENS_WANTED);
    const outputTokens = tokensOf(value.output_length) || refuse("output_length", TOKENS_WANTED);
    const hashes = value.hash_ids;
    const blocks = Math.ceil(promptTokens / BLOCK_TOKENS);
    const isIdentity = (id: unknown) => Number.isSafeInteger(id) && (id as number) >= 0;
    if (!Array.isArray(hashes) || hashes.length !== blocks || !hashes.every(isIdentity)) {
      return refuse("hash_ids", `a list of ${blocks} whole numbers >= 0`);
    }
    const full = Math.floor(promptTokens / BLOCK_TOKENS);
    builder.push(at, promptTokens, outputTokens);
    builder.prefix(hashes, partialBlocks === "keep" ? blocks : full);
  });
  return { ...builder.finish(true, BLOCK_TOKENS), ...unread.field() };
}
