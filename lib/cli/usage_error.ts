import { ConfigError } from "../config/config_error.ts";
import { InputError } from "../std/input_error.ts";

/** A mistake on the command line or in a file that it names. The message is one line. */
export class UsageError extends RangeError {
  override name = "UsageError";
}

/** A line of ours, after the place in the input where there is one: "trace.csv:3:29: Cannot ...". */
const OURS = /^(\S.*: )?Cannot /;

/**
 * Whether an error tells a user about a mistake in the input, rather than about one in the program:
 * messages of the form "Cannot <action> as <wanted>: current value is <value>", and what the system
 * refuses (a missing file, a full disk, a permission).
 */
export function isUsersMistake(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof ConfigError) return true;
  // A module that may not be read fails as a TypeError, in the words of a missing permission.
  if (error instanceof TypeError && /^Requires \w+ access to /.test(error.message)) return true;
  if (error instanceof InputError) return true;
  // The engine's own TypeErrors begin with "Cannot" too ("Cannot read properties of undefined").
  if (error instanceof TypeError || error instanceof SyntaxError) {
    return OURS.test(error.message) && error.message.includes(": current value is ");
  }
  if (error instanceof RangeError) return OURS.test(error.message);
  if (error instanceof Deno.errors.NotCapable) return true;
  return error instanceof Error && /\(os error \d+\)/.test(error.message);
}
