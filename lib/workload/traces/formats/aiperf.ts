import { BadRow } from "../bad_row.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { isRecord } from "../json_row.ts";

/** The value of a metric: `{"value": 550, "unit": "tokens"}`. */
function metric(metrics: unknown, key: string): unknown {
  const found = isRecord(metrics) ? metrics[key] : undefined;
  return isRecord(found) ? found.value : undefined;
}

/** Exports of AIPerf. */
export const aiperfFormat: TraceEntry<"aiperf"> = {
  name: "aiperf",
  article: "an AIPerf export",
  describe: "AIPerf: `profile_export.jsonl`, a record a request.",
  source: "https://docs.nvidia.com/aiperf, Working with Profile Export Files",
  example: '{"metadata": {"x_correlation_id": "a", "request_start_ns": 1759813207532900363, ' +
    '"benchmark_phase": "profiling"}, "metrics": {"input_sequence_length": {"value": 550, ' +
    '"unit": "tokens"}, "output_sequence_length": {"value": 9, "unit": "tokens"}}, "error": null}\n',
  assumes:
    "Nanoseconds since 1970, from the earliest. Requests of one `x_correlation_id` are a session, each " +
    "at its recorded time. Those with an error have failed: `failed: drop` (default) or " +
    "`prefill-only`. Warm-up records are left out.",
  refuses: "A record without its start or its lengths.",
  unit: { is: "ns" },
  failed: "drop",
  recognises: ({ first }) =>
    isRecord(first?.metadata) && "request_start_ns" in first.metadata && "metrics" in first,
  settings: {},
  create: (_options, needs) => readAs(aiperfFormat, needs),
  rows: {
    kind: "json",
    open({ builder }) {
      const [start, prompts, outputs] = [
        ...["request_start_ns", "input_sequence_length", "output_sequence_length"],
      ];
      return {
        row({ value: { metadata, metrics, error }, place }) {
          const { benchmark_phase: phase, x_correlation_id: session, ...about } = isRecord(metadata)
            ? metadata
            : {};
          if (phase === "warmup") return builder.note("its warm-up records were left out");
          const at = builder.instant(about[start], () => place(start), start);
          const hasFailed = error !== undefined && error !== null;
          const prompt = metric(metrics, prompts) ?? metric(metrics, "error_isl");
          const promptTokens = builder.promptTokens(prompt, () => place(prompts), prompts);
          const outputTokens = hasFailed
            ? builder.failedCall(() => new BadRow(place("error"), "error", "null", error))
            : builder.outputTokens(metric(metrics, outputs), () => place(outputs), outputs);
          builder.name("session", session, () => place("x_correlation_id"));
          builder.push(at, promptTokens, outputTokens);
        },
      };
    },
  },
};
