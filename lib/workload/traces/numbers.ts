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

/** A token count from a field or a JSON value, or 0 if it is none. "12.0" is 12. */
export function tokensOf(value: unknown): number {
  let number: number;
  if (typeof value === "number") number = value;
  else if (typeof value === "string") number = decimalOf(value);
  else return 0;
  return Number.isInteger(number) && number >= 1 && number <= MAX_TOKENS ? number : 0;
}

const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d(?:\.\d+)?)\s*(?:Z|UTC|([+-])(\d\d):?(\d\d))?$/;

/** A date and time: whole days since 1970-01-01 and seconds into that day, which keep every digit. */
export interface DateTime {
  readonly day: number;
  readonly second: number;
}

/**
 * Reads `2023-11-16 18:15:46.6805900`, with `T`, `Z` or an offset where there is one; without one the
 * time is taken as it stands. Undefined if the text is no such time.
 */
export function dateTimeOf(text: string): DateTime | undefined {
  const match = DATE_TIME.exec(text.trim());
  if (match === null) return undefined;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const date = Number(match[3]);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6]);
  const milliseconds = Date.UTC(year, month - 1, date);
  const day = milliseconds / 86_400_000;
  // A date that rolls over, such as 31 February, comes back as another one.
  const back = new Date(milliseconds);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== date) return undefined;
  if (hour > 23 || minute > 59 || second >= 61) return undefined;
  const sign = match[7] === "-" ? -1 : 1;
  const offset = match[7] === undefined ? 0 : sign * (Number(match[8]) * 60 + Number(match[9]));
  return { day, second: hour * 3600 + (minute - offset) * 60 + second };
}
