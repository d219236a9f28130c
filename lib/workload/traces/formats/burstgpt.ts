import { openColumns } from "../column_rows.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";

const columns = {
  arrival_s: "Timestamp",
  prompt_tokens: "Request tokens",
  output_tokens: "Response tokens",
} as const;

/** The BurstGPT traces. */
export const burstGptFormat: TraceEntry<"burstgpt"> = {
  name: "burstgpt",
  article: "a BurstGPT trace",
  describe: "BurstGPT: calls of ChatGPT and GPT-4 on Azure, with failed ones or without.",
  source: "https://github.com/HPMLL/BurstGPT",
  example: "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n" +
    "5,ChatGPT,472,18,490,Conversation log\n118,GPT-4,417,0,417,API log\n",
  assumes:
    "Seconds. Calls without response tokens have failed: `failed: drop` (default) leaves them " +
    "out, `prefill-only` processes their prompts.",
  refuses: "What `csv` refuses.",
  unit: { is: "s" },
  failed: "drop",
  recognises: ({ names }) =>
    names !== undefined && Object.values(columns).every((name) => names.includes(name)),
  settings: {},
  create: (_options, needs) => readAs(burstGptFormat, needs),
  rows: {
    kind: "fields",
    open: (header, context) => openColumns(header, context, { columns }),
  },
};
