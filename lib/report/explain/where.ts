import { LATENCY_PART_NAMES } from "../../metrics/latency_parts.ts";
import { suggest } from "../../std/suggest.ts";
import type { ExplainSource } from "./explain_source.ts";

/** What a condition compares: numbers, null as NaN, or texts. */
type Values = (source: ExplainSource) => (row: number) => number | string;

const numbers = (column: (source: ExplainSource) => ArrayLike<number>): Values => (source) => {
  const values = column(source);
  return (row) => values[row];
};

const since = (
  end: "scheduledAtSeconds" | "firstTokenAtSeconds" | "completedAtSeconds",
): Values =>
({ arrivalAtSeconds, [end]: at }) =>
(row) => at[row] - arrivalAtSeconds[row];

/** Columns that conditions may name, of the tables of requests and of the parts of latencies. */
const COLUMNS: Readonly<Record<string, Values>> = {
  id: () => (row) => row,
  function: ({ functionId, functionNames }) => (row) => functionNames[functionId[row]],
  outcome: ({ outcome, outcomeNames }) => (row) => outcomeNames[outcome[row]],
  instance: ({ instanceId }) => (row) => instanceId[row] < 0 ? NaN : instanceId[row],
  arrival_s: numbers((source) => source.arrivalAtSeconds),
  scheduled_s: numbers((source) => source.scheduledAtSeconds),
  first_token_s: numbers((source) => source.firstTokenAtSeconds),
  completed_s: numbers((source) => source.completedAtSeconds),
  prompt_tokens: numbers((source) => source.promptTokens),
  output_tokens: numbers((source) => source.outputTokens),
  cached_tokens: numbers((source) => source.cachedTokens),
  preemptions: numbers((source) => source.preemptions),
  ttft_s: since("firstTokenAtSeconds"),
  e2e_s: since("completedAtSeconds"),
  tpot_s: ({ firstTokenAtSeconds, completedAtSeconds, outputTokens }) => (row) =>
    outputTokens[row] > 1
      ? (completedAtSeconds[row] - firstTokenAtSeconds[row]) / (outputTokens[row] - 1)
      : NaN,
  scheduling_delay_s: since("scheduledAtSeconds"),
  ...Object.fromEntries(
    LATENCY_PART_NAMES.map((name) => [`${name}_s`, numbers(({ parts }) => parts[name])]),
  ),
};

const TEXTS = ["function", "outcome"];

/** How values compare; what is null compares with nothing. */
const COMPARISONS: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
  "!=": (a, b) => a !== b && !Number.isNaN(a),
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  "=": (a, b) => a === b,
};

const FORM = /^\s*([\w.]+)\s*(>=|<=|!=|==|>|<|=)\s*(.+?)\s*$/s;

/** Conditions one by one: an "and" between quotes is part of a text. */
function parted(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(BETWEEN)) {
    if (/^["']/.test(found)) continue;
    parts.push(text.slice(from, index));
    from = index + found.length;
  }
  return [...parts, text.slice(from)];
}

/** Texts in quotes, and what stands between conditions. */
const BETWEEN = /"[^"]*"|'[^']*'|\s+and\s+|\s*&&\s*/gi;

/**
 * Reads a condition on requests: `COLUMN OPERATOR VALUE`, several with "and" between them, such as
 * `ttft_s>2 and preemptions>0`. Columns are those of the tables `requests` and `latency_parts`;
 * operators are > >= < <= = !=. Null meets no condition. A text may stand in quotes, and has to where
 * it has " and " in it: `function="search and rank"`.
 *
 * @throws {RangeError} If it is malformed, or names a column that is not there (with the nearest).
 */
export function whereCondition(
  text: string,
): (source: ExplainSource) => (row: number) => boolean {
  const conditions = parted(text).map((part) => condition(part, text));
  return (source) => {
    const tests = conditions.map((one) => one(source));
    return (row) => tests.every((test) => test(row));
  };
}

function condition(part: string, whole: string) {
  const found = FORM.exec(part);
  if (found === null) {
    throw new RangeError(
      `Cannot read a condition as COLUMN OPERATOR VALUE, such as ttft_s>2 (texts with "and" in them ` +
        `in quotes): current value is ${JSON.stringify(whole)}`,
    );
  }
  const [, name, operator, value] = found;
  if (!Object.hasOwn(COLUMNS, name)) {
    const near = suggest(name, WHERE_COLUMNS);
    throw new RangeError(
      `Cannot read a condition on a column of requests or of latency_parts: current value is ` +
        `${JSON.stringify(name)}` +
        (near === undefined
          ? ` (there are ${WHERE_COLUMNS.join(", ")})`
          : ` (did you mean ${near}?)`),
    );
  }
  const compare = COMPARISONS[operator === "==" ? "=" : operator];
  const isText = TEXTS.includes(name);
  if (isText && operator.match(/[<>]/)) {
    throw new RangeError(
      `Cannot compare the texts of ${name} with other than = and !=: current value is ` +
        JSON.stringify(operator),
    );
  }
  const wanted = isText ? value.replace(/^(["'])(.*)\1$/, "$2") : Number(value);
  if (Number.isNaN(wanted)) {
    throw new RangeError(
      `Cannot compare ${name} with a number without a unit: current value is ` +
        JSON.stringify(value),
    );
  }
  return (source: ExplainSource) => {
    const valueOf = COLUMNS[name](source);
    return (row: number) => compare(valueOf(row), wanted);
  };
}

/** Names of the columns that conditions may name. */
export const WHERE_COLUMNS: readonly string[] = Object.keys(COLUMNS);

/** Times by which requests may be slow: latencies, and their parts. */
export const SLOW_BY: readonly string[] = [
  "e2e_s",
  "ttft_s",
  "tpot_s",
  "scheduling_delay_s",
  ...LATENCY_PART_NAMES.map((name) => `${name}_s`),
];

/**
 * The slowest of the requests that meet a condition, slowest first; equal ones in the order of their
 * arrival. Those without the latency are not among them.
 *
 * @param by Column that says how slow a request is, in seconds.
 */
export function slowest(
  source: ExplainSource,
  rows: readonly number[],
  by: string,
  most: number,
): number[] {
  const valueOf = COLUMNS[by](source) as (row: number) => number;
  return rows.filter((row) => !Number.isNaN(valueOf(row)))
    .sort((one, other) => valueOf(other) - valueOf(one) || one - other).slice(0, most);
}

/** All requests of a run that meet a condition; absent: all. */
export function requestsWhere(
  source: ExplainSource,
  isMet?: (source: ExplainSource) => (row: number) => boolean,
): number[] {
  const test = isMet?.(source) ?? (() => true);
  const rows: number[] = [];
  for (let row = 0; row < source.count; row++) if (test(row)) rows.push(row);
  return rows;
}
