import { readTrace } from "./mod.ts";

const START_MS = Date.UTC(2023, 10, 16, 18);
/** As long as an hour of the Azure conversation trace. */
const rows = Array.from({ length: 20_000 }, (_, i) => {
  const at = new Date(START_MS + 180 * i).toISOString().replace("T", " ").replace("Z", "0000");
  return `${at},${100 + i % 4000},${1 + i % 500}`;
});
const text = ["TIMESTAMP,ContextTokens,GeneratedTokens", ...rows].join("\n");

Deno.bench("readTrace(): 20,000 rows of the Azure format", () => {
  readTrace(text, { fileName: "azure.csv" });
});
