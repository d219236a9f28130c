import { openColumns } from "../column_rows.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";

const columns = {
  arrival_s: "TIMESTAMP",
  prompt_tokens: "ContextTokens",
  output_tokens: "GeneratedTokens",
} as const;

/** The Azure LLM inference traces. */
export const azureFormat: TraceEntry<"azure"> = {
  name: "azure",
  article: "an Azure LLM trace",
  describe: "Azure LLM inference traces of 2023 (an hour) and 2024 (a week).",
  source: "https://github.com/Azure/AzurePublicDataset",
  example: "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n",
  assumes: "Instants are dates and times, to 100 ns.",
  refuses: "What `csv` refuses.",
  recognises: ({ names }) =>
    names !== undefined && Object.values(columns).every((name) => names.includes(name)),
  settings: {},
  create: (_options, needs) => readAs(azureFormat, needs),
  rows: { kind: "fields", open: (header, context) => openColumns(header, context, { columns }) },
};
