/** A copy of the repository's files, in which faults can be planted. */
export interface TreeCopy {
  /** Its directory, ending in "/". */
  readonly root: string;
  /** Removes it. */
  remove(): Promise<void>;
}

/** The files of the repository that are under version control or could be, relative to its root. */
export async function filesOfTree(root: string): Promise<string[]> {
  const { stdout, success } = await new Deno.Command("git", {
    args: ["ls-files", "--cached", "--others", "--exclude-standard", "-z"],
    cwd: root,
    stderr: "null",
  }).output();
  if (!success) {
    throw new RangeError(`Cannot list the files of ${root} as those of a git repository`);
  }
  return new TextDecoder().decode(stdout).split("\0").filter((name) => name !== "").sort();
}

/** Copies files of the repository to a temporary directory; those that are gone are passed over. */
export async function copyTree(root: string, files: readonly string[]): Promise<TreeCopy> {
  const copy = await Deno.makeTempDir({ prefix: "simfaas-mutate-" });
  const folders = new Set(files.map((file) => file.slice(0, file.lastIndexOf("/") + 1)));
  for (const folder of folders) await Deno.mkdir(`${copy}/${folder}`, { recursive: true });
  for (const file of files) {
    try {
      await Deno.copyFile(root + file, `${copy}/${file}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return { root: `${copy}/`, remove: () => Deno.remove(copy, { recursive: true }) };
}
