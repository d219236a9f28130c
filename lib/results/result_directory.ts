import { exists } from "./exists.ts";

const MARK = "manifest.json";

/** A directory of results that is being written; nobody sees it before `commit`. */
export interface ResultDirectory {
  /** Calls `fill` with a function that appends bytes or text to the file of that path. */
  write(path: string, fill: (append: (content: Uint8Array | string) => void) => void): void;
  /** Puts the directory into its place, where it replaces older results. */
  commit(): void;
  /** Removes everything that was written. May be called more than once and after `commit`. */
  discard(): void;
}

/**
 * Makes sure that results could be written to a directory, and leaves no trace of having looked.
 *
 * @throws {RangeError} If the directory holds something else than results, or cannot be made.
 */
export function checkResultDirectory(directory: string): void {
  const made = missingParents(directory);
  try {
    openResultDirectory(directory).discard();
  } finally {
    for (const path of made) removeIfEmpty(path);
  }
}

/**
 * Opens a directory for results. Files are written to a hidden directory beside it, and `commit`
 * renames that into place: a reader sees the old results or the new ones, never a part of them.
 * Only older results (known by their manifest.json) and empty directories are replaced.
 *
 * @throws {RangeError} If the directory holds something else than results, or cannot be made.
 */
export function openResultDirectory(directory: string): ResultDirectory {
  let target: string;
  let partial: string;
  try {
    const { path, parent, name } = placeOf(directory);
    target = path;
    checkReplaceable(target);
    Deno.mkdirSync(parent, { recursive: true });
    partial = makePartial(`${parent}/.${name}.partial-${owner()}`);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new RangeError(
      `Cannot write results to a directory (${reason(error)}): current value is "${directory}"`,
      { cause: error },
    );
  }
  return {
    write(path, fill) {
      const slash = path.lastIndexOf("/");
      if (slash > 0) Deno.mkdirSync(`${partial}/${path.slice(0, slash)}`, { recursive: true });
      using file = Deno.openSync(`${partial}/${path}`, { createNew: true, write: true });
      const encoder = new TextEncoder();
      fill((content) => {
        const bytes = typeof content === "string" ? encoder.encode(content) : content;
        let written = 0;
        while (written < bytes.length) {
          written += file.writeSync(written === 0 ? bytes : bytes.subarray(written));
        }
      });
    },
    commit() {
      checkReplaceable(target);
      const old = `${partial}.old`;
      const hasOld = exists(target);
      if (hasOld) Deno.renameSync(target, old);
      try {
        Deno.renameSync(partial, target);
      } catch (error) {
        if (hasOld) Deno.renameSync(old, target);
        throw error;
      }
      if (hasOld) Deno.removeSync(old, { recursive: true });
    },
    discard() {
      if (exists(partial)) Deno.removeSync(partial, { recursive: true });
    },
  };
}

/** Who writes here: this process, with its machine where the program may know its name. */
function owner(): string {
  try {
    return `${Deno.hostname().replace(/[^\w.-]/g, "_")}-${Deno.pid}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return String(Deno.pid);
    throw error;
  }
}

/**
 * Makes a directory whose name begins so and that was not there. Its mode is the usual one: a
 * temporary directory would be for its owner alone, and asking for the usual mode afterwards needs
 * leave to see everything about the system.
 */
function makePartial(start: string): string {
  for (let number = 0;; number++) {
    const path = `${start}-${number}`;
    try {
      Deno.mkdirSync(path);
      return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** @throws {RangeError} If the path holds anything but results or an empty directory. */
function checkReplaceable(directory: string): void {
  let names: string[];
  try {
    names = Array.from(Deno.readDirSync(directory), (entry) => entry.name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (names.length === 0 || names.includes(MARK)) return;
  throw new RangeError(
    `Cannot replace a directory without a ${MARK} as results: current value is "${directory}"`,
  );
}

/** Parents of a path that do not exist, the innermost first. */
function missingParents(path: string): string[] {
  const missing: string[] = [];
  for (let { parent } = placeOf(path); !exists(parent); { parent } = placeOf(parent)) {
    missing.push(parent);
  }
  return missing;
}

/**
 * The path of a directory without what the system would resolve, its parent and its name. (node:path
 * would do, but loading it takes a tenth of a short run.)
 */
function placeOf(directory: string): { path: string; parent: string; name: string } {
  const path = exists(directory)
    ? Deno.realPathSync(directory)
    : directory.replace(Deno.build.os === "windows" ? /[\\/]+$/ : /\/+$/, "");
  const cut = Math.max(
    path.lastIndexOf("/"),
    Deno.build.os === "windows" ? path.lastIndexOf("\\") : -1,
  );
  const parent = cut < 0 ? "." : cut === 0 ? "/" : path.slice(0, cut);
  return { path, parent, name: path.slice(cut + 1) };
}

function removeIfEmpty(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Another process has put something there in the meantime, or it was never made.
  }
}

/** The system's reason, without the call and the path that Deno adds to it. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/ \(os error \d+\)/, "").replace(/:.*$/s, "");
}
