import { ConfigError } from "../config/config_error.ts";
import { InputError } from "../std/input_error.ts";
import { contained } from "./contained.ts";

/**
 * Runs what an experiment's author wrote. An error of it is a mistake in the input: one line that says
 * what could not be done, why, and where in the author's files.
 *
 * @param action What is done, after "Cannot": "compute its targets".
 * @param module Address of the experiment's module.
 * @throws {RangeError} In place of an error that is not told as a mistake in the input already.
 */
export async function ofAuthor<T>(
  action: string,
  module: string,
  run: () => T | Promise<T>,
): Promise<T> {
  try {
    return await contained(run);
  } catch (error) {
    if (isTold(error)) throw error;
    throw new RangeError(
      `Cannot ${action} (${reason(error, module)}): current value is ${pathOf(module)}`,
      { cause: error },
    );
  }
}

/** Whether a message already says what a user should do. */
function isTold(error: unknown): boolean {
  if (error instanceof ConfigError || error instanceof InputError) return true;
  if (error instanceof Deno.errors.NotCapable) return true;
  if (!(error instanceof Error)) return false;
  return /^Requires \w+ access to /.test(error.message) ||
    (/^Cannot /.test(error.message) && error.message.includes(": current value is "));
}

/** "TypeError: x is not a function": what was thrown, whatever that is. */
export function thrownText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "something that has no text";
  }
}

/** "TypeError: x is not a function, at experiment.ts:12:3". */
function reason(error: unknown, module: string): string {
  const [first] = thrownText(error).split("\n");
  const folder = new URL("./", module).href;
  // The message may name the place itself, as that of a syntax error does.
  const text = first.replace("TypeError: SyntaxError: ", "SyntaxError: ").replaceAll(folder, "")
    .replace(/\.$/, "");
  const stack = error instanceof Error ? error.stack ?? "" : "";
  const frame = stack.split("\n").slice(1).find((line) => line.includes(folder));
  const place = frame?.slice(frame.indexOf(folder) + folder.length).match(/^[^\s():]+:\d+:\d+/)
    ?.[0];
  return place === undefined || text.includes(place) ? text : `${text}, at ${place}`;
}

function pathOf(module: string): string {
  return decodeURIComponent(new URL(module).pathname);
}
