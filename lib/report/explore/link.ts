import { checkedValues } from "./set_knobs.ts";
import type { Knob, KnobValues } from "./knobs.ts";

/** What a link holds: values of knobs, and those of the answer beside it. */
export interface Linked {
  readonly a: KnobValues;
  readonly b?: KnobValues;
  /** Whether a link held more, or something else: what knobs cannot have is left out. */
  readonly isPart?: boolean;
}

/** The part of an address after #. */
export function linkText({ a, b }: Linked): string {
  const text = JSON.stringify(b === undefined ? { a } : { a, b });
  return new TextEncoder().encode(text).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** What a link holds, as far as knobs can have it: links come from anywhere. */
export function readLink(text: string, knobs: readonly Knob[]): Linked {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const value = JSON.parse(new TextDecoder().decode(bytes));
    const a = checkedValues(knobs, value?.a);
    const found: Linked = value?.b === undefined ? { a } : { a, b: checkedValues(knobs, value.b) };
    const isWhole = sameNames(value, found) && sameNames(value.a, found.a) &&
      (found.b === undefined || sameNames(value.b, found.b));
    return isWhole ? found : { ...found, isPart: true };
  } catch {
    return { a: {}, ...(text !== "" && { isPart: true }) };
  }
}

/** Whether a value is an object of just the names of another: 12, null and [] are none. */
function sameNames(value: unknown, found: object): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.keys(value).length === Object.keys(found).length;
}
