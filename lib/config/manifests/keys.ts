import { shownNames } from "../../std/safe_text.ts";
import { isMapping } from "../normalize.ts";
import type { Reader } from "./readers.ts";
import type { Facts, Reading } from "./reading.ts";

/** What is done with the value of one key. */
export interface KeyRule {
  /** Settings that it becomes, or decides; for the page. */
  readonly becomes?: readonly string[];
  /** Why it is not taken over; for the page. */
  readonly why?: string;
  /** It says nothing of load, time or cost, and no remark is made. */
  readonly isQuiet?: true;
  readonly apply: (value: unknown, key: string, reading: Reading) => void;
}

/**
 * The keys of a document, nested as they are there. `[]` stands for the items of a list, `*` for any
 * other key. A key that is not in the table is reported as not taken over.
 */
export type KeyTable = { readonly [key: string]: KeyTable | KeyRule };

/** Whether a node of a table is a rule. */
export function isRule(node: KeyTable | KeyRule): node is KeyRule {
  return typeof node.apply === "function";
}

/** A key whose value becomes a setting. */
export function takes<Value>(setting: string, reader: Reader<Value>, note?: string): KeyRule {
  return {
    becomes: [setting],
    apply: (value, key, reading) => {
      const read = reading.read(key, value, reader);
      if (read !== undefined) reading.take(key, setting, read, note);
    },
  };
}

/** A key that is settled together with others. */
export function notes<Name extends keyof Facts>(
  name: Name,
  reader: Reader<Facts[Name]>,
  becomes: readonly string[],
): KeyRule {
  return {
    becomes,
    apply: (value, key, reading) => {
      const read = reading.read(key, value, reader);
      if (read !== undefined) reading.note(name, key, read);
    },
  };
}

/** A key that is not taken over, and why. */
export function leaves(why: string): KeyRule {
  return { why, apply: (_, key, reading) => reading.leave(key, why) };
}

/** A key that says nothing of load, time or cost. */
export const quiet: KeyRule = { isQuiet: true, apply: () => {} };

/** Keys that say nothing of load, time or cost, as part of a table. */
export function quietly(names: string): KeyTable {
  return Object.fromEntries(names.split(" ").map((name) => [name, quiet]));
}

/** What every document of Kubernetes begins with; it says who it is and how it fares. */
export const HEAD: KeyTable = quietly("apiVersion kind metadata status");

/** A key that is read in a way of its own. */
export function custom(
  becomes: readonly string[],
  apply: KeyRule["apply"],
): KeyRule {
  return { becomes, apply };
}

/** Reads a value by a table. `key` is its path in the document. */
export function readKeys(
  table: KeyTable | KeyRule,
  value: unknown,
  reading: Reading,
  key = "",
): void {
  // Null means "not set" in the API of Kubernetes.
  if (value === null || value === undefined) return;
  if (isRule(table)) return table.apply(value, key, reading);
  if (Object.hasOwn(table, "[]")) {
    if (!Array.isArray(value)) return reading.refuse(key, "a list", kindOf(value));
    value.forEach((item, i) => readKeys(table["[]"], item, reading, `${key}[${i}]`));
    return;
  }
  if (!isMapping(value)) return reading.refuse(key || "the document", "a mapping", kindOf(value));
  const unknown: string[] = [];
  for (const name of Object.keys(value)) {
    const node = Object.hasOwn(table, name) ? table[name] : table["*"];
    if (node === undefined) unknown.push(joined(key, name));
    else readKeys(node, value[name], reading, joined(key, name));
  }
  if (unknown.length > 0) reading.leave(shownNames(unknown), NOT_KNOWN);
}

/** Why a key that no table has is not taken over. */
export const NOT_KNOWN = "no setting is known for it";

/** The path of a key below another; one with dots or slashes, as annotations have, in brackets. */
export function joined(key: string, name: string): string {
  if (/[./]/.test(name)) return `${key}[${name}]`;
  return key === "" ? name : `${key}.${name}`;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : isMapping(value) ? "a mapping" : `a ${typeof value}`;
}

/** A rule of a table with its path. */
export interface TableRow {
  readonly key: string;
  readonly rule: KeyRule;
}

/** The rules of a table with their paths, for the page and for tests. */
export function tableRows(table: KeyTable, key = ""): TableRow[] {
  return Object.entries(table).flatMap(([name, node]) => {
    const here = name === "[]" ? `${key}[]` : joined(key, name);
    return isRule(node) ? [{ key: here, rule: node }] : tableRows(node, here);
  });
}
