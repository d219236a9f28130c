import { contentKind } from "../../std/content_kind.ts";
import { BadRow, type Place } from "./bad_row.ts";
import type { TraceBuilder } from "./trace_builder.ts";

/** One object of a JSON or JSON Lines file. */
export interface JsonRow {
  readonly value: Readonly<Record<string, unknown>>;
  /** Place of a key of this row, or of its start if it has no such key. */
  place(key: string): Place;
}

/** Visits the pieces of text that hold one value each: start, end and line (from 1) of each. */
type Pieces = (visit: (start: number, end: number, line: number) => void) => void;

/** The lines of a text that are not empty. */
function lines(text: string): Pieces {
  return (visit) => {
    let line = 0;
    for (let start = 0; start < text.length;) {
      let end = text.indexOf("\n", start);
      if (end < 0) end = text.length;
      line++;
      let from = start;
      while (from < end && text.charCodeAt(from) <= 32) from++;
      if (from < end) visit(from, end, line);
      start = end + 1;
    }
  };
}

/** The elements of the array that opens at `open`. Braces in strings do not count. */
function elements(text: string, open: number): Pieces {
  return (visit) => {
    let line = 1;
    for (let i = 0; i < open; i++) if (text.charCodeAt(i) === 10) line++;
    let depth = 0;
    let start = -1;
    let startLine = line;
    for (let i = open + 1; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 10) line++;
      if (c <= 32) continue;
      // A comma or the array's own bracket ends an element.
      if (depth === 0 && (c === 44 || c === 93)) {
        if (start >= 0) visit(start, i, startLine);
        start = -1;
        if (c === 93) return;
        continue;
      }
      if (start < 0) [start, startLine] = [i, line];
      if (c === 34) {
        for (i++; i < text.length && text.charCodeAt(i) !== 34; i++) {
          if (text.charCodeAt(i) === 92) i++;
        }
      } else if (c === 123 || c === 91) depth++;
      else if (c === 125 || c === 93) depth--;
    }
    if (start >= 0) visit(start, text.length, startLine);
  };
}

/** Where a file's array of rows opens: its first character, or after `"requests":` in an object. */
function arrayStart(text: string): number {
  const match = /^\uFEFF?\s*(?:\{\s*"requests"\s*:\s*)?\[/.exec(text);
  return match === null ? -1 : match[0].length - 1;
}

/**
 * Columns of ascending places of a text, from 1. Each line break is looked for once, so that a file of
 * one long line takes no longer than one of many.
 */
function columns(text: string): (place: number) => number {
  const breakFrom = (place: number) => {
    const found = text.indexOf("\n", place);
    return found < 0 ? Infinity : found;
  };
  let lineStart = 0;
  let nextBreak = breakFrom(0);
  return (place) => {
    while (nextBreak < place) {
      lineStart = nextBreak + 1;
      nextBreak = breakFrom(lineStart);
    }
    return place - lineStart + 1;
  };
}

/**
 * Calls `read` for each object of a JSON Lines text, a JSON array, or an object with an array
 * `requests`. Rows that are no objects, or that `read` refuses, go through the builder's `row`.
 */
export function readJsonRows(
  text: string,
  fileName: string,
  builder: TraceBuilder,
  read: (row: JsonRow) => void,
): void {
  const open = arrayStart(text);
  let areRows = false;
  const pieces = open >= 0 ? elements(text, open) : lines(text.replace(/^\uFEFF/, " "));
  // Until a row has been read the file may be any other, and is not quoted.
  const foreign = (piece: string) => areRows ? undefined : contentKind(piece);
  const columnOf = columns(text);
  pieces((start, end, line) =>
    builder.row(() => {
      const piece = text.slice(start, end);
      const here: Place = { fileName, line, column: columnOf(start) };
      let value: unknown;
      try {
        value = JSON.parse(piece);
      } catch {
        throw new BadRow(here, "row", "a JSON object", piece.trim(), foreign(piece));
      }
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new BadRow(here, "row", "a JSON object", value, foreign(piece));
      }
      read({
        value: value as Record<string, unknown>,
        place(key) {
          const at = piece.indexOf(JSON.stringify(key));
          if (at < 0) return here;
          const before = piece.slice(0, at);
          const breaks = before.split("\n").length - 1;
          return breaks === 0
            ? { ...here, column: here.column + at }
            : { fileName, line: line + breaks, column: at - before.lastIndexOf("\n") };
        },
      });
      areRows = true;
    })
  );
}
