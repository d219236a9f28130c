import type { OpenColumn } from "./columns.ts";

/** Whether a row of a table is asked for. */
export type Condition = (row: number) => boolean;

const COMPARISONS: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
  "=": (one, other) => one === other,
  // What has no value meets no condition.
  "!=": (one, other) => one !== other && !Number.isNaN(one),
};

/**
 * Reads conditions such as `ttft_s>2 outcome=completed`, all of which are to hold.
 *
 * @throws {RangeError} If they cannot be read: the message is for the reader of the page.
 */
export function readConditions(
  text: string,
  columns: ReadonlyMap<string, OpenColumn>,
): Condition {
  const conditions: Condition[] = [];
  const rest = text.replace(
    /([\w-]+)\s*(<=|>=|!=|=|<|>)\s*("[^"]*"|'[^']*'|[^\s,]+)/g,
    (_, name: string, sign: string, value: string) => {
      conditions.push(condition(name, sign, value.replace(/^(["'])(.*)\1$/, "$2"), columns));
      return "";
    },
  ).replace(/\band\b|[\s,]/g, "");
  if (rest !== "") {
    throw new RangeError(`Write conditions such as ttft_s>2 outcome=completed, not "${rest}"`);
  }
  return (row) => conditions.every((holds) => holds(row));
}

function condition(
  name: string,
  sign: string,
  value: string,
  columns: ReadonlyMap<string, OpenColumn>,
): Condition {
  const column = columns.get(name);
  if (column === undefined) {
    throw new RangeError(`There is no column ${name}, but ${[...columns.keys()].join(", ")}`);
  }
  const compare = COMPARISONS[sign];
  const { values, texts } = column;
  if (texts !== undefined) {
    if (sign !== "=" && sign !== "!=") {
      throw new RangeError(`${name} is a text: compare it with = or !=`);
    }
    const code = texts.indexOf(value);
    if (code < 0) throw new RangeError(`No ${name} is "${value}", but ${texts.join(", ")}`);
    return (row) => compare(values[row], code);
  }
  const number = Number(value);
  if (Number.isNaN(number)) throw new RangeError(`${name} is a number, "${value}" is none`);
  return (row) => compare(values[row], number);
}
