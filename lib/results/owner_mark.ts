/** The process that a temporary name belongs to. */
export interface Owner {
  /** Name of its machine; "unknown" where that may not be asked. */
  readonly host: string;
  readonly pid: number;
}

const UNKNOWN_HOST = "unknown";

/** Age from which what a process of another machine left is taken as left for good, milliseconds. */
const LONG_MS = 24 * 3600 * 1000;

/** Age from which a lock that nobody holds is trusted: its owner has long had the time to take it. */
const SETTLED_MS = 60_000;

let ownHost: string | undefined;

/** Name of this machine, with the characters that a file's name may have. */
function hostName(): string {
  if (ownHost === undefined) {
    const permission = { name: "sys", kind: "hostname" } as const;
    const mayAsk = Deno.permissions.querySync(permission).state === "granted";
    ownHost = mayAsk ? Deno.hostname().replace(/[^A-Za-z0-9-]/g, "_").slice(0, 60) : "";
    if (ownHost === "") ownHost = UNKNOWN_HOST;
  }
  return ownHost;
}

/** "HOST-PID" of this process: the part of a temporary name that tells whose it is. */
export function ownerMark(): string {
  return `${hostName()}-${Deno.pid}`;
}

/** Reads "HOST-PID-NUMBER"; undefined for anything else. */
export function readOwner(text: string): Owner | undefined {
  const [, host, pid] = /^([A-Za-z0-9_-]+)-(\d+)-\d+$/.exec(text) ?? [];
  return host === undefined ? undefined : { host, pid: Number(pid) };
}

/**
 * Whether the process that a temporary file or folder belongs to has surely ended. A process of this
 * machine has when nobody has its number; one of another machine, or one that cannot be asked about,
 * when what it left is a day old. Whoever holds a lock on the folder lives.
 *
 * @param nowMs Now, by the clock of the file system: the time of something that was just made there.
 */
export function isAbandoned(path: string, owner: Owner, nowMs: number): boolean {
  const isFree = lockIsFree(path);
  if (isFree === false) return false;
  const isOfHere = owner.host === hostName() && owner.host !== UNKNOWN_HOST;
  const isAlive = isOfHere ? processIsAlive(owner.pid) : undefined;
  if (isAlive === false) return true;
  const ageMs = nowMs - (modifiedMs(path) ?? nowMs);
  return ageMs > (isOfHere && isAlive === undefined && isFree ? SETTLED_MS : LONG_MS);
}

/** Whether what has no owner in its name was left a day ago or longer. */
export function isLongUntouched(path: string, nowMs: number): boolean {
  return nowMs - (modifiedMs(path) ?? nowMs) > LONG_MS;
}

/** Whether an error says that there is nothing at a path. */
export function isNotThere(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/**
 * Opens a folder and locks it for as long as that is open; "taken" where another process holds the
 * lock, undefined where there are no locks.
 */
export function lockFolder(path: string): Deno.FsFile | "taken" | undefined {
  if (Deno.build.os === "windows") return undefined;
  let file: Deno.FsFile | undefined;
  try {
    file = Deno.openSync(path, { read: true });
    if (file.tryLockSync(true)) return file;
    file.close();
    return "taken";
  } catch {
    // A file system without locks, or a folder that may not be read.
    file?.close();
    return undefined;
  }
}

/** Whether nobody holds a lock on a file or folder; undefined where that cannot be asked. */
function lockIsFree(path: string): boolean | undefined {
  if (Deno.build.os === "windows") return undefined;
  try {
    const { isDirectory, isFile } = Deno.lstatSync(path);
    if (!isDirectory && !isFile) return undefined;
    using file = Deno.openSync(path, { read: true });
    return file.tryLockSync(true);
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine runs; undefined where that cannot be asked. */
function processIsAlive(pid: number): boolean | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const isThere = (path: string) => {
    try {
      Deno.statSync(path);
      return true;
    } catch (error) {
      return error instanceof Deno.errors.NotFound ? false : undefined;
    }
  };
  // Where even this process is not listed, nothing can be told of others.
  return isThere("/proc/self") === true ? isThere(`/proc/${pid}`) : undefined;
}

function modifiedMs(path: string): number | undefined {
  try {
    return Deno.lstatSync(path).mtime?.getTime();
  } catch {
    return undefined;
  }
}
