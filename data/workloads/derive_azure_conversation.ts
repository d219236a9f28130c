/**
 * Derives the embedded conversation workload from the Azure LLM inference trace of 2023:
 *
 *     deno run -R data/workloads/derive_azure_conversation.ts TRACE > data/workloads/azure_conversation_2023.yaml
 *
 * TRACE is AzureLLMInferenceTrace_conv.csv. Kept are the requests of each whole minute, the quantiles
 * of the prompt lengths and those of the output lengths in each decile of prompt length.
 */
import { readAzureTrace } from "../../lib/workload/traces/readers.ts";

/** Probabilities of the prompt quantiles: every 2 %, finer towards both ends. */
const PROMPT_PROBABILITIES = [
  0,
  0.001,
  0.005,
  0.01,
  ...Array.from({ length: 49 }, (_, i) => (i + 1) / 50),
  0.985,
  0.99,
  0.995,
  0.998,
  0.999,
  1,
];

/** Probabilities of the output quantiles: every 5 %, finer towards both ends. */
const OUTPUT_PROBABILITIES = [
  0,
  0.01,
  0.025,
  ...Array.from({ length: 19 }, (_, i) => (i + 1) / 20),
  0.975,
  0.99,
  0.995,
  1,
];

const SHARES = 10;

/** Quantiles of sorted values, linear between neighbours (type 7), to a tenth of a token. */
function quantiles(sorted: readonly number[], probabilities: readonly number[]): number[] {
  return probabilities.map((p) => {
    const rank = p * (sorted.length - 1);
    const below = Math.floor(rank);
    const above = Math.min(below + 1, sorted.length - 1);
    const value = sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    return Math.round(value * 10) / 10;
  });
}

/** A YAML block of numbers, wrapped at 98 columns. */
function block(key: string, values: readonly number[]): string {
  const lines: string[] = [];
  let line = " ";
  for (const value of values) {
    if (line.length + String(value).length + 1 > 98) {
      lines.push(line);
      line = " ";
    }
    line += ` ${value}`;
  }
  return [`${key}: |`, ...lines, line].join("\n");
}

/** The text of data/workloads/azure_conversation_2023.yaml, from the text of the trace. */
export function deriveAzureConversation(trace: string): string {
  const { table } = readAzureTrace(trace, { fileName: "AzureLLMInferenceTrace_conv.csv" });
  const { count, arrivalAtSeconds, promptTokens, outputTokens } = table;
  const minutes = new Array<number>(Math.floor(arrivalAtSeconds[count - 1] / 60)).fill(0);
  for (const at of arrivalAtSeconds) if (at < 60 * minutes.length) minutes[Math.floor(at / 60)]++;
  // Rows by prompt length; equal prompts in the order of the trace.
  const rows = Array.from({ length: count }, (_, i) => i)
    .sort((a, b) => promptTokens[a] - promptTokens[b] || a - b);
  const shares = Array.from({ length: SHARES }, (_, share) =>
    rows
      .slice(Math.round(share * count / SHARES), Math.round((share + 1) * count / SHARES))
      .map((row) => outputTokens[row])
      .sort((a, b) => a - b));
  return [
    "# Conversation traffic of Azure's LLM inference service on 2023-11-16, 18:15 to 19:14 UTC.",
    "# Derived by: deno run -R data/workloads/derive_azure_conversation.ts TRACE",
    "name: azure-conversation",
    `description: Azure LLM inference trace 2023, conversation, ${count} requests`,
    "source: https://github.com/Azure/AzurePublicDataset/blob/b469a113cedca53ddc3bdea71a143dc4b7d8700c/data/AzureLLMInferenceTrace_conv.csv",
    "citation: P. Patel et al., Splitwise, ISCA 2024",
    "sha256: 2f1e5b666d4e3055fdbba98598ce2ec307767b9064e03e2fa46676dbcc7d0bf8",
    "licence: CC-BY-4.0",
    "# Requests in each whole minute; the curve starts again after the last.",
    block("requests_per_minute", minutes),
    "# Prompt tokens at each probability.",
    block("prompt_probabilities", PROMPT_PROBABILITIES),
    block("prompt_tokens", quantiles(rows.map((row) => promptTokens[row]), PROMPT_PROBABILITIES)),
    "# Output tokens at each probability, one line per decile of prompt length.",
    block("output_probabilities", OUTPUT_PROBABILITIES),
    "output_tokens: |",
    ...shares.map((share) => `  ${quantiles(share, OUTPUT_PROBABILITIES).join(" ")}`),
    "",
  ].join("\n");
}

if (import.meta.main) {
  const [path] = Deno.args;
  if (path === undefined || Deno.args.length !== 1) {
    console.error("Usage: deno run -R data/workloads/derive_azure_conversation.ts TRACE");
    Deno.exit(2);
  }
  const text = deriveAzureConversation(Deno.readTextFileSync(path));
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
