import { exchangeFolders } from "./exchange_folders.ts";
import { type OnStep, rollForward, writeJournal } from "./journal.ts";
import { foldersOf, type Holding, inspectFolder, MANIFEST } from "./owned_files.ts";
import { isNotThere, lockFolder } from "./owner_mark.ts";
import { keepOwnerAndMode, syncFolder } from "./replace_file.ts";
import type { ResultPlace } from "./result_place.ts";
import { moveInside, removeResults, type Staging } from "./staging.ts";

/** Longest wait for another process that puts results into the same folder, milliseconds. */
const LONGEST_WAIT_MS = 5000;
const WAIT_MS = 20;

/** What is put into place. */
export interface Staged {
  readonly staging: Staging;
  /** Paths of its files but the manifest. */
  readonly files: readonly string[];
}

/**
 * Puts results that are complete and on the disk into their place.
 *
 * Where there is nothing, the folder gets its name. Where there are older results and nothing else,
 * the two folders are exchanged in one step. Everywhere else, what is not ours keeps its place: the
 * files are moved one by one by a journal, which whoever opens the folder next goes on with.
 *
 * @param place Where they go. @param given The same as the user wrote it, for errors.
 * @param onStep Called after each change of the disk.
 * @throws {RangeError} If a file that is not ours is in the way; then nothing has changed.
 */
export function putInPlace(
  place: ResultPlace,
  given: string,
  { staging, files }: Staged,
  onStep: OnStep,
): void {
  using _lock = waitForLock(place.parent);
  rollForward(place.path);
  const holding = inspectFolder(place.path);
  checkInTheWay(place.path, given, holding, files);
  if (!staging.isInside) {
    if (holding.kind === "missing" || holding.kind === "empty") {
      if (takeName(staging.path, place, onStep)) return;
    } else if (holding.foreign.length === 0 && exchange(staging.path, place, onStep)) {
      return;
    }
  }
  moveOneByOne(place.path, staging, files, onStep);
}

/** Gives the staging folder the name of the results; false where the system does not let us. */
function takeName(stage: string, { path, parent }: ResultPlace, onStep: OnStep): boolean {
  if (!keepAs(stage, path)) return false;
  try {
    Deno.renameSync(stage, path);
  } catch (error) {
    // The empty folder is held by the system (a mount), or somebody has put something into it.
    if (isNotThere(error)) throw error;
    return false;
  }
  onStep("renamed");
  syncFolder(parent);
  return true;
}

/** Exchanges old and new results, and removes the old ones; false where that cannot be. */
function exchange(stage: string, { path, parent }: ResultPlace, onStep: OnStep): boolean {
  if (!keepAs(stage, path) || !exchangeFolders(stage, path)) return false;
  onStep("exchanged");
  // Somebody may have put something beside the old results since they were looked at.
  if (inspectFolder(stage).foreign.length > 0 && exchangeFolders(stage, path)) return false;
  syncFolder(parent);
  removeResults(stage);
  onStep("old results removed");
  return true;
}

/** Gives the new folder the permissions and the owner of the old one; false if it cannot have them. */
function keepAs(stage: string, path: string): boolean {
  try {
    return keepOwnerAndMode(stage, Deno.statSync(path));
  } catch (error) {
    if (isNotThere(error)) return true;
    throw error;
  }
}

function moveOneByOne(
  path: string,
  staging: Staging,
  files: readonly string[],
  onStep: OnStep,
): void {
  const stage = staging.isInside
    ? staging.path.slice(staging.path.lastIndexOf("/") + 1)
    : moveInside(staging.path, path);
  onStep("moved inside");
  try {
    const kept = new Set([...files, MANIFEST]);
    const remove = inspectFolder(path).owned.filter((file) => !kept.has(file));
    writeJournal(path, { stage, files: [...files, MANIFEST], remove });
  } catch (error) {
    removeResults(`${path}/${stage}`);
    throw error;
  }
  onStep("journal written");
  rollForward(path, onStep);
}

/** @throws {RangeError} If a file could not be written without replacing something that is not ours. */
export function checkInTheWay(
  path: string,
  given: string,
  { owned }: Pick<Holding, "owned">,
  files: readonly string[],
): void {
  const ours = new Set(owned);
  const refuse = (what: string, name: string): never => {
    throw new RangeError(
      `Cannot write results over ${what} that is not ours (${name}): current value is "${given}"`,
    );
  };
  for (const file of files) {
    for (const folder of foldersOf(file)) {
      const info = lookAt(`${path}/${folder}`);
      if (info !== undefined && !info.isDirectory) refuse("a file", folder);
    }
    const info = lookAt(`${path}/${file}`);
    if (info !== undefined && !ours.has(file)) {
      refuse(info.isDirectory ? "a folder" : "a file", file);
    }
  }
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

/**
 * Locks the folder above, so that two processes do not put results into one place at once. A lock that
 * stays taken is not waited for longer than a few seconds: it is not ours then.
 */
export function waitForLock(parent: string): Disposable {
  let lock = lockFolder(parent);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; lock === "taken" && waitedMs < LONGEST_WAIT_MS; waitedMs += WAIT_MS) {
    Atomics.wait(pause, 0, 0, WAIT_MS);
    lock = lockFolder(parent);
  }
  const held = lock === "taken" ? undefined : lock;
  return { [Symbol.dispose]: () => held?.close() };
}
