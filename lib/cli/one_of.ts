import { suggest } from "../std/suggest.ts";
import { UsageError } from "./usage_error.ts";

/**
 * The value of an option that has a few allowed ones.
 *
 * @throws {UsageError} If it is none of them; names the nearest one.
 */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === value);
  if (found !== undefined) return found;
  // Of one letter every other one is near.
  const near = value.length > 1 ? suggest(value, allowed) : undefined;
  throw new UsageError(
    `Cannot read ${option} as one of ${allowed.join(", ")}` +
      `${near === undefined ? "" : ` (did you mean ${near}?)`}: current value is "${value}"`,
  );
}
