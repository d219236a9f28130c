import { BadRow } from "../bad_row.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { numberOf } from "../numbers.ts";

const COLUMNS = ["app", "func", "end_timestamp", "duration"] as const;

/** Invocations of Azure Functions in 2021. */
export const azureFunctions2021Format: TraceEntry<"azure-functions-2021"> = {
  name: "azure-functions-2021",
  article: "an Azure Functions trace of 2021",
  describe: "Azure Functions 2021: each call of two weeks with its duration.",
  source:
    "https://github.com/Azure/AzurePublicDataset/blob/master/AzureFunctionsInvocationTrace2021.md",
  example: "app,func,end_timestamp,duration\na,f1,0.1,0.05\na,f2,3.4,1.2\n",
  assumes:
    "Seconds; a call arrives `duration` before its end. It has no tokens: with `execution.source: " +
    "constant` it takes as many steps of `step_seconds` as its duration has, rounded, and one at least. " +
    "Functions are `app/func`.",
  refuses: "Another `execution.source`; durations below 0.",
  recognises: ({ names }) => names !== undefined && COLUMNS.every((name) => names.includes(name)),
  settings: {},
  create: (_options, needs) => readAs(azureFunctions2021Format, needs),
  rows: {
    kind: "fields",
    open({ names }, { builder }) {
      const [app, func, end, duration] = COLUMNS.map((name) => names.indexOf(name));
      return {
        row(row) {
          const { fields } = row;
          const at = builder.instant(fields[end], () => row.place(end), "end_timestamp");
          const seconds = numberOf(fields[duration]);
          if (!(seconds >= 0 && seconds < Infinity)) {
            throw new BadRow(row.place(duration), "duration", "a time >= 0", fields[duration]);
          }
          const name = fields[func] && `${fields[app]}/${fields[func]}`;
          builder.name("function", name, () => row.place(func));
          builder.push(at - seconds, 1, 1);
          builder.service(seconds);
        },
        unread: () => names.filter((name) => !(COLUMNS as readonly string[]).includes(name)),
        finish: () => ({ hasAnonymousFunctions: true }),
      };
    },
  },
};
