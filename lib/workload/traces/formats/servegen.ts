import { BadRow } from "../bad_row.ts";
import type { TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { numberOf } from "../numbers.ts";
import type { ArrivalWindow } from "../trace.ts";

/** Families of gaps by their names in the files; none where nothing arrives. */
const LAWS: Readonly<Record<string, ArrivalWindow["law"]>> = {
  Gamma: "gamma",
  Weibull: "weibull",
  Exponential: "exponential",
};

/** Length of a window where a file has one alone, seconds. */
const WINDOW_SECONDS = 600;

/** Windows of one client of ServeGen. */
export const serveGenFormat: TraceEntry<"servegen"> = {
  name: "servegen",
  article: "a ServeGen client",
  describe:
    "ServeGen: the windows of a client (`chunk-*-trace.csv`): rate, variation and family of gaps.",
  source: "https://github.com/alibaba/ServeGen, data/",
  example: "0,0.595,1.508,Weibull,0.715,1.426\n600,0.6,1.487,Gamma,0.452,3.688\n1200,0,0,,0,0\n",
  assumes:
    "Seconds. Arrivals are drawn: gaps of the window's family with its rate and coefficient of " +
    "variation. There are no lengths: they are drawn from `workload.prompt_length` and " +
    "`decode_length`.",
  refuses: "Another family than Gamma, Weibull or Exponential; windows that do not ascend.",
  recognises: ({ names }) =>
    names !== undefined && names.length === 6 && (names[3] === "" || names[3] in LAWS) &&
    names.slice(0, 3).every((field) => !Number.isNaN(numberOf(field))),
  settings: {},
  create: (_options, needs) => readAs(serveGenFormat, needs),
  rows: {
    kind: "fields",
    hasNoHeader: true,
    open() {
      const windows: Omit<ArrivalWindow, "seconds">[] = [];
      let lastSeconds = -Infinity;
      let seconds = Infinity;
      return {
        row(row) {
          const { fields } = row;
          const number = (field: number, what: string, isGood: (value: number) => boolean) => {
            const value = numberOf(fields[field]);
            if (value < Infinity && isGood(value)) return value;
            throw new BadRow(row.place(field), what, "a number that can be", fields[field]);
          };
          const start = number(0, "start of a window", (at) => at >= 0 && at > lastSeconds);
          const rate = number(1, "rate", (value) => value >= 0);
          const law = LAWS[fields[3]];
          if (rate > 0 && law === undefined) {
            const wanted = `one of ${Object.keys(LAWS).join(", ")}`;
            throw new BadRow(row.place(3), "family", wanted, fields[3]);
          }
          if (lastSeconds >= 0) seconds = Math.min(seconds, start - lastSeconds);
          lastSeconds = start;
          if (rate === 0) return;
          const variation = number(2, "coefficient of variation", (value) => value > 0);
          windows.push({ startSeconds: start, law, ratePerSecond: rate, variation });
        },
        finish() {
          const length = seconds < Infinity ? seconds : WINDOW_SECONDS;
          // Without windows in which anything arrives it is a trace without requests.
          return {
            hasLengths: false,
            ...(windows.length > 0 && {
              windows: windows.map((one) => ({ ...one, seconds: length })),
            }),
          };
        },
      };
    },
  },
};
