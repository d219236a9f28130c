import { exists } from "./exists.ts";
import { hasJournal } from "./journal.ts";
import { inspectFolder, isInnerPath, MANIFEST, readManifest } from "./owned_files.ts";
import { checkInTheWay, waitForLock } from "./put_in_place.ts";
import { replaceFile, splitPath } from "./replace_file.ts";
import { recoverResults } from "./result_directory.ts";

/** Name of the list of files in a folder that holds figures and no results. */
const FIGURE_LIST = ".simfaasinfer-figures.json";
const FIGURE_FORMAT = "simfaasinfer-figures/1";

/** Files to add: path and bytes. */
export type AddedFiles = readonly (readonly [path: string, bytes: Uint8Array])[];

/**
 * Adds files, such as figures, to results that are in their place. The manifest lists them before
 * they are there: whoever is killed in between leaves no file that we do not know as ours.
 *
 * @throws {RangeError} If there are no results of ours, or a file that is not ours is in the way.
 */
export function addToResults(directory: string, files: AddedFiles): void {
  recoverResults(directory);
  const path = Deno.realPathSync(directory);
  using _lock = waitForLock(splitPath(path).folder);
  const manifest = readManifest(path);
  if (manifest === undefined || hasJournal(path)) {
    throw new RangeError(
      `Cannot add files to a directory without a ${MANIFEST} of ours: current value is "${directory}"`,
    );
  }
  const { owned } = inspectFolder(path);
  const names = files.map(([name]) => name);
  checkInTheWay(path, directory, { owned }, names);
  const before = Array.isArray(manifest.files)
    ? manifest.files.filter(isInnerPath)
    : owned.filter((name) => name !== MANIFEST);
  const listed = [...new Set([...before, ...names])].sort();
  if (JSON.stringify(listed) !== JSON.stringify(manifest.files)) {
    const text = JSON.stringify({ ...manifest, files: listed }, null, 2) + "\n";
    replaceFile(`${path}/${MANIFEST}`, text);
  }
  writeAll(path, files);
}

/**
 * Writes figures into a folder of any kind. In results of ours, or their folder "figures", they are
 * added to the manifest's list; elsewhere the folder has a list of its own, a hidden file. A file that
 * stands in neither is not replaced.
 *
 * @throws {RangeError} If a file that we did not write is in the way.
 */
export function writeFigures(directory: string, files: AddedFiles): void {
  Deno.mkdirSync(directory, { recursive: true });
  const path = Deno.realPathSync(directory);
  if (readManifest(path) !== undefined) return addToResults(path, files);
  const { folder, name } = splitPath(path);
  if (name === "figures" && readManifest(folder) !== undefined) {
    return addToResults(folder, files.map(([file, bytes]) => [`${name}/${file}`, bytes]));
  }
  const listed = readFigureList(path);
  const names = files.map(([file]) => file);
  checkInTheWay(path, directory, { owned: listed }, names);
  const all = [...new Set([...listed, ...names])].sort();
  const text = JSON.stringify({ format: FIGURE_FORMAT, files: all }, null, 2) + "\n";
  if (all.length > listed.length) replaceFile(`${path}/${FIGURE_LIST}`, text);
  writeAll(path, files);
}

function readFigureList(folder: string): string[] {
  if (!exists(`${folder}/${FIGURE_LIST}`)) return [];
  try {
    const { format, files } = JSON.parse(Deno.readTextFileSync(`${folder}/${FIGURE_LIST}`));
    return format === FIGURE_FORMAT && Array.isArray(files) ? files.filter(isInnerPath) : [];
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return [];
    throw error;
  }
}

function writeAll(folder: string, files: AddedFiles): void {
  for (const [path, bytes] of files) {
    const cut = path.lastIndexOf("/");
    if (cut > 0) Deno.mkdirSync(`${folder}/${path.slice(0, cut)}`, { recursive: true });
    replaceFile(`${folder}/${path}`, bytes);
  }
}
