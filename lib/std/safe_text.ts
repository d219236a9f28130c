/**
 * Text of a user made safe for a terminal and for one line of a message.
 *
 * @module
 */

/** Longest piece of a user's text in a message, characters. */
export const LONGEST_SHOWN = 80;
/** Most items of a list in a message. */
export const MOST_LISTED = 10;
/** Longest message about one mistake, characters. */
export const LONGEST_MESSAGE = 1900;

/**
 * What a terminal obeys or what changes how the text around it reads: control characters, line
 * separators, marks of writing direction, halves of surrogate pairs.
 */
const UNSAFE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * A text on one line that no terminal obeys: control characters, line breaks and marks of writing
 * direction are shown as `\u001b`. Such an escape means the same within a JSON text.
 *
 * @example
 * ```ts
 * import { safeText } from "./safe_text.ts";
 * console.log(safeText("a\x1b[31mb")); // a\u001b[31mb
 * ```
 */
export function safeText(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** As {@link safeText}, for text of several lines: line breaks and tabs stay. */
export function safeLines(text: string): string {
  return text.replace(UNSAFE, (c) => c === "\n" || c === "\t" ? c : escaped(c));
}

/**
 * The beginning of a text that is longer than `most` characters, and its length; a shorter one as it
 * is.
 */
export function cutText(text: string, most = LONGEST_SHOWN): string {
  if (text.length <= most) return text;
  return `${beginning(text, most)}... (${text.length} characters)`;
}

/** At most `most` characters of a text, and no half of a surrogate pair. */
export function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
}

/**
 * A text of the user's on one line, safe and cut: a file's or a function's name in a table, a whole
 * message. Escapes count as what they are shown as.
 */
export function shownName(name: string, most = LONGEST_SHOWN): string {
  const shown = safeText(beginning(name, most));
  if (name.length <= most && shown.length <= most) return shown;
  return `${beginning(shown, most)}... (${name.length} characters)`;
}

/** The first ten names of a list, and how many more there are. */
export function shownNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED).map((name) => shownName(name)).join(", ");
  return names.length > MOST_LISTED ? `${shown} and ${names.length - MOST_LISTED} more` : shown;
}
