import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { UnreadKeys } from "../unread_keys.ts";
import { hashedRow } from "./mooncake.ts";

/** Tokens of one hashed block in the Bailian traces. */
const BLOCK_TOKENS = 16;

/** Chats of Alibaba's Bailian. */
export const bailianFormat: TraceEntry<"bailian"> = {
  name: "bailian",
  article: "a Bailian trace",
  describe:
    "Qwen on Alibaba's Bailian: chats with their parents, and hashes of the prompts' blocks.",
  source: "https://github.com/alibaba-edu/qwen-bailian-usagetraces-anon",
  example: '{"chat_id": 1, "parent_chat_id": -1, "timestamp": 61.1, "input_length": 40, ' +
    '"output_length": 20, "type": "text", "turn": 1, "hash_ids": [11, 12, 13]}\n',
  assumes:
    "Seconds; a hash for each 16 tokens (`block_tokens`). A chat and all that follow it by " +
    "`parent_chat_id` are one session; each comes at its recorded time, whenever the one before ends.",
  refuses: "What `mooncake` refuses.",
  unit: { is: "s" },
  recognises: ({ first }) =>
    first !== undefined && "chat_id" in first && "timestamp" in first && "input_length" in first,
  settings: {},
  create: (_options, needs) => readAs(bailianFormat, needs),
  rows: {
    kind: "json",
    open({ builder, options: { blockTokens = BLOCK_TOKENS } }) {
      let isHashed = false;
      const sessions = new Map<string, string>();
      const unread = new UnreadKeys([
        ...["chat_id", "parent_chat_id", "timestamp", "input_length", "output_length"],
        ...["turn", "hash_ids"],
      ]);
      return {
        row(row) {
          const { value, place } = row;
          unread.see(value);
          const { at, promptTokens, outputTokens, ...found } = hashedRow(builder, row, blockTokens);
          isHashed ||= found.isHashed;
          const chat = String(value.chat_id);
          const session = sessions.get(String(value.parent_chat_id)) ?? chat;
          builder.name("session", session, () => place("chat_id"));
          sessions.set(chat, session);
          builder.push(at, promptTokens, outputTokens);
          builder.prefix(found.hashes, found.fullBlocks);
        },
        unread: () => unread.field().unread ?? [],
        finish: () => ({ blockTokens: isHashed ? blockTokens : undefined }),
      };
    },
  },
};
