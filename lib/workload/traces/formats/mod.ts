/**
 * The formats of traces, a file each. Read ../format.ts first, then azure.ts; ../trace_reader.ts cuts
 * the text into rows.
 * @module
 */
import { aiperfFormat } from "./aiperf.ts";
import { azureFormat } from "./azure.ts";
import { azureFunctions2019Format } from "./azure_functions_2019.ts";
import { azureFunctions2021Format } from "./azure_functions_2021.ts";
import { bailianFormat } from "./bailian.ts";
import { burstGptFormat } from "./burstgpt.ts";
import { csvFormat } from "./csv.ts";
import { genaiPerfFormat } from "./genai_perf.ts";
import { huaweiFormat } from "./huawei.ts";
import { jsonFormat, jsonLinesFormat } from "./json.ts";
import { llmServingSimFormat } from "./llmservingsim.ts";
import { mooncakeFormat } from "./mooncake.ts";
import { serveGenFormat } from "./servegen.ts";
import { shareGptFormat } from "./sharegpt.ts";
import { vidurFormat } from "./vidur.ts";
import { vllmBenchFormat } from "./load_tester.ts";
import type { TraceFormatEntry } from "../format.ts";

/** Names of the trace formats. */
export type TraceFormat =
  | "azure"
  | "burstgpt"
  | "vidur"
  | "bailian"
  | "mooncake"
  | "llmservingsim"
  | "vllm-bench"
  | "aiperf"
  | "genai-perf"
  | "sharegpt"
  | "azure-functions-2019"
  | "azure-functions-2021"
  | "huawei"
  | "servegen"
  | "csv"
  | "json"
  | "jsonl";

/** The formats by name, in the order in which they are asked whether a file is one. */
const BY_NAME: { readonly [Name in TraceFormat]: TraceFormatEntry<Name> } = {
  "azure": azureFormat,
  "burstgpt": burstGptFormat,
  "vidur": vidurFormat,
  "bailian": bailianFormat,
  "mooncake": mooncakeFormat,
  "llmservingsim": llmServingSimFormat,
  "vllm-bench": vllmBenchFormat,
  "aiperf": aiperfFormat,
  "genai-perf": genaiPerfFormat,
  "sharegpt": shareGptFormat,
  "azure-functions-2019": azureFunctions2019Format,
  "azure-functions-2021": azureFunctions2021Format,
  "huawei": huaweiFormat,
  "servegen": serveGenFormat,
  "csv": csvFormat,
  "json": jsonFormat,
  "jsonl": jsonLinesFormat,
};

/** The formats. A new one is a file, a name and a line in the table above. */
export const TRACE_FORMATS: readonly TraceFormatEntry<TraceFormat>[] = Object.values(BY_NAME);

/** The format of a name. */
export function formatOf(name: string): TraceFormatEntry<TraceFormat> | undefined {
  return TRACE_FORMATS.find((format) => format.name === name);
}
