import type * as z from "./zod.ts";
import { shownNames } from "./safe_text.ts";
import { showValue } from "./show_value.ts";

/** What is wrong at a place of a parsed file. */
export interface FilePlace {
  /** Such as `stages[3].transfer`; "the top" for the whole. */
  readonly path: string;
  /** What is wanted there and what is there: "as a number: current value is null". */
  readonly text: string;
}

/**
 * The first thing that a schema finds wrong in a file, in our words.
 *
 * @param value What the schema was given.
 */
export function firstIssue({ issues: [issue] }: z.core.$ZodError, value: unknown): FilePlace {
  const path = issue.path.map((key, i) =>
    typeof key === "number" ? `[${key}]` : `${i === 0 ? "" : "."}${String(key)}`
  ).join("");
  const at = issue.path.reduce(
    (part: unknown, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const text = issue.code === "unrecognized_keys"
    ? `as known keys: current value is ${shownNames(issue.keys)}`
    : `as ${wanted(issue.message)}: current value is ${
      at === undefined ? "missing" : showValue(at)
    }`;
  return { path: path === "" ? "the top" : path, text };
}

/** What is wanted, of a message such as "Invalid input: expected number, received null". */
function wanted(message: string): string {
  const expected = /expected (.+?)(, received .*)?$/.exec(message)?.[1] ??
    message.replace(/^Invalid (\w+): must /, "text that must ").toLowerCase();
  return /^(record|object|array|string|number|int|boolean|nonoptional)$/.test(expected)
    ? TYPES[expected]
    : expected;
}

/** JSON's types as people call them. */
const TYPES: Readonly<Record<string, string>> = {
  record: "a mapping",
  object: "a mapping",
  array: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  nonoptional: "something",
};
