/**
 * Texts in CSV files that spreadsheets open: a cell that begins with one of `= + - @`, a tab or a
 * line break is computed as a formula there, whoever wrote it. An apostrophe before it makes it text.
 *
 * @module
 */

/** How a formula begins; spreadsheets take the full-width forms for the others. */
const FORMULA = "[=+\\-@\\t\\r\\n\\uff1d\\uff0b\\uff0d\\uff20]";
/** Where a cell begins: with the text, and where spreadsheets of other languages split it. */
const ANYWHERE = "(?<=^|[;|\\t\\r\\n])";

/** At the beginning; elsewhere only what `plainText` would otherwise take for marked. */
const AT_BEGINNING = new RegExp(`^(?='*${FORMULA})|${ANYWHERE}(?='+${FORMULA})`, "g");
const EVERYWHERE = new RegExp(`${ANYWHERE}(?='*${FORMULA})`, "g");
const MARKED = new RegExp(`${ANYWHERE}'(?='*${FORMULA})`, "g");

/**
 * The text as a cell that no spreadsheet computes: with an apostrophe before what could be a formula.
 * Other texts stay as they are.
 *
 * @param everywhere Also after `;`, `|`, tabs and line breaks, where a spreadsheet may split the text.
 * @source OWASP, CSV Injection
 * @example
 * ```ts
 * import { equal } from "#assert";
 * import { markedText, plainText } from "./csv_text.ts";
 * equal(markedText("=1+1"), "'=1+1");
 * equal(plainText("'=1+1"), "=1+1");
 * ```
 */
export function markedText(text: string, everywhere = false): string {
  return text.replace(everywhere ? EVERYWHERE : AT_BEGINNING, "'");
}

/** The text that {@linkcode markedText} was given, in either of its ways. */
export function plainText(text: string): string {
  return text.replace(MARKED, "");
}
