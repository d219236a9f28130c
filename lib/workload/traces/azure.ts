import { readCsvTrace } from "./csv.ts";
import type { Trace, TraceOptions } from "./trace.ts";

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
