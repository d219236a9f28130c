/** A command of the command line. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /**
   * Runs the command. What was asked for goes to `print`; progress and notices go to stderr.
   *
   * @returns Exit code.
   */
  run(args: readonly string[], print: (line: string) => void): number | Promise<number>;
}
