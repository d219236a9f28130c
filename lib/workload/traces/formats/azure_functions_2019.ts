import { BadRow } from "../bad_row.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { countOf } from "../numbers.ts";

const MINUTE_SECONDS = 60;

/** Invocations per minute of Azure Functions in 2019. */
export const azureFunctions2019Format: TraceEntry<"azure-functions-2019"> = {
  name: "azure-functions-2019",
  article: "an Azure Functions trace of 2019",
  describe: "Azure Functions 2019: calls of each function in each minute of a day.",
  source: "https://github.com/Azure/AzurePublicDataset/blob/master/AzureFunctionsDataset2019.md",
  example: "HashOwner,HashApp,HashFunction,Trigger,1,2,3,4,5\no,a,f1,http,0,2,0,0,1\n" +
    "o,a,f2,timer,1,1,1,1,1\n",
  assumes:
    "Calls of a minute are spread over it by `spread`. There are no lengths: they are drawn from " +
    "`workload.prompt_length` and `decode_length`. Functions are `HashFunction`.",
  refuses: "Counts that are no whole numbers; more calls than a run may have.",
  recognises: ({ names }) =>
    names !== undefined && names.includes("HashFunction") && names.includes("1"),
  settings: {},
  create: (_options, needs) => readAs(azureFunctions2019Format, needs),
  rows: {
    kind: "fields",
    open({ names }, { builder }) {
      const fn = names.indexOf("HashFunction");
      const minutes = names.flatMap((name, field) =>
        /^\d{1,4}$/.test(name) ? [{ field, atSeconds: (Number(name) - 1) * MINUTE_SECONDS }] : []
      );
      return {
        row(row) {
          const counts = minutes.map(({ field }) => countOf(row.fields[field]));
          const wrong = counts.findIndex(Number.isNaN);
          if (wrong >= 0) {
            const { field } = minutes[wrong];
            const minute = `minute ${names[field]}`;
            throw new BadRow(row.place(field), minute, "a number of calls", row.fields[field]);
          }
          counts.forEach((count, i) => {
            for (let call = 0; call < count; call++) {
              builder.name("function", row.fields[fn], () => row.place(fn));
              builder.push(minutes[i].atSeconds, 1, 1);
            }
          });
        },
        finish: () => ({
          hasLengths: false,
          binSeconds: MINUTE_SECONDS,
          countsFromRun: true,
          hasAnonymousFunctions: true,
        }),
      };
    },
  },
};
