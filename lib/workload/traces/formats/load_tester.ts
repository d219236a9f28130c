import { BadRow } from "../bad_row.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";

/** The lists of a result, one value a request. */
const [PROMPTS, OUTPUTS, STARTS, ERRORS] = ["input_lens", "output_lens", "start_times", "errors"];

/** Results of vLLM's and SGLang's serving benchmarks. */
export const vllmBenchFormat: TraceEntry<"vllm-bench"> = {
  name: "vllm-bench",
  article: "a result of a serving benchmark",
  describe:
    "Results of `vllm bench serve --save-result --save-detailed`, and of SGLang's bench_serving.",
  source: "https://docs.vllm.ai/en/latest/cli/bench/serve.html",
  example: '{"request_rate": "inf", "input_lens": [100, 40], "output_lens": [20, 30], ' +
    '"start_times": [8121.5, 8122.1], "errors": ["", ""]}\n',
  assumes:
    "Seconds of the tester's clock, where there are `start_times`; without them Poisson arrivals of " +
    "`workload.arrival_rate`. Requests with an error or without output have failed: `failed: drop` " +
    "(default) or `prefill-only`.",
  refuses: "A result without the details; lists of unequal lengths.",
  unit: { is: "s" },
  failed: "drop",
  recognises: ({ first }) =>
    first !== undefined && ("input_lens" in first || "total_input_tokens" in first),
  settings: {},
  create: (_options, needs) => readAs(vllmBenchFormat, needs),
  rows: {
    kind: "json",
    open({ builder }) {
      let hasArrivals = true;
      let results = 0;
      return {
        row({ value, place }) {
          const list = (key: string, length?: number): readonly unknown[] => {
            const found = value[key];
            const hasLength = length === undefined || (found as unknown[])?.length === length;
            if (Array.isArray(found) && hasLength) return found;
            const wanted = length === undefined
              ? "a list of lengths (made with --save-detailed, or --output-details)"
              : `a list of ${length} values, as ${PROMPTS} has`;
            throw new BadRow(place(key), key, wanted, found);
          };
          const prompts = list(PROMPTS);
          const outputs = list(OUTPUTS, prompts.length);
          const starts = value[STARTS] === undefined ? undefined : list(STARTS, prompts.length);
          const errors = value[ERRORS] === undefined ? [] : list(ERRORS);
          if (starts === undefined) hasArrivals = false;
          if (++results > 1) {
            builder.note("it holds several results, whose requests are all replayed");
          }
          prompts.forEach((prompt, i) =>
            builder.row(() => {
              const at = (key: string) => () => place(key);
              const promptTokens = builder.promptTokens(prompt, at(PROMPTS), PROMPTS);
              const failed = typeof errors[i] === "string" && errors[i] !== "";
              const outputTokens = failed
                ? builder.failedCall(() => new BadRow(place(ERRORS), ERRORS, "none", errors[i]))
                : builder.outputTokens(outputs[i], at(OUTPUTS), OUTPUTS);
              const arrival = starts === undefined
                ? 0
                : builder.instant(starts[i], at(STARTS), STARTS);
              builder.push(arrival, promptTokens, outputTokens);
            })
          );
        },
        finish: () => ({ hasArrivals, countsFromRun: !hasArrivals }),
      };
    },
  },
};
