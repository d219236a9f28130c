import { shownName } from "../std/safe_text.ts";
import { showValue } from "../std/show_value.ts";
import type { FinishedCell } from "./run_experiment.ts";

/** Differences that are shown; the first ones tell what has happened. */
const MOST_LINES = 24;

/** What an experiment's expected.json pins: results of one version. */
export interface Expected {
  readonly version: number;
  /** Headline numbers by name. */
  readonly headlines: Readonly<Record<string, number>>;
  /** SHA-256 over the rows of each cell, by its name. */
  readonly cells: Readonly<Record<string, string>>;
}

/** What expected.json would have to say for these results. */
export function expectedOf(
  version: number,
  finished: readonly FinishedCell[],
  headlines: Readonly<Record<string, number>>,
): Expected {
  const cells = Object.fromEntries(finished.map(({ key, digest }) => [key, digest]));
  return { version, headlines, cells };
}

/** What expected.json says. @throws {SyntaxError} If it has another form. */
export function expectedOfJson(value: unknown): Expected {
  const { version, headlines, cells } = mapping(value, "the file");
  if (!Number.isSafeInteger(version)) {
    throw new SyntaxError(
      `Cannot read "version" as a whole number: current value is ${showValue(version)}`,
    );
  }
  return {
    version: version as number,
    headlines: entries(headlines, "headlines", "a number", (one) => typeof one === "number"),
    cells: entries(cells, "cells", "text", (one) => typeof one === "string"),
  };
}

function mapping(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new SyntaxError(`Cannot read ${what} as an object: current value is ${showValue(value)}`);
}

function entries<T>(
  value: unknown,
  key: string,
  wanted: string,
  isWanted: (one: unknown) => boolean,
): Record<string, T> {
  const found = mapping(value, `"${key}"`);
  const wrong = Object.keys(found).find((name) => !isWanted(found[name]));
  if (wrong === undefined) return { ...found } as Record<string, T>;
  throw new SyntaxError(
    `Cannot read "${key}.${shownName(wrong)}" as ${wanted}: current value is ` +
      showValue(found[wrong]),
  );
}

/**
 * How results differ from what is pinned, a line each; none when they do not.
 *
 * @param pinned Undefined when there is no expected.json.
 * @param name How a command line names the experiment.
 */
export function differences(
  id: string,
  pinned: Expected | undefined,
  ours: Expected,
  name = id,
): string[] {
  const pin = `"deno task experiment reproduce ${name} --pin" pins these results`;
  if (pinned === undefined) return [`${id} is not pinned yet: ${pin}`];
  if (pinned.version !== ours.version) {
    return [
      `${id} is of version ${ours.version}, expected.json of version ${pinned.version}: ${pin}`,
    ];
  }
  const lines = [
    ...changed(pinned.headlines, ours.headlines).map(([name, before, after]) =>
      `headline ${name}: ${shown(before)} -> ${shown(after)}${relative(before, after)}`
    ),
    ...changed(pinned.cells, ours.cells).map(([key, before, after]) =>
      `cell ${key}: digest ${before?.slice(0, 12) ?? "none"} -> ${after?.slice(0, 12) ?? "none"}`
    ),
  ];
  if (lines.length === 0) return [];
  const more = lines.length - MOST_LINES;
  return [
    `The results of ${id} changed and its version ${ours.version} did not:`,
    ...lines.slice(0, MOST_LINES).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    `If that is meant, raise the version in experiment.ts; then ${pin}`,
  ];
}

/** Entries that differ: name, before, after, in the order of first sight. */
function changed<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): [string, T | undefined, T | undefined][] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.filter((name) => before[name] !== after[name])
    .map((name) => [name, before[name], after[name]]);
}

function shown(value: number | undefined): string {
  return value === undefined ? "none" : String(value);
}

function relative(before: number | undefined, after: number | undefined): string {
  if (!before || after === undefined) return "";
  const percent = 100 * (after / before - 1);
  return ` (${percent >= 0 ? "+" : ""}${percent.toPrecision(3)} %)`;
}
