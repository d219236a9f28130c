import { beginning, LONGEST_SHOWN, safeText } from "./safe_text.ts";

/**
 * A caller's value for a one-line message: JSON, cut at 80 characters and followed by its length where
 * it is longer. Takes time by what it shows, not by what the value holds, so that it may be any value:
 * one that holds itself, too.
 *
 * @example
 * ```ts
 * import { showValue } from "./show_value.ts";
 * console.log(showValue({ rate: 5, name: "a" })); // {"rate":5,"name":"a"}
 * ```
 */
export function showValue(value: unknown): string {
  if (typeof value === "string") {
    const shown = safeText(JSON.stringify(beginning(value, LONGEST_SHOWN)));
    return value.length > LONGEST_SHOWN
      ? `${shown.slice(0, -1)}..." (${value.length} characters)`
      : shown;
  }
  if (typeof value !== "object" || value === null) return safeText(String(value));
  const text = write(value, LONGEST_SHOWN + 1);
  if (text.length <= LONGEST_SHOWN) return safeText(text);
  const size = Array.isArray(value)
    ? `${value.length} items`
    : `${Object.keys(value).length} entries`;
  return `${safeText(beginning(text, LONGEST_SHOWN))}... (${size})`;
}

/** JSON of a value, complete or at least `room` characters of it. */
function write(value: unknown, room: number): string {
  if (typeof value === "string") return JSON.stringify(beginning(value, room));
  if (typeof value !== "object" || value === null) return String(value);
  const isList = Array.isArray(value);
  let text = isList ? "[" : "{";
  let isFirst = true;
  for (const key of isList ? value.keys() : Object.keys(value)) {
    if (text.length >= room) return text;
    if (!isFirst) text += ",";
    isFirst = false;
    if (!isList) text += `${JSON.stringify(beginning(String(key), room))}:`;
    text += write((value as Record<PropertyKey, unknown>)[key], room - text.length);
  }
  return text + (isList ? "]" : "}");
}
