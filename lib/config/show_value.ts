const LONGEST = 60;

/** A caller's value for a one-line message: JSON, cut at 60 characters. */
export function showValue(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}
