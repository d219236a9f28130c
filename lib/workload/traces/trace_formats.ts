import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import type { TraceEntry } from "./format.ts";
import { aiperfFormat } from "./formats/aiperf.ts";
import { azureFormat } from "./formats/azure.ts";
import { azureFunctions2019Format } from "./formats/azure_functions_2019.ts";
import { azureFunctions2021Format } from "./formats/azure_functions_2021.ts";
import { bailianFormat } from "./formats/bailian.ts";
import { burstGptFormat } from "./formats/burstgpt.ts";
import { csvFormat } from "./formats/csv.ts";
import { genaiPerfFormat } from "./formats/genai_perf.ts";
import { huaweiFormat } from "./formats/huawei.ts";
import { jsonFormat, jsonLinesFormat } from "./formats/json.ts";
import { llmServingSimFormat } from "./formats/llmservingsim.ts";
import { mooncakeFormat } from "./formats/mooncake.ts";
import { serveGenFormat } from "./formats/servegen.ts";
import { shareGptFormat } from "./formats/sharegpt.ts";
import { vidurFormat } from "./formats/vidur.ts";
import { vllmBenchFormat } from "./formats/load_tester.ts";

/**
 * The formats of recorded workloads, in the order in which they are asked whether a file is one. A new
 * one is one file and one line here.
 */
export const TRACE_FORMATS = {
  wanted: "a trace format",
  entries: [
    azureFormat,
    burstGptFormat,
    vidurFormat,
    bailianFormat,
    mooncakeFormat,
    llmServingSimFormat,
    vllmBenchFormat,
    aiperfFormat,
    genaiPerfFormat,
    shareGptFormat,
    azureFunctions2019Format,
    azureFunctions2021Format,
    huaweiFormat,
    serveGenFormat,
    csvFormat,
    jsonFormat,
    jsonLinesFormat,
  ],
} as const satisfies PolicyTable;

/** Names of the trace formats. */
export type TraceFormat = NameOf<typeof TRACE_FORMATS>;

/** The formats as a list. */
export const FORMATS: readonly TraceEntry<TraceFormat>[] = TRACE_FORMATS.entries;

/** The format of a name. */
export function formatOf(name: string): TraceEntry<TraceFormat> | undefined {
  return FORMATS.find((format) => format.name === name);
}

/** Names of the formats whose columns a configuration may name. */
export const FREE_FORMATS: readonly string[] = FORMATS.filter(({ hasFreeColumns }) =>
  hasFreeColumns
)
  .map(({ name }) => name);
