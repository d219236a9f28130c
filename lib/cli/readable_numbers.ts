import { grouped } from "../std/grouped.ts";

export { grouped };

/** Seconds in the unit that reads best, three digits. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "-";
  if (seconds === 0) return "0 ms";
  if (seconds < 0.9995) return `${digits(seconds * 1000)} ms`;
  return `${digits(seconds)} s`;
}

/** A share as a percentage. */
export function percent(share: number): string {
  return `${digits(share * 100)} %`;
}

/** Dollars, in cents from ten cents on; a dash for null. */
export function dollars(usd: number | null): string {
  if (usd === null) return "-";
  return `$${usd >= 0.1 || usd === 0 ? grouped(usd.toFixed(2)) : digits(usd)}`;
}

/** A number with three significant digits, whole above 1000; thousands apart. */
export function digits(value: number): string {
  if (value === 0) return "0";
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  if (decimals > 7) return value.toExponential(2);
  return grouped(value.toFixed(decimals));
}
