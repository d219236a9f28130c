import { readCsvTrace } from "./csv.ts";
import type { Trace, TraceEntry, TraceOptions } from "./trace.ts";

/** `azure` as files name it. */
export const azureFormat: TraceEntry<"azure"> = {
  name: "azure",
  describe: "Azure LLM inference traces of 2023 (CSV).",
  settings: {},
  isOf: (first) =>
    "names" in first && first.names.includes("ContextTokens") &&
    first.names.includes("GeneratedTokens"),
  create: (_options, { text, options }) => readAzureTrace(text, options),
};

/**
 * Reads an Azure LLM inference trace of 2023: `TIMESTAMP,ContextTokens,GeneratedTokens`, times as
 * dates to 100 ns. Instants count from the earliest row.
 *
 * @throws {SyntaxError} At the first malformed row: one line `file:line:column: ... value`.
 * @source https://github.com/Azure/AzurePublicDataset/blob/master/AzureLLMInferenceDataset2023.md
 */
export function readAzureTrace(text: string, options: TraceOptions): Trace {
  return readCsvTrace(text, {
    ...options,
    format: "an Azure LLM trace",
    columns: {
      arrival_s: "TIMESTAMP",
      prompt_tokens: "ContextTokens",
      output_tokens: "GeneratedTokens",
    },
  });
}
