/** Which code made a result. */
export interface CodeRevision {
  /** Commit of the repository, or null where the code is not in one. */
  readonly revision: string | null;
  /** Whether files differ from that commit, or null where it is not known. */
  readonly dirty: boolean | null;
}

/** The commit of the repository that this code is in, by git; nulls without git or a repository. */
export async function codeRevision(): Promise<CodeRevision> {
  const unknown = { revision: null, dirty: null };
  const root = new URL("../../", import.meta.url);
  if (root.protocol !== "file:") return unknown;
  try {
    await Deno.lstat(new URL(".git", root));
    const { success, stdout } = await new Deno.Command("git", {
      args: ["--no-optional-locks", "status", "--porcelain=v2", "--branch"],
      cwd: root,
      stdin: "null",
      stderr: "null",
    }).output();
    if (!success) return unknown;
    const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
    const commit = lines.find((line) => line.startsWith("# branch.oid "))?.split(" ")[2];
    if (commit === undefined || commit === "(initial)") return unknown;
    return { revision: commit, dirty: lines.some((line) => !line.startsWith("#")) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return unknown;
    }
    throw error;
  }
}
