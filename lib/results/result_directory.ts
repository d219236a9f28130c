import { openScratch, type ScratchFile } from "./page_file.ts";
import { exists } from "./exists.ts";
import { hasJournal, type OnStep, removeEmpty, rollForward } from "./journal.ts";
import { foldersOf, type Holding, inspectFolder, isInnerPath, MANIFEST } from "./owned_files.ts";
import { isNotThere } from "./owner_mark.ts";
import { checkInTheWay, putInPlace, waitForLock } from "./put_in_place.ts";
import { type Append, splitPath, syncFolder, writeNewFile } from "./replace_file.ts";
import { locate, placeOf, type ResultPlace } from "./result_place.ts";
import {
  makeStaging,
  removeAbandoned,
  removeResults,
  restoreOld,
  type Staging,
} from "./staging.ts";

/** A directory of results that is being written; nobody sees it before `commit`. */
export interface ResultDirectory {
  /** Calls `fill` with a function that appends bytes or text to the file of that path. */
  write(path: string, fill: (append: Append) => void): void;
  /**
   * Puts the files into their place, with a manifest.json that lists them. Older results go, what is
   * not ours stays.
   *
   * @throws {RangeError} If a file that is not ours is in the way.
   */
  commit(manifest: { readonly format: string }): void;
  /**
   * A file for what is too large for memory while results are made. It is on the disk that the results
   * go to and none of them; `commit` and `discard` give it up.
   */
  scratch(): ScratchFile;
  /** Removes everything that was written. May be called more than once and after `commit`. */
  discard(): void;
}

/** Options of {@linkcode openResultDirectory}. */
export interface ResultDirectoryOptions {
  /** Called after each change of the disk while results are put into place, with what was done. */
  readonly onStep?: OnStep;
}

/**
 * Makes sure that results could be written to a directory, and leaves no trace of having looked.
 *
 * @param files Paths of the files that are going to be written, as far as they are known.
 * @throws {RangeError} If the directory holds something else than results, a file that is not ours is
 * in the way, or the directory cannot be made.
 */
export function checkResultDirectory(directory: string, files: readonly string[] = []): void {
  const opened = openResultDirectory(directory);
  try {
    const { path } = placeOf(directory);
    if (exists(path)) checkInTheWay(path, directory, inspectFolder(path), files);
  } finally {
    opened.discard();
  }
}

/**
 * Opens a directory for results. Files are written to a hidden directory beside it, and `commit` puts
 * them into place: a reader sees the old results or the new ones: at once where folders can be exchanged, else as soon
 * as a program of ours opens the directory again (see docs/results.md). Results are
 * known by the `format` in their manifest.json, and the files in them by its list; nothing else is
 * replaced or removed. What earlier runs left when they were killed is removed or completed first.
 *
 * @throws {RangeError} If the directory is not empty and holds no results, holds a repository, is the
 * working directory, the home directory or above one of them, or cannot be made.
 */
export function openResultDirectory(
  directory: string,
  { onStep = () => {} }: ResultDirectoryOptions = {},
): ResultDirectory {
  let place: ResultPlace, staging: Staging, made: string[];
  try {
    place = placeOf(directory);
    recoverPlace(place);
    checkReplaceable(directory, place.path);
    made = missingFolders(place.parent);
    if (made.length > 0) Deno.mkdirSync(place.parent, { recursive: true });
    if (!exists(place.path)) made = [place.path, ...made];
    staging = makeStaging(place);
    removeAbandoned(place, Deno.statSync(staging.path).mtime?.getTime() ?? 0);
  } catch (error) {
    throw readable(error, directory);
  }
  const files: string[] = [];
  const scratches: ScratchFile[] = [];
  const closeScratches = () => scratches.forEach((file) => file.close());
  const telling = (action: () => void) => {
    try {
      action();
    } catch (error) {
      throw isOfSystem(error) ? readable(error, directory) : error;
    }
  };
  return {
    write(path, fill) {
      if (!isInnerPath(path) || path === MANIFEST) {
        throw new RangeError(
          `Cannot write a file of results as ${path}: current value is its path`,
        );
      }
      telling(() => {
        makeFolders(staging.path, path);
        writeNewFile(`${staging.path}/${path}`, fill);
      });
      files.push(path);
    },
    scratch() {
      const path = `${staging.path}/scratch-${scratches.length}.part`;
      let file: ScratchFile;
      telling(() => scratches.push(file = openScratch(path)));
      return {
        writeAt: (offset, bytes) => telling(() => file.writeAt(offset, bytes)),
        readAt: (offset, into) => telling(() => file.readAt(offset, into)),
        close: () => file.close(),
      };
    },
    commit(manifest) {
      closeScratches();
      const listed = files.toSorted();
      const text = JSON.stringify({ ...manifest, files: listed }, null, 2) + "\n";
      telling(() => {
        writeNewFile(`${staging.path}/${MANIFEST}`, text);
        for (const folder of ["", ...new Set(listed.flatMap(foldersOf))]) {
          syncFolder(`${staging.path}/${folder}`);
        }
        onStep("staged");
        checkReplaceable(directory, place.path);
        putInPlace(place, directory, { staging, files: listed }, onStep);
      });
      staging.release();
    },
    discard() {
      closeScratches();
      // What a journal speaks of is needed: whoever opens the directory next goes on with it.
      if (!hasJournal(place.path)) removeResults(staging.path);
      staging.release();
      for (const path of made) removeEmpty(path, [""]);
    },
  };
}

/**
 * Completes what a run that was killed had begun to put into a directory of results. Whoever reads
 * results calls it first; it does nothing where nothing was interrupted.
 *
 * @throws {RangeError} If there is something to complete and it cannot be.
 */
export function recoverResults(directory: string): void {
  try {
    if (exists(directory) && !hasJournal(directory)) return;
    recoverPlace(locate(directory));
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new RangeError(
      `Cannot complete interrupted results (${reason(error)}): current value is "${directory}"`,
      { cause: error },
    );
  }
}

function recoverPlace(place: ResultPlace): void {
  if (!exists(place.path)) return restoreOld(place);
  if (!hasJournal(place.path)) return;
  using _lock = waitForLock(place.parent);
  rollForward(place.path);
}

/** @throws {RangeError} If the path holds anything but results, an empty directory or nothing. */
function checkReplaceable(given: string, path: string): void {
  let holding: Holding;
  try {
    holding = inspectFolder(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory || isNotThere(error)) {
      throw new RangeError(
        `Cannot write results to a directory (Not a directory): current value is "${given}"`,
      );
    }
    throw error;
  }
  if (holding.kind !== "foreign") return;
  throw new RangeError(
    `Cannot write results to a directory that holds other files (${
      shown(holding.foreign)
    }) and no ${MANIFEST} of ours: current value is "${given}"`,
  );
}

/** The first few of many names. */
function shown(names: readonly string[]): string {
  const most = 3;
  const first = names.slice(0, most).map((name) => name.slice(0, 60)).join(", ");
  return names.length > most ? `${first} and ${names.length - most} more` : first;
}

/** The folders of a path that do not exist, the innermost first. */
function missingFolders(path: string): string[] {
  const missing: string[] = [];
  for (let folder = path; !exists(folder);) {
    missing.push(folder);
    const { folder: above } = splitPath(folder);
    if (above === folder) break;
    folder = above;
  }
  return missing;
}

function makeFolders(root: string, path: string): void {
  const cut = path.lastIndexOf("/");
  if (cut > 0) Deno.mkdirSync(`${root}/${path.slice(0, cut)}`, { recursive: true });
}

/** Whether an error is the system's or a permission's, rather than a mistake of ours. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && /\(os error \d+\)/.test(error.message));
}

/** What the system says about a directory as a line for its user; what we say stays as it is. */
function readable(error: unknown, directory: string): RangeError {
  if (error instanceof RangeError) return error;
  return new RangeError(
    `Cannot write results to a directory (${reason(error)}): current value is "${directory}"`,
    { cause: error },
  );
}

/** The system's reason, without the call and the path that Deno adds to it. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/ \(os error \d+\)/, "").replace(/:.*$/s, "");
}
