/** A value in a cell of a table. */
export type CellValue = unknown;

/** Stands for what is undefined, not measured, or not a number. */
const NOTHING = "—";
/** Longest text of a cell, characters. */
const LONGEST = 80;
/** A column with a number as great as this one has commas between thousands. */
const GROUPED_FROM = 10_000;
/** Digits of a fraction; the whole part keeps all of its own. */
const FRACTION_DIGITS = 4;

/**
 * The texts of a column: whole numbers exact, fractions to four significant digits (and never fewer
 * than their whole part has), commas between thousands where one number is great, a dash for nothing.
 */
export function formatColumn(values: readonly CellValue[]): string[] {
  const isGrouped = values.some((value) =>
    (typeof value === "number" || typeof value === "bigint") &&
    Math.abs(Number(value)) >= GROUPED_FROM
  );
  return values.map((value) => formatCell(value, isGrouped));
}

function formatCell(value: CellValue, isGrouped: boolean): string {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value === "number") return formatNumber(value, isGrouped);
  if (typeof value === "bigint") return isGrouped ? grouped(String(value)) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return cut(JSON.stringify(plainObject(value)) ?? NOTHING);
  return cut(String(value));
}

/**
 * A number as a reader wants it.
 *
 * @param isGrouped Whether thousands are parted by commas; default from 10,000 on.
 */
export function formatNumber(
  value: number,
  isGrouped = Math.abs(value) >= GROUPED_FROM,
): string {
  if (Number.isNaN(value)) return NOTHING;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value)) {
    const text = String(value + 0);
    return isGrouped ? grouped(text) : text;
  }
  const size = Math.abs(value);
  if (size >= 1e21) return String(value);
  if (size >= 10 ** (FRACTION_DIGITS - 1)) {
    const text = value.toFixed(0);
    return isGrouped ? grouped(text) : text;
  }
  return String(Number(value.toPrecision(FRACTION_DIGITS)));
}

/** The digits of a whole number with commas between thousands; exponents stay as they are. */
function grouped(text: string): string {
  return /^-?\d+$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, ",") : text;
}

/** Lists and objects that are not plain ones (series, typed arrays) as JSON has them. */
function plainObject(value: object): unknown {
  return Symbol.iterator in value ? [...value as Iterable<unknown>] : value;
}

function cut(text: string): string {
  const letters = [...text.replace(/\s+/g, " ")];
  return letters.length <= LONGEST
    ? letters.join("")
    : `${letters.slice(0, LONGEST - 1).join("")}…`;
}
