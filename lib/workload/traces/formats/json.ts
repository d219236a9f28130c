import { freeUnit } from "../column_rows.ts";
import {
  countsFromRun,
  NEEDED,
  OPTIONAL,
  type TraceColumns,
  USUAL_NAMES,
  usualName,
} from "../columns.ts";
import type { JsonFormat, TraceEntry } from "../format.ts";
import { readAs } from "../trace_reader.ts";
import { UnreadKeys } from "../unread_keys.ts";

/** Objects whose keys are usual names, or are given; the first row decides which hold what. */
const rows: JsonFormat = {
  kind: "json",
  open({ builder, options }) {
    const { columns = {}, arrivalUnitsPerSecond: perSecond } = options;
    const keys = new Map<keyof TraceColumns, string>();
    let unread: UnreadKeys | undefined;
    const decide = (value: Readonly<Record<string, unknown>>) => {
      const names = Object.keys(value);
      for (const column of [...NEEDED, ...OPTIONAL]) {
        const isNeeded = (NEEDED as readonly string[]).includes(column);
        const key = columns[column] ?? usualName(column, names) ??
          (isNeeded ? USUAL_NAMES[column][0] : undefined);
        if (key !== undefined) keys.set(column, key);
      }
      const arrival = keys.get("arrival_s")!;
      builder.unitIs(
        perSecond === undefined
          ? freeUnit(arrival, columns.arrival_s !== undefined)
          : { perSecond },
      );
      unread = new UnreadKeys(keys.values());
    };
    return {
      row({ value, place }) {
        if (keys.size === 0) decide(value);
        unread!.see(value);
        const [arrival, prompt, output] = NEEDED.map((column) => keys.get(column)!);
        const at = builder.instant(value[arrival], () => place(arrival), arrival);
        const promptTokens = builder.promptTokens(value[prompt], () => place(prompt), prompt);
        const outputTokens = builder.outputTokens(value[output], () => place(output), output);
        for (const column of OPTIONAL) {
          const key = keys.get(column);
          if (key !== undefined) builder.name(column, value[key], () => place(key));
        }
        builder.push(at, promptTokens, outputTokens);
      },
      unread: () => unread?.field().unread ?? [],
      finish: () => ({ countsFromRun: countsFromRun(keys.get("arrival_s") ?? "") }),
    };
  },
};

/** A format of JSON rows whose keys a configuration may name. */
function freeJson<Name extends string>(
  facts: Pick<TraceEntry<Name>, "name" | "describe" | "example">,
): TraceEntry<Name> {
  const format: TraceEntry<Name> = {
    ...facts,
    article: "a JSON trace",
    assumes:
      "As `csv`; the first row decides which keys hold what. Whole numbers beyond 2^53 are " +
      "read digit by digit.",
    refuses: "A row that is no object, a key that lacks, and what `csv` refuses.",
    unit: {},
    hasFreeColumns: true,
    recognises: () => false,
    settings: {},
    create: (_options, needs) => readAs(format, needs),
    rows,
  };
  return format;
}

/** A JSON array of objects, or an object with such an array under `requests`. */
export const jsonFormat: TraceEntry<"json"> = freeJson({
  name: "json",
  describe: "An array of objects, by itself or under `requests`.",
  example: '{"requests": [\n  {"arrival_s": 0, "prompt_tokens": 100, "output_tokens": 20}\n]}\n',
});

/** One JSON object a line. */
export const jsonLinesFormat: TraceEntry<"jsonl"> = freeJson({
  name: "jsonl",
  describe: "One object a line.",
  example: '{"timestamp_ms": 1715299200000, "input_length": 100, "output_length": 20}\n',
});
