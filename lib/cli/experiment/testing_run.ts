import { type CommandLineRun, runCommandLine, withFiles } from "../testing_command_line.ts";

/**
 * Runs "experiment" in a folder with these files; results go to its folder "out".
 *
 * @param runLine Runs a command line: in a process of its own unless given.
 */
export async function withRun(
  files: Readonly<Record<string, string>>,
  use: (
    run: (...args: string[]) => Promise<CommandLineRun>,
    folder: string,
  ) => Promise<void>,
  runLine: (
    args: readonly string[],
    options: { readonly directory: string },
  ) => Promise<CommandLineRun> = runCommandLine,
): Promise<void> {
  await withFiles(files, (directory) =>
    use(
      (...args) => {
        const out = args.includes("--out") || args[0] === "list" ? [] : ["--out", "out"];
        const runsHere = ["run", "reproduce"].includes(args[0]) &&
          !["--workers", "--executor"].some((option) => args.includes(option));
        const workers = runsHere ? ["--workers", "2"] : [];
        return runLine(["experiment", ...args, ...out, ...workers, "--quiet"], {
          directory,
        });
      },
      directory,
    ));
}
