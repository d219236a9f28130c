import { isAbandoned, isNotThere, ownerMark, readOwner } from "./owner_mark.ts";

/** Takes a piece of a file, bytes or text, and appends it. */
export type Append = (piece: Uint8Array | string) => void;

/** What a file is to hold: bytes, text, or a function that appends it piece by piece. */
export type Content = Uint8Array | string | ((append: Append) => void);

/** Options of {@linkcode replaceFile}. */
export interface ReplaceOptions {
  /** Whether to look for what killed processes left beside the file; default true. */
  readonly sweep?: boolean;
}

/** Error codes of file systems that cannot flush a file or a folder on request. */
const CANNOT_SYNC = ["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EPERM", "EACCES", "EISDIR"];

/** Characters of a name that a temporary name keeps: names have 255 bytes, characters up to four. */
const KEPT_OF_NAME = 40;

/**
 * Replaces a file as a whole, or makes it: everything is written under a temporary name in the same
 * folder and flushed to the disk before that name becomes the file's own. Whoever is killed, or
 * finds the disk full, leaves the old file as it was. The file keeps its permissions; a link stays a
 * link, and the file that it points to is replaced. What is no file (a terminal, a pipe) is written
 * to directly.
 *
 * @throws What the system says (a full disk, a missing folder), or `content` throws.
 */
export function replaceFile(path: string, content: Content, options: ReplaceOptions = {}): void {
  const old = statOf(path);
  if (old !== undefined && (!old.isFile || /^\/(dev|proc)\//.test(path))) {
    using file = Deno.openSync(path, { write: true });
    fill(file, content);
    return;
  }
  const target = old === undefined ? path : Deno.realPathSync(path);
  const { folder, name } = splitPath(target);
  const partial = makeTemporary(folder, name);
  try {
    {
      using file = Deno.openSync(partial, { write: true });
      lockQuietly(file);
      fill(file, content);
      syncFile(file);
    }
    if (old !== undefined) keepOwnerAndMode(partial, old);
    if (options.sweep !== false) sweep(folder, name, partial);
    Deno.renameSync(partial, target);
  } catch (error) {
    removeIfThere(partial);
    throw error;
  }
  syncFolder(folder);
}

/** Makes a new file and flushes it to the disk. @throws If there is one already. */
export function writeNewFile(path: string, content: Content): void {
  using file = Deno.openSync(path, { createNew: true, write: true });
  fill(file, content);
  syncFile(file);
}

/** Flushes the names in a folder to the disk, where the system can. */
export function syncFolder(folder: string): void {
  if (Deno.build.os === "windows") return;
  try {
    using file = Deno.openSync(folder, { read: true });
    syncFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || cannotSync(error)) return;
    throw error;
  }
}

/** Gives a file or folder the permissions of another, and its owner where that is allowed. */
export function keepOwnerAndMode(path: string, old: Deno.FileInfo): boolean {
  if (Deno.build.os === "windows") return true;
  const { uid, gid } = Deno.statSync(path);
  let kept = true;
  if (old.uid !== uid || old.gid !== gid) {
    try {
      Deno.chownSync(path, old.uid, old.gid);
    } catch {
      kept = false;
    }
  }
  if (old.mode !== null) Deno.chmodSync(path, old.mode & 0o7777);
  return kept;
}

/** Removes a file or an empty folder that may have gone already. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
}

/**
 * Whether a name is one that {@linkcode replaceFile} writes under, left by a process that has ended.
 * (The last change in the folder stands for now: it is no later.)
 */
export function isLeftTemporary(folder: string, name: string): boolean {
  const owner = temporaryOwner(name);
  if (owner === undefined) return false;
  const nowMs = Deno.statSync(folder).mtime?.getTime() ?? 0;
  return isAbandoned(`${folder}/${name}`, owner, nowMs);
}

/** The folder of a path and the name in it. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const cut = Math.max(
    path.lastIndexOf("/"),
    Deno.build.os === "windows" ? path.lastIndexOf("\\") : -1,
  );
  const folder = cut < 0 ? "." : cut === 0 ? "/" : path.slice(0, cut);
  return { folder, name: path.slice(cut + 1) };
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    Deno.lstatSync(path);
  } catch {
    return undefined;
  }
  throw new RangeError(
    `Cannot write to a link that points nowhere: current value is "${path}"`,
  );
}

function temporaryOwner(name: string) {
  const mark = /^\..+\.([^.]+)\.part$/.exec(name)?.[1];
  return mark === undefined ? undefined : readOwner(mark);
}

function prefixOf(name: string): string {
  return `.${name.slice(0, KEPT_OF_NAME)}.`;
}

function makeTemporary(folder: string, name: string): string {
  for (let number = 0;; number++) {
    const path = `${folder}/${prefixOf(name)}${ownerMark()}-${number}.part`;
    try {
      // The system applies the caller's umask, which may not be asked without a permission.
      Deno.openSync(path, { createNew: true, write: true, mode: 0o666 }).close();
      return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** Removes what processes that have ended left of earlier attempts at the same file. */
function sweep(folder: string, name: string, ownPath: string): void {
  const prefix = prefixOf(name);
  const nowMs = Deno.statSync(ownPath).mtime?.getTime() ?? 0;
  for (const entry of Deno.readDirSync(folder)) {
    if (!entry.isFile || !entry.name.startsWith(prefix) || !entry.name.endsWith(".part")) continue;
    const owner = readOwner(entry.name.slice(prefix.length, -".part".length));
    const path = `${folder}/${entry.name}`;
    if (owner !== undefined && isAbandoned(path, owner, nowMs)) removeIfThere(path);
  }
}

/** Tells other processes that the file is being written, where the file system has locks. */
function lockQuietly(file: Deno.FsFile): void {
  try {
    file.tryLockSync(true);
  } catch {
    // The owner in the name has to do.
  }
}

function fill(file: Deno.FsFile, content: Content): void {
  const encoder = new TextEncoder();
  const append: Append = (piece) => {
    let bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
    while (bytes.length > 0) bytes = bytes.subarray(file.writeSync(bytes));
  };
  if (typeof content === "function") content(append);
  else append(content);
}

function syncFile(file: Deno.FsFile): void {
  try {
    file.syncSync();
  } catch (error) {
    if (!cannotSync(error)) throw error;
  }
}

function cannotSync(error: unknown): boolean {
  return CANNOT_SYNC.includes((error as { code?: string }).code ?? "");
}
