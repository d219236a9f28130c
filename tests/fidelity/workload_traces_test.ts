import { deepStrictEqual, ok, strictEqual } from "#assert";
import { findExternalData } from "../../lib/results/external_data.ts";
import type { RequestTable } from "../../lib/workload/request_table.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { drawWindows, readMooncakeTrace, readTrace } from "../../lib/workload/traces/mod.ts";

/** Registers a test on a file of the reference data; without that file it is shown as ignored. */
function withReference(name: string, id: string, path: string, run: (text: string) => void): void {
  const file = findExternalData(id, path);
  Deno.test({
    name: `${name} (needs reference data)`,
    ignore: file === undefined,
    fn: () => run(Deno.readTextFileSync(file!)),
  });
}

function mean(values: Int32Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Coefficient of variation of the gaps. */
function gapCv(at: Float64Array): number {
  const gaps = Array.from(at.subarray(1), (instant, i) => instant - at[i]);
  const average = gaps.reduce((a, b) => a + b, 0) / gaps.length;
  const square = gaps.reduce((a, b) => a + (b - average) ** 2, 0) / gaps.length;
  return Math.sqrt(square) / average;
}

/** Share of blocks that an infinite cache, empty at first, would hold when each request comes. */
function blockHitRate({ count, prefix }: RequestTable): number {
  const { offsets, hashes } = prefix!;
  const seen = new Set<number>();
  let hits = 0;
  for (let i = 0; i < count; i++) {
    let k = offsets[i];
    while (k < offsets[i + 1] && seen.has(hashes[k])) k++;
    hits += k - offsets[i];
    for (let block = offsets[i]; block < offsets[i + 1]; block++) seen.add(hashes[block]);
  }
  return hits / hashes.length;
}

const AZURE = "azure-llm-2023";
withReference(
  "readTrace() loads the Azure conversation trace whole",
  AZURE,
  "AzureLLMInferenceTrace_conv.csv",
  (text) => {
    const { table } = readTrace(text, { fileName: "trace" });
    strictEqual(table.count, 19_366);
    ok(Math.abs(mean(table.promptTokens) - 1154.6974) < 1e-3);
    ok(Math.abs(mean(table.outputTokens) - 211.1259) < 1e-3);
    ok(Math.abs(gapCv(table.arrivalAtSeconds) - 1.1) < 0.05);
  },
);
withReference(
  "readTrace() loads the Azure code trace whole",
  AZURE,
  "AzureLLMInferenceTrace_code.csv",
  (text) => {
    const { table } = readTrace(text, { fileName: "trace" });
    strictEqual(table.count, 8819);
    ok(Math.abs(mean(table.promptTokens) - 2047.848) < 1e-3);
    ok(Math.abs(gapCv(table.arrivalAtSeconds) - 13) < 0.5);
  },
);
withReference(
  "readTrace() loads Vidur's summarisation lengths, which hold no arrivals",
  "vidur",
  "processed_traces/arxiv_summarization_stats_llama2_tokenizer_filtered_v2.csv",
  (text) => {
    const { table, hasArrivals } = readTrace(text, { fileName: "arxiv.csv" });
    strictEqual(table.count, 28_257);
    strictEqual(hasArrivals, false);
  },
);
for (
  const [name, count, rate] of [["conversation", 12_031, 0.366], ["synthetic", 3993, 0.64]] as const
) {
  withReference(
    `readMooncakeTrace() gives the published block hit rate of the ${name} trace`,
    "mooncake-fast25",
    `${name}_trace.jsonl`,
    (text) => {
      const options = { fileName: name, partialBlocks: "keep" } as const;
      const { table } = readMooncakeTrace(text, options);
      strictEqual(table.count, count);
      ok(Math.abs(blockHitRate(table) - rate) < 0.002, `${blockHitRate(table)}`);
    },
  );
}
withReference(
  "readTrace() hashes LLMServingSim's example so that shared token prefixes share blocks",
  "llmservingsim",
  "workloads/example_trace.jsonl",
  (text) => {
    const { table } = readTrace(text, { fileName: "example.jsonl" });
    strictEqual(table.count, 10);
    const tokens: number[][] = text.trim().split("\n").map((line) =>
      JSON.parse(line).input_tok_ids
    );
    const { offsets, hashes } = table.prefix!;
    deepStrictEqual(
      Array.from({ length: 10 }, (_, i) => offsets[i + 1] - offsets[i]),
      tokens.map((ids) => Math.floor(ids.length / 16)),
    );
    for (let i = 0; i < 10; i++) {
      for (let j = 0; j < i; j++) {
        const blocks = Math.min(offsets[i + 1] - offsets[i], offsets[j + 1] - offsets[j]);
        for (let b = 0; b < blocks; b++) {
          const same = tokens[i].slice(0, 16 * (b + 1)).join() ===
            tokens[j].slice(0, 16 * (b + 1)).join();
          strictEqual(hashes[offsets[i] + b] === hashes[offsets[j] + b], same);
        }
      }
    }
  },
);
withReference(
  "readTrace() loads the ShareGPT replay of 300 requests at 10 per second",
  "llmservingsim",
  "workloads/sharegpt-llama-3.1-8b-300-sps10.jsonl",
  (text) => {
    const { table } = readTrace(text, { fileName: "sharegpt.jsonl" });
    strictEqual(table.count, 300);
    strictEqual(table.arrivalAtSeconds[0], 0.046926808);
    deepStrictEqual([table.promptTokens[0], table.outputTokens[0]], [2358, 531]);
  },
);
withReference(
  "readTrace() draws as many arrivals as a ServeGen client's windows say, over two weeks",
  "servegen",
  "language/m-large/chunk-20-trace.csv",
  (text) => {
    const { windows, format } = readTrace(text, { fileName: "chunk-20-trace.csv" });
    strictEqual(format, "servegen");
    const rates = text.trim().split("\n").map((line) => Number(line.split(",")[1]));
    strictEqual(windows!.length, rates.filter((rate) => rate > 0).length);
    const expected = rates.reduce((sum, rate) => sum + 600 * rate, 0);
    const { length } = drawWindows(windows!, randomStreams(1).take("arrivals"));
    ok(Math.abs(length - expected) < 0.01 * expected, `${length} of ${expected}`);
  },
);
