import { exists } from "./exists.ts";
import { inspectFolder, MANIFEST, readManifest, WORKING_PREFIX } from "./owned_files.ts";
import {
  isAbandoned,
  isLongUntouched,
  isNotThere,
  lockFolder,
  ownerMark,
  readOwner,
} from "./owner_mark.ts";
import { removeEmpty } from "./journal.ts";
import { removeIfThere } from "./replace_file.ts";
import type { ResultPlace } from "./result_place.ts";

/** Endings of the files that results are made of, written whole or cut short. */
const ENDINGS = /\.(parquet|csv|json|json\.gz|svg|png|pdf|md|part)$/;

/** Characters of a directory's name that the names of its staging folders keep. */
const KEPT_OF_NAME = 40;

/** A folder in which results are gathered, and the lock that shows that its process lives. */
export interface Staging {
  readonly path: string;
  /** Whether it lies in the directory that the results are for, rather than beside it. */
  readonly isInside: boolean;
  /** Gives up the lock. */
  release(): void;
}

/**
 * Makes a folder for results, hidden beside their directory; inside it where that cannot be: the
 * folder above may not be written to, or belongs to another file system.
 */
export function makeStaging(place: ResultPlace): Staging {
  let path: string | undefined;
  if (!isMountPoint(place)) {
    try {
      path = makeFolder(`${place.parent}/${prefixBeside(place.name)}`);
    } catch (error) {
      // By the system, or by a permission of Deno's that ends at the directory itself.
      if (!isDenied(error)) throw error;
    }
  }
  const isInside = path === undefined;
  if (path === undefined) {
    if (!exists(place.path)) Deno.mkdirSync(place.path);
    path = makeFolder(`${place.path}/${PREFIX_INSIDE}`);
  }
  const lock = lockFolder(path);
  return { path, isInside, release: () => lock !== "taken" && closeQuietly(lock) };
}

const PREFIX_INSIDE = `${WORKING_PREFIX}.partial-`;

function prefixBeside(name: string): string {
  return `.${name.slice(0, KEPT_OF_NAME)}.partial-`;
}

/** Makes the first folder "PREFIX HOST-PID-NUMBER" that is not there yet. */
function makeFolder(prefix: string): string {
  for (let number = 0;; number++) {
    const path = `${prefix}${ownerMark()}-${number}`;
    try {
      Deno.mkdirSync(path);
      return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** Moves a staging folder into the directory that its results are for. @returns Its name there. */
export function moveInside(stage: string, target: string): string {
  let name = "";
  for (let number = 0; name === "" || exists(`${target}/${name}`); number++) {
    name = `${PREFIX_INSIDE}${ownerMark()}-${number}`;
  }
  try {
    Deno.renameSync(stage, `${target}/${name}`);
  } catch (error) {
    if ((error as { code?: string }).code !== "EXDEV") throw error;
    copyFolder(stage, `${target}/${name}`);
    Deno.removeSync(stage, { recursive: true });
  }
  return name;
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) {
      copyFolder(`${from}/${name}`, `${to}/${name}`);
      continue;
    }
    Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
    using file = Deno.openSync(`${to}/${name}`, { read: true });
    file.syncSync();
  }
}

/**
 * Gives old results their name back where only they are left, under the name that an earlier version
 * gave them between its two renames.
 */
export function restoreOld({ path, parent, name }: ResultPlace): void {
  const isOld = new RegExp(`^\\.${RegExp.escape(name)}\\.partial-[0-9a-f]+\\.old$`, "i");
  const old = namesIn(parent).filter((other) => isOld.test(other))
    .find((other) => readManifest(`${parent}/${other}`) !== undefined);
  if (old !== undefined) Deno.renameSync(`${parent}/${old}`, path);
}

/**
 * Removes what runs that were killed left beside a directory of results, be it of this one or of
 * another in the same folder, and in it.
 *
 * @param nowMs Now, by the clock of the file system.
 */
export function removeAbandoned({ path, parent }: ResultPlace, nowMs: number): void {
  for (const [folder, pattern] of [[parent, BESIDE], [path, INSIDE]] as const) {
    for (const name of namesIn(folder)) {
      const [, of, rest] = pattern.exec(name) ?? [];
      if (rest !== undefined && isLeft(folder, name, of, rest, nowMs)) {
        removeResults(`${folder}/${name}`);
      }
    }
  }
}

/** Names of staging folders: of which directory they are, and whose. */
const BESIDE = /^\.(.+)\.partial-([A-Za-z0-9_.-]+)$/;
const INSIDE = /^\.(simfaasinfer)\.partial-([A-Za-z0-9_-]+)$/;

/** @param of The directory's name. @param rest What follows "partial-" in the folder's name. */
function isLeft(folder: string, name: string, of: string, rest: string, nowMs: number): boolean {
  const path = `${folder}/${name}`;
  const owner = readOwner(rest);
  if (owner !== undefined) return isAbandoned(path, owner, nowMs);
  // Earlier versions had a random name for the new results, and that with ".old" for the old ones,
  // which may be all there is.
  const [random, old] = /^[0-9a-f]{6,32}(\.old)?$/i.exec(rest) ?? [];
  if (random === undefined || (old !== undefined && !exists(`${folder}/${of}`))) return false;
  return isLongUntouched(path, nowMs);
}

/** Removes a staging folder, whole or cut short, unless there is something in it that is not ours. */
export function removeResults(path: string): void {
  let files: readonly string[] | undefined;
  try {
    if (!Deno.lstatSync(path).isDirectory) return;
    files = readManifest(path) === undefined ? filesOfResults(path) : ownedIfAll(path);
  } catch (error) {
    if (isNotThere(error)) return;
    throw error;
  }
  if (files === undefined) return;
  // The manifest last: until then the rest is known as ours.
  const isLast = (file: string) => file === MANIFEST;
  for (const file of files.toSorted((a, b) => Number(isLast(a)) - Number(isLast(b)))) {
    removeIfThere(`${path}/${file}`);
  }
  removeEmptyTree(path);
}

function ownedIfAll(path: string): readonly string[] | undefined {
  const { owned, foreign } = inspectFolder(path);
  return foreign.length === 0 ? owned : undefined;
}

/** The files below a folder; undefined if one of them is none that results are made of. */
function filesOfResults(path: string, within = ""): string[] | undefined {
  const files: string[] = [];
  for (const { name, isFile, isDirectory } of Deno.readDirSync(`${path}/${within}`)) {
    if (isDirectory) {
      const inner = filesOfResults(path, `${within}${name}/`);
      if (inner === undefined) return undefined;
      files.push(...inner);
    } else if (isFile && ENDINGS.test(name)) {
      files.push(`${within}${name}`);
    } else {
      return undefined;
    }
  }
  return files;
}

function removeEmptyTree(path: string): void {
  for (const name of namesIn(path)) removeEmptyTree(`${path}/${name}`);
  removeEmpty(path, [""]);
}

function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch {
    // Not there, or a folder above that may not be read: then nothing in it can be removed either.
    return [];
  }
}

function isMountPoint({ path, parent }: ResultPlace): boolean {
  try {
    return exists(path) && Deno.statSync(path).dev !== Deno.statSync(parent).dev;
  } catch {
    // The folder above may not be looked at: then nothing can be made in it either.
    return false;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable ||
    (error as { code?: string }).code === "EROFS";
}

function closeQuietly(file: Deno.FsFile | undefined): void {
  try {
    file?.close();
  } catch {
    // It was closed before.
  }
}
