import { openColumns } from "../column_rows.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";

/** Traces of Vidur. */
export const vidurFormat: TraceEntry<"vidur"> = {
  name: "vidur",
  article: "a Vidur trace",
  describe: "The traces of Vidur: lengths, with arrivals or without.",
  source: "https://github.com/microsoft/vidur, data/processed_traces",
  example: "arrived_at,num_prefill_tokens,num_decode_tokens\n0.25,100,20\n",
  assumes:
    "Arrivals are seconds from the beginning of a run. Without them they are Poisson arrivals " +
    "of `workload.arrival_rate`.",
  refuses: "What `csv` refuses.",
  recognises: ({ names }) => names?.includes("num_prefill_tokens") === true,
  settings: {},
  create: (_options, needs) => readAs(vidurFormat, needs),
  rows: {
    kind: "fields",
    open: (header, context) =>
      openColumns(header, context, {
        columns: {
          ...(header.names.includes("arrived_at") && { arrival_s: "arrived_at" }),
          prompt_tokens: "num_prefill_tokens",
          output_tokens: "num_decode_tokens",
        },
        arrivalOptional: true,
      }),
  },
};
