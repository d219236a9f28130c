import { UsageError } from "./usage_error.ts";

/**
 * Reads a file that the user named.
 *
 * @param what What the file should be, such as "a configuration".
 * @throws {UsageError} If it cannot be read.
 */
export function readInput(path: string, what: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new UsageError(
      `Cannot read ${what} from a file (${readableReason(error)}): current value is "${path}"`,
      { cause: error },
    );
  }
}

/** The system's reason of a failed call, without the call and the path that Deno adds to it. */
export function readableReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/ \(os error \d+\)/, "").replace(/:.*$/s, "").toLowerCase();
}
