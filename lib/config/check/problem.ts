import { showValue } from "../show_value.ts";

/** A setting that contradicts another. */
export interface Problem {
  /** Internal path of the setting, such as "scaling.min_instances". */
  readonly path: string;
  /** The rest of the line: what it is read as, its current value, what is allowed. */
  readonly text: string;
}

/** A problem in the form of all errors. */
export function problem(path: string, wanted: string, value: unknown, allowed: string): Problem {
  return {
    path,
    text: `as ${wanted}: current value is ${showValue(value)} (allowed: ${allowed})`,
  };
}
