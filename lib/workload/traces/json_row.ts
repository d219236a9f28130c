import { contentKind } from "../../std/content_kind.ts";
import { BadRow, type Place } from "./bad_row.ts";

/** One object of a JSON or JSON Lines file. */
export interface JsonRow {
  readonly value: Readonly<Record<string, unknown>>;
  /** Place of a key of this row, or of its start if it has no such key. */
  place(key: string): Place;
}

/** What a reviver is told of a number's text, where the engine knows it. */
interface SourceContext {
  readonly source?: string;
}

/** Keeps whole numbers as texts that a double does not hold. */
function exactly(_: string, value: unknown, context?: SourceContext): unknown {
  const source = context?.source;
  const isRounded = typeof value === "number" && !Number.isSafeInteger(value) &&
    source !== undefined && /^-?\d+$/.test(source);
  return isRounded ? source : value;
}

/** Parses JSON; whole numbers that a double does not hold come as texts of their digits. */
export function parseExactly(text: string): unknown {
  return /\d{16}/.test(text)
    ? JSON.parse(text, exactly as (key: string, value: unknown) => unknown)
    : JSON.parse(text);
}

/** Whether a value is an object that is no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The row that a piece of text holds.
 *
 * @param isKnown Whether a row of this file has been read well: until then it may be any file, and is
 *   not quoted.
 * @throws {BadRow} If it holds no JSON object.
 */
export function jsonRow(piece: string, here: Place, isKnown: boolean): JsonRow {
  const foreign = isKnown ? undefined : contentKind(piece);
  let value: unknown;
  try {
    value = parseExactly(piece);
  } catch {
    throw new BadRow(here, "row", "a JSON object", piece.trim(), foreign);
  }
  if (!isRecord(value)) throw new BadRow(here, "row", "a JSON object", value, foreign);
  return {
    value,
    place(key) {
      const at = piece.indexOf(JSON.stringify(key));
      if (at < 0) return here;
      const before = piece.slice(0, at);
      const breaks = before.split("\n").length - 1;
      return breaks === 0
        ? { ...here, column: here.column + at }
        : { ...here, line: here.line + breaks, column: at - before.lastIndexOf("\n") };
    },
  };
}
