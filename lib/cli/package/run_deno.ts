import { runChild } from "../run_child.ts";

const ROOT = decodeURIComponent(new URL("../../../", import.meta.url).pathname);

/** Runs a tool of this Deno in the repository. @throws {Error} With what it said, if it fails. */
export async function runDeno(args: readonly string[]): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stderr } = await runChild(command, (child) => child.output());
  if (success) return;
  throw new Error(`deno ${args[0]} failed: ${new TextDecoder().decode(stderr).trim()}`);
}
