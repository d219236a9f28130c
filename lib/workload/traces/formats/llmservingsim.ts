import { BadRow } from "../bad_row.ts";
import { chainHashes } from "../chain_hashes.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { UnreadKeys } from "../unread_keys.ts";

const isToken = (id: unknown) =>
  Number.isInteger(id) && (id as number) >= 0 && (id as number) < 2 ** 32;

/** Workloads of LLMServingSim. */
export const llmServingSimFormat: TraceEntry<"llmservingsim"> = {
  name: "llmservingsim",
  article: "an LLMServingSim trace",
  describe: "Workloads of LLMServingSim: lengths, and the prompts' token ids where there are any.",
  source: "https://github.com/casys-kaist/LLMServingSim, workloads/",
  example: '{"input_toks": 3, "output_toks": 44, "arrival_time_ns": 15000000, ' +
    '"input_tok_ids": [128000, 4340, 527]}\n',
  assumes:
    "Nanoseconds from the beginning of a run. Token ids are hashed in blocks of 16 (`block_tokens`), " +
    "each with all before it; rows without ids share nothing.",
  refuses: "Another number of ids than tokens, and what `json` refuses.",
  unit: { is: "ns" },
  recognises: ({ first }) => first !== undefined && "input_toks" in first,
  settings: {},
  create: (_options, needs) => readAs(llmServingSimFormat, needs),
  rows: {
    kind: "json",
    open({ builder, options: { blockTokens = 16 } }) {
      let isHashed = false;
      const unread = new UnreadKeys([
        ...["arrival_time_ns", "input_toks", "output_toks", "input_tok_ids"],
      ]);
      return {
        row({ value, place }) {
          unread.see(value);
          const [arrival, prompt, output] = ["arrival_time_ns", "input_toks", "output_toks"];
          const at = builder.instant(value[arrival], () => place(arrival), arrival);
          const promptTokens = builder.promptTokens(value[prompt], () => place(prompt), prompt);
          const outputTokens = builder.outputTokens(value[output], () => place(output), output);
          const ids = value.input_tok_ids;
          const isList = Array.isArray(ids) && ids.length === promptTokens && ids.every(isToken);
          if (ids !== undefined && !isList) {
            const wanted = `a list of ${promptTokens} token ids`;
            throw new BadRow(place("input_tok_ids"), "input_tok_ids", wanted, ids);
          }
          isHashed ||= isList;
          builder.push(at, promptTokens, outputTokens);
          const hashes = isList ? chainHashes(ids, blockTokens) : [];
          builder.prefix(hashes, hashes.length);
        },
        unread: () => unread.field().unread ?? [],
        finish: () => ({
          countsFromRun: true,
          blockTokens: isHashed ? blockTokens : undefined,
        }),
      };
    },
  },
};
