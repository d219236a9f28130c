/**
 * A mistake in a configuration. `problems` holds one line for each, naming the setting, its current
 * value and what is allowed; `message` is those lines.
 */
export class ConfigError extends RangeError {
  /** One line per mistake, in the order of the schema. */
  readonly problems: readonly string[];

  /** Makes an error of one or more one-line problems. */
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}
