import { runCommandLine, withFiles } from "../testing_command_line.ts";

/** Runs "experiment" in a folder with these files; results go to its folder "out". */
export async function withRun(
  files: Readonly<Record<string, string>>,
  use: (
    run: (...args: string[]) => ReturnType<typeof runCommandLine>,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  await withFiles(files, (directory) =>
    use(
      (...args) => {
        const out = args.includes("--out") || args[0] === "list" ? [] : ["--out", "out"];
        const runsHere = ["run", "reproduce"].includes(args[0]) &&
          !["--workers", "--executor"].some((option) => args.includes(option));
        const workers = runsHere ? ["--workers", "2"] : [];
        return runCommandLine(["experiment", ...args, ...out, ...workers, "--quiet"], {
          directory,
        });
      },
      directory,
    ));
}
