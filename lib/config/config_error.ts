import { LONGEST_MESSAGE, MOST_LISTED, shownName } from "../std/safe_text.ts";

/**
 * A mistake in a configuration. `problems` holds one line for each, naming the setting, its current
 * value and what is allowed; `message` is the first ten of those lines, and how many more there are.
 * A line has at most 2 KB and nothing that a terminal obeys.
 */
export class ConfigError extends RangeError {
  /** One line per mistake, in the order of the schema. */
  readonly problems: readonly string[];

  /** Makes an error of one or more one-line problems. */
  constructor(problems: readonly string[]) {
    const lines = problems.map((problem) => shownName(problem, LONGEST_MESSAGE));
    const more = lines.length - MOST_LISTED;
    super([
      ...lines.slice(0, MOST_LISTED),
      ...(more > 0 ? [`Cannot read the configuration: ${more} more mistakes like these`] : []),
    ].join("\n"));
    this.name = "ConfigError";
    this.problems = lines;
  }
}
