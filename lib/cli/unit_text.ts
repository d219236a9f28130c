import { digits, dollars, duration, percent } from "./readable_numbers.ts";

/**
 * A number as it reads best in its unit: shares as percentages, times in ms or s, dollars in cents,
 * bytes in GB, anything else with three digits and without its unit.
 */
export function inUnit(value: number, unit: string): string {
  switch (unit) {
    case "share":
      return percent(value);
    case "USD":
      return value < 0 ? `-${dollars(-value)}` : dollars(value);
    case "s":
    case "s/token":
      return value < 0 ? `-${duration(-value)}` : duration(value);
    case "bytes":
      return `${digits(value / 1e9)} GB`;
    default:
      return digits(value);
  }
}

/** Units that say as much as the name of a figure in them. */
const SAID_BY_NAME = ["count", "instance × s", "GPU × h", "GB × h", "members", "drafts"];

/** The same with the unit behind it, where it is not in the text or in the figure's name. */
export function withUnit(value: number, unit: string): string {
  const isShown = ["share", "USD", "s", "s/token", "bytes", ...SAID_BY_NAME].includes(unit);
  return isShown ? inUnit(value, unit) : `${inUnit(value, unit)} ${unit}`;
}
