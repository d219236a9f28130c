import { sha256 } from "../results/sha256.ts";

/** Rooms that no cell's rows depend on: drawing, reporting, the command line. */
const LATER = /^lib\/(cli|plot|report)\//;

/**
 * SHA-256 over what every experiment is computed by: the sources under lib/ (without tests, drawing
 * and the command line), the catalogues under data/, and the versions of the packages.
 *
 * @param root Address of the repository, ending in "/".
 */
export async function sourceDigest(root: URL): Promise<string> {
  const files = [
    ...await filesBelow(root, "lib/", /(?<!_test|_bench)\.tsx?$/),
    ...await filesBelow(root, "data/", /\.(ya?ml|json|csv)$/),
  ].filter((path) => !LATER.test(path) && !path.startsWith("data/external/"));
  return await filesDigest(root, [...files, "deno.lock"]);
}

/** SHA-256 over the sources in some folders. @param root Address that they are below. */
export async function foldersDigest(root: URL, folders: readonly string[]): Promise<string> {
  const files = await Promise.all(
    folders.map((folder) => filesBelow(root, folder, /(?<!_test|_bench)\.tsx?$/)),
  );
  return await filesDigest(root, files.flat());
}

/** SHA-256 over the program files of an experiment's folder. */
export async function experimentDigest(folder: URL): Promise<string> {
  return await filesDigest(folder, await filesBelow(folder, "", /\.(ts|ya?ml|json|csv)$/));
}

/** SHA-256 over names and contents. */
async function filesDigest(root: URL, paths: readonly string[]): Promise<string> {
  const lines = await Promise.all(paths.map(async (path) => {
    try {
      return `${await sha256(await Deno.readFile(new URL(path, root)))}  ${path}\n`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }));
  return await sha256(lines.join(""));
}

/** Paths of files below a folder in the order of their names. */
async function filesBelow(root: URL, folder: string, wanted: RegExp): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder === "" ? "./" : folder, root))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) found.push(...await filesBelow(root, `${path}/`, wanted));
    else if (wanted.test(path) && entry.name !== "expected.json") found.push(path);
  }
  return found.sort();
}
