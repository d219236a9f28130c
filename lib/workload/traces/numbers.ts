/** Greatest length that a table's 32-bit columns hold, tokens. */
const MAX_TOKENS = 2 ** 31 - 1;

/** What a length must be, for messages. */
export const TOKENS_WANTED = "a whole number of tokens >= 1";

/** What an instant must be, for messages. */
export const INSTANT_WANTED = "a time >= 0 (a number or a date and time)";

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The decimal number that a text holds, or NaN. Unlike `Number`, refuses "", "0x1f" and "Infinity". */
export function decimalOf(text: string): number {
  const trimmed = text.trim();
  return DECIMAL.test(trimmed) ? Number(trimmed) : NaN;
}

/** The number that a field or a JSON value holds, or NaN. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" ? decimalOf(value) : NaN;
}

/** A token count from a field or a JSON value, or 0 if it is none. "12.0" is 12. */
export function tokensOf(value: unknown): number {
  const number = numberOf(value);
  return Number.isInteger(number) && number >= 1 && number <= MAX_TOKENS ? number : 0;
}

/** A count of calls from a field or a JSON value, >= 0, or NaN if it is none; nothing is none. */
export function countOf(value: unknown): number {
  if (value === undefined || value === null || value === "") return 0;
  const number = numberOf(value);
  return Number.isInteger(number) && number >= 0 && number <= MAX_TOKENS ? number : NaN;
}

const DATE_TIME =
  /^(\d{4})([-/])(\d\d)\2(\d\d)[T ](\d\d):(\d\d)(?::(\d\d(?:[.,]\d+)?))?\s*(?:Z|UTC|GMT|([+-])(\d\d)(?::?(\d\d))?)?$/;

/** A date and time: whole days since 1970-01-01 and seconds into that day, which keep every digit. */
export interface DateTime {
  readonly day: number;
  readonly second: number;
}

/** Days since 1970-01-01; NaN for a date that there is not, such as 31 February. */
function dayOf(year: number, month: number, date: number): number {
  const milliseconds = Date.UTC(year, month - 1, date);
  const back = new Date(milliseconds);
  // A date that rolls over comes back as another one.
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== date) return NaN;
  return milliseconds / 86_400_000;
}

/** The date read last: those of successive rows are mostly equal. */
let known = { text: "", day: NaN };

/**
 * Reads `2023-11-16 18:15:46.6805900`, with `T`, `Z` or an offset (`+02:00`, `+0200`, `+02`) where
 * there is one; without one the time is taken as it stands. A comma may stand before the fraction, as
 * in logs. Undefined if the text is no such time.
 */
export function dateTimeOf(text: string): DateTime | undefined {
  const match = DATE_TIME.exec(text.trim());
  if (match === null) return undefined;
  const date = match[0].slice(0, 10);
  if (date !== known.text) {
    known = { text: date, day: dayOf(Number(match[1]), Number(match[3]), Number(match[4])) };
  }
  const { day } = known;
  const hour = Number(match[5]);
  const minute = Number(match[6]);
  const second = match[7] === undefined ? 0 : Number(match[7].replace(",", "."));
  if (Number.isNaN(day) || hour > 23 || minute > 59 || second >= 61) return undefined;
  const sign = match[8] === "-" ? -1 : 1;
  const offset = match[8] === undefined
    ? 0
    : sign * (Number(match[9]) * 60 + Number(match[10] ?? 0));
  return { day, second: hour * 3600 + (minute - offset) * 60 + second };
}
