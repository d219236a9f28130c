import { createHash } from "node:crypto";
import { readManifest } from "../results/owned_files.ts";
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
    ...filesBelow(root, "lib/", /(?<!_test|_bench)\.tsx?$/),
    ...filesBelow(root, "data/", /\.(ya?ml|json|csv)$/),
  ].filter((path) => !LATER.test(path) && !path.startsWith("data/external/"));
  return await filesDigest(root, [...files, "deno.lock"]);
}

/** SHA-256 over the sources in some folders. @param root Address that they are below. */
export async function foldersDigest(root: URL, folders: readonly string[]): Promise<string> {
  const files = folders.flatMap((folder) => filesBelow(root, folder, /(?<!_test|_bench)\.tsx?$/));
  return await filesDigest(root, files);
}

/** Most files in the folder of an experiment: more are those of another kind of folder. */
const MOST_FILES = 1000;
/** What an experiment's folder holds of its own, by the end of the name. */
const OWN = /\.(ts|ya?ml|json|csv)$/;
/** What `reproduce --pin` writes. */
const PINNED = /(^|\.)expected\.json$/;

/**
 * SHA-256 over the files of an experiment: those in its folder (but results, packages and hidden
 * ones), and those elsewhere that they import by a relative path.
 *
 * @param module Address of its module.
 * @throws {RangeError} If the folder holds too many files to be that of an experiment.
 */
export async function experimentDigest(module: string): Promise<string> {
  const folder = new URL("./", module);
  const inside = (await ownFiles(folder, "")).sort();
  const outside = await importedElsewhere(folder, inside);
  return await filesDigest(folder, [...inside, ...outside]);
}

/** Paths of the files in an experiment's folder, from there. */
async function ownFiles(
  root: URL,
  below: string,
  found: string[] = [],
): Promise<string[]> {
  const folder = new URL(below === "" ? "./" : below, root);
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${below}${name}`;
    if (!isDirectory && OWN.test(name) && !PINNED.test(name)) found.push(path);
    if (found.length > MOST_FILES) {
      throw new RangeError(
        `Cannot run an experiment in a folder of more than ${MOST_FILES} files: current value is ` +
          `"${decodeURIComponent(root.pathname)}"; give the experiment a folder of its own`,
      );
    }
    if (!isDirectory || name.startsWith(".") || name === "node_modules") continue;
    const isResults = readManifest(decodeURIComponent(new URL(path, root).pathname)) !== undefined;
    if (!isResults) await ownFiles(root, `${path}/`, found);
  }
  return found;
}

/**
 * Files outside of a folder that its modules import by relative paths, and what these import; not
 * those of this repository that every experiment depends on.
 */
async function importedElsewhere(folder: URL, inside: readonly string[]): Promise<string[]> {
  const own = new URL("../../", import.meta.url).href;
  const isShared = (href: string) =>
    /^(lib|data|entries)\/|^mod\.ts$/.test(href.startsWith(own) ? href.slice(own.length) : "");
  const found = new Set<string>();
  const waiting = inside.map((path) => new URL(path, folder));
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (!/\.[cm]?[jt]s$/.test(module.pathname)) continue;
    const text = await textOf(module);
    for (const [, to] of text.matchAll(/(?:\bfrom|\bimport|\bimport\s*\()\s*"(\.{1,2}\/[^"]+)"/g)) {
      const { href } = new URL(to, module);
      if (href.startsWith(folder.href) || isShared(href) || found.has(href)) continue;
      found.add(href);
      waiting.push(new URL(href));
    }
  }
  return [...found].sort();
}

/** Text of a file; "" where there is none: whoever imports it says so. */
async function textOf(file: URL): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** SHA-256 over names and contents. */
async function filesDigest(root: URL, paths: readonly string[]): Promise<string> {
  // At once: to wait for each of a thousand small files takes longer than to read and hash it.
  const lines = paths.map((path) => {
    try {
      const content = Deno.readFileSync(new URL(path, root));
      return `${createHash("sha256").update(content).digest("hex")}  ${path}\n`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  });
  return await sha256(lines.join(""));
}

/** Paths of files below a folder in the order of their names. */
function filesBelow(root: URL, folder: string, wanted: RegExp): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(new URL(folder, root))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) found.push(...filesBelow(root, `${path}/`, wanted));
    else if (wanted.test(path)) found.push(path);
  }
  return found.sort();
}
