import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { azureFormat } from "./azure.ts";
import { csvFormat } from "./csv.ts";
import { jsonFormat, jsonLinesFormat } from "./json.ts";
import { llmServingSimFormat } from "./llmservingsim.ts";
import { mooncakeFormat } from "./mooncake.ts";
import type { TraceEntry } from "./trace.ts";
import { vidurFormat } from "./vidur.ts";

/** The formats of recorded workloads. A new one is one file and one line here. */
export const TRACE_FORMATS = {
  wanted: "a trace format",
  entries: [
    azureFormat,
    vidurFormat,
    mooncakeFormat,
    llmServingSimFormat,
    csvFormat,
    jsonFormat,
    jsonLinesFormat,
  ],
} as const satisfies PolicyTable;

/** Names of the trace formats. */
export type TraceFormat = NameOf<typeof TRACE_FORMATS>;

/** Names of the formats whose columns a configuration may name. */
export const FREE_FORMATS: readonly string[] =
  (TRACE_FORMATS.entries as readonly TraceEntry<string>[])
    .filter(({ hasFreeColumns }) => hasFreeColumns).map(({ name }) => name);
