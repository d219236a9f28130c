import { openColumns } from "../column_rows.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";

/** Lines of fields under a header whose names are usual ones, or are given. */
export const csvFormat: TraceEntry<"csv"> = {
  name: "csv",
  article: "a CSV trace",
  describe:
    "Any table with a header: arrivals, lengths, and names of functions, classes, tenants, sessions.",
  example: "arrival_s,prompt_tokens,output_tokens,function\n0,100,20,chat\n1.5,40,30,code\n",
  assumes: "The usual names are found whatever their case and separators; others are given by " +
    "`columns`. Numbers are of the unit that the column's name ends with (`_s`, `_ms`, `_us`, `_ns`), " +
    "or dates since 1970 in the one unit in which they are of this century; what remains is asked " +
    "for. `arrival_s` counts from the beginning of the run, other clocks from their first row. With " +
    "`;` or tabs between fields a comma in an arrival is a decimal point.",
  refuses: "A column that lacks or stands twice, more fields than the header has, line breaks in " +
    "quotes, negative instants, lengths below 1 token.",
  unit: {},
  hasFreeColumns: true,
  recognises: () => false,
  settings: {},
  create: (_options, needs) => readAs(csvFormat, needs),
  rows: {
    kind: "fields",
    open: (header, context) =>
      openColumns(header, context, {
        ...(context.options.columns && { columns: context.options.columns }),
        hasFreeUnit: true,
      }),
  },
};
