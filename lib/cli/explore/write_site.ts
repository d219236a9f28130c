import { join } from "node:path";
import { replaceFile } from "../../results/replace_file.ts";
import { UsageError } from "../usage_error.ts";
import type { SiteFiles } from "./build_site.ts";

/** List of the files that were written, so that a later page removes what it does not have. */
const LIST = ".simfaasinfer-page.json";
const FORMAT = "simfaasinfer-page/1";

/**
 * Writes a page into a folder that is new, empty, or holds an earlier page. Files that an earlier page
 * had and this one has not go; nothing else is touched.
 *
 * @throws {UsageError} If the folder holds something else.
 */
export function writeSite(folder: string, files: SiteFiles): void {
  let there: string[] = [];
  try {
    there = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) throw refusal(folder, "a file");
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const before = listIn(folder, there);
  if (before === undefined) throw refusal(folder, "a folder with something else in it");
  Deno.mkdirSync(folder, { recursive: true });
  const foreign = [...files.keys()].find((name) => there.includes(name) && !before.includes(name));
  if (foreign !== undefined) throw refusal(folder, `a folder with a ${foreign} of your own`);
  const all = [...new Set([...before, ...files.keys()])].sort();
  // The list comes first: whoever is killed in between leaves no file that is not known as ours.
  writeList(folder, all);
  for (const [name, text] of files) replaceFile(join(folder, name), text);
  for (const name of before) if (!files.has(name)) removeFile(join(folder, name));
  writeList(folder, [...files.keys()].sort());
}

function refusal(folder: string, what: string): UsageError {
  return new UsageError(`Cannot write a page into ${what}: current value is "${folder}"`);
}

function writeList(folder: string, files: readonly string[]): void {
  replaceFile(join(folder, LIST), JSON.stringify({ format: FORMAT, files }, null, 2) + "\n");
}

/** Files of the page in a folder; undefined where the folder holds something else and no page. */
function listIn(folder: string, there: readonly string[]): string[] | undefined {
  if (there.length === 0) return [];
  if (!there.includes(LIST)) return undefined;
  try {
    const { format, files } = JSON.parse(Deno.readTextFileSync(join(folder, LIST)));
    const areNames = Array.isArray(files) &&
      files.every((name) => typeof name === "string" && /^[\w.-]+$/.test(name));
    return format === FORMAT && areNames ? files : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
