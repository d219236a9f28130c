import { BadRow, type Place } from "../bad_row.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { HashIds } from "../hash_ids.ts";
import type { JsonRow } from "../json_row.ts";
import type { TraceBuilder } from "../trace_builder.ts";
import { UnreadKeys } from "../unread_keys.ts";

/** Tokens of one hashed block in the Mooncake traces. */
const BLOCK_TOKENS = 512;

/**
 * The prefix identities of a row: those of its full blocks, as engines cache full blocks only.
 *
 * @throws {BadRow} If there is not one for each block that the prompt begins.
 */
function promptHashes(
  value: unknown,
  promptTokens: number,
  blockTokens: number,
  place: () => Place,
): (number | string)[] {
  const blocks = Math.ceil(promptTokens / blockTokens);
  if (!Array.isArray(value) || value.length !== blocks || !value.every(HashIds.isIdentity)) {
    throw new BadRow(
      place(),
      "hash_ids",
      `a list of ${blocks} whole numbers, one for each ${blockTokens} tokens ` +
        `(workload.trace.block_tokens)`,
      value,
    );
  }
  return value;
}

/** A row with `timestamp`, `input_length`, `output_length` and, where it has any, `hash_ids`. */
export function hashedRow(builder: TraceBuilder, { value, place }: JsonRow, blockTokens: number) {
  const of = <Value>(
    read: (value: unknown, place: () => Place, what: string) => Value,
    key: string,
  ): Value => read.call(builder, value[key], () => place(key), key);
  const at = of(builder.instant, "timestamp");
  const promptTokens = of(builder.promptTokens, "input_length");
  const outputTokens = of(builder.outputTokens, "output_length");
  const isHashed = value.hash_ids !== undefined;
  const hashes = isHashed
    ? promptHashes(value.hash_ids, promptTokens, blockTokens, () => place("hash_ids"))
    : [];
  const fullBlocks = isHashed ? Math.floor(promptTokens / blockTokens) : 0;
  return { at, promptTokens, outputTokens, isHashed, hashes, fullBlocks };
}

/**
 * Mooncake's traces: many stamps of the conversation trace are multiples of 3 s, to be spread by
 * `workload.trace.jitter`.
 *
 * @param partialBlocks What is done with the hash of a last block that the prompt does not fill.
 */
export const mooncakeWith = (
  partialBlocks: "drop" | "keep",
): TraceEntry<"mooncake"> => ({
  name: "mooncake",
  article: "a Mooncake trace",
  describe: "Mooncake (FAST 2025): lengths, and hashes of the prompts' blocks where there are any.",
  source: "https://github.com/kvcache-ai/Mooncake, FAST25-release/traces",
  example: '{"timestamp": 27482, "input_length": 1100, "output_length": 52, ' +
    '"hash_ids": [46, 47, 2367]}\n',
  assumes:
    "Milliseconds; a hash for each 512 tokens (`block_tokens`). Equal hashes are equal prefixes; " +
    "that of a block which the prompt does not fill is dropped. Hashes may be numbers of 64 bits " +
    "or texts. Many stamps are multiples of 3 s: `jitter` spreads them.",
  refuses: "Another number of hashes than blocks, and what `json` refuses.",
  unit: { is: "ms" },
  recognises: ({ first }) =>
    first !== undefined && "timestamp" in first && "input_length" in first &&
    "output_length" in first &&
    ("hash_ids" in first || Object.keys(first).length === 3),
  settings: {},
  create: (_options, needs) => readAs(mooncakeWith(partialBlocks), needs),
  rows: {
    kind: "json",
    open({ builder, options: { blockTokens = BLOCK_TOKENS } }) {
      let isHashed = false;
      const unread = new UnreadKeys(["timestamp", "input_length", "output_length", "hash_ids"]);
      return {
        row(row) {
          unread.see(row.value);
          const { at, promptTokens, outputTokens, ...found } = hashedRow(builder, row, blockTokens);
          isHashed ||= found.isHashed;
          builder.push(at, promptTokens, outputTokens);
          const { hashes, fullBlocks } = found;
          builder.prefix(hashes, partialBlocks === "keep" ? hashes.length : fullBlocks);
        },
        unread: () => unread.field().unread ?? [],
        finish: () => ({ blockTokens: isHashed ? blockTokens : undefined }),
      };
    },
  },
});

/** Mooncake's traces. */
export const mooncakeFormat: TraceEntry<"mooncake"> = mooncakeWith("drop");
