import { BadRow } from "../bad_row.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { isRecord } from "../json_row.ts";
import { textTokens } from "./text_tokens.ts";

/** The text of a turn. */
const textOf = (turn: unknown) =>
  isRecord(turn) && typeof (turn.value ?? turn.content) === "string"
    ? (turn.value ?? turn.content) as string
    : "";

/** Conversations of ShareGPT. */
export const shareGptFormat: TraceEntry<"sharegpt"> = {
  name: "sharegpt",
  article: "a ShareGPT file",
  describe: "ShareGPT: conversations as texts, as load testers replay them.",
  source: "https://huggingface.co/datasets/anon8231489123/ShareGPT_Vicuna_unfiltered",
  example: '[{"id": "a", "conversations": [{"from": "human", "value": "What is a GPU?"},\n' +
    '  {"from": "gpt", "value": "A processor made for graphics."}]}]\n',
  assumes:
    "The first two turns of a conversation are a request and its answer, as in vLLM's benchmark; a " +
    "token is 4 characters (`characters_per_token`). There are no arrivals: they are Poisson ones of " +
    "`workload.arrival_rate`, or those of a closed loop. Conversations without two turns are left out.",
  refuses: "An element without a list of conversations.",
  recognises: ({ first }) => first !== undefined && Array.isArray(first.conversations),
  settings: {},
  create: (_options, needs) => readAs(shareGptFormat, needs),
  rows: {
    kind: "json",
    open(context) {
      const { builder } = context;
      const tokens = textTokens(context);
      return {
        row({ value, place }) {
          const { conversations: turns } = value;
          if (!Array.isArray(turns)) {
            throw new BadRow(place("conversations"), "conversations", "a list of turns", turns);
          }
          const [prompt, output] = [tokens(textOf(turns[0])), tokens(textOf(turns[1]))];
          if (prompt === 0 || output === 0) {
            return builder.note("conversations without a first request and answer were left out");
          }
          builder.push(0, prompt, output);
        },
        finish: () => ({ hasArrivals: false, countsFromRun: true }),
      };
    },
  },
};
