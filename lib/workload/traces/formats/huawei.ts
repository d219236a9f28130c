import { LIMITS } from "../../../sim/limits.ts";
import { BadRow } from "../bad_row.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { countOf, numberOf } from "../numbers.ts";

const DAY_SECONDS = 86_400;
const MOST_SECONDS = LIMITS.longestSeconds.value;

/** Calls per minute or second of Huawei Cloud's functions. */
export const huaweiFormat: TraceEntry<"huawei"> = {
  name: "huawei",
  article: "a Huawei table of requests",
  describe: "Huawei Cloud 2023: tables requests_minute and requests_second, a column a function.",
  source: "https://github.com/sir-lab/data-release",
  example: "day,time,0,1,2\n0,0,3,,1\n0,60,2,1,\n",
  assumes:
    "`time` is seconds from the first day on. Calls of a row are spread over its interval, the time to " +
    "the second row, by `spread`. There are no lengths: they are drawn from `workload.prompt_length` " +
    "and `decode_length`. Functions are the column's numbers; an empty field is no call.",
  refuses:
    "Counts that are no whole numbers (as of the other tables); more calls than a run may have.",
  recognises: ({ names }) =>
    names !== undefined && names[0] === "day" && names[1] === "time" && names.length > 2 &&
    names.slice(2).every((name) => /^\d+$/.test(name)),
  settings: {},
  create: (_options, needs) => readAs(huaweiFormat, needs),
  rows: {
    kind: "fields",
    open({ names }, { builder }) {
      const instants: number[] = [];
      return {
        row(row) {
          const { fields } = row;
          const [day, time] = [numberOf(fields[0]), numberOf(fields[1])];
          if (!(day >= 0 && day <= MOST_SECONDS / DAY_SECONDS)) {
            throw new BadRow(row.place(0), "day", "a number of days", fields[0]);
          }
          if (!(time >= 0 && time <= MOST_SECONDS)) {
            throw new BadRow(row.place(1), "time", "a time >= 0", fields[1]);
          }
          const counts = names.map((_, field) =>
            field < 2 || /^nan$/i.test(fields[field]) ? 0 : countOf(fields[field])
          );
          const wrong = counts.findIndex(Number.isNaN);
          if (wrong >= 0) {
            const what = `function ${names[wrong]}`;
            throw new BadRow(row.place(wrong), what, "a number of calls", fields[wrong]);
          }
          const at = time < DAY_SECONDS ? day * DAY_SECONDS + time : time;
          if (instants.length < 2) instants.push(at);
          counts.forEach((count, field) => {
            for (let call = 0; call < count; call++) {
              builder.name("function", names[field], () => row.place(field));
              builder.push(at, 1, 1);
            }
          });
        },
        finish: () => ({
          hasLengths: false,
          binSeconds: instants[1] > instants[0] ? instants[1] - instants[0] : 60,
          hasAnonymousFunctions: true,
        }),
      };
    },
  },
};
