import { deepEqual, equal, ok } from "#assert";
import { ConfigError } from "../../lib/config/config_error.ts";
import { loadConfig, type LoadOptions } from "../../lib/config/load.ts";

/** The problems of a configuration that must have some. */
export function problemsOf(yaml: string | string[], options?: LoadOptions): readonly string[] {
  try {
    loadConfig(yaml, options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    ok(error instanceof RangeError);
    equal(error.message, error.problems.join("\n"));
    for (const line of error.problems) ok(!line.includes("\n"));
    return error.problems;
  }
  throw new Error(`No error: ${yaml}`);
}

/** Asserts that a configuration has one problem with exactly this line. */
export function hasProblem(yaml: string, line: string) {
  deepEqual(problemsOf(yaml), [line]);
}
