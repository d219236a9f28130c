import { exists } from "./exists.ts";
import { isNotThere } from "./owner_mark.ts";
import { splitPath } from "./replace_file.ts";

/** Where a directory of results is, links and dots resolved. */
export interface ResultPlace {
  readonly path: string;
  /** The folder that it is in. */
  readonly parent: string;
  /** Its name in that folder. */
  readonly name: string;
}

/**
 * Where a directory is that exists or is to be made. (node:path would do a part of it, but loading it
 * takes a tenth of a short run.)
 */
export function locate(directory: string): ResultPlace {
  const path = resolved(directory);
  const { folder, name } = splitPath(path);
  return { path, parent: folder, name };
}

/**
 * The place of a directory that results are written to.
 *
 * @throws {RangeError} If results must never be written there: the working directory, a folder above
 * it, the user's home, a repository, a link that points nowhere.
 */
export function placeOf(directory: string): ResultPlace {
  const place = locate(directory);
  const { path, name } = place;
  const refuse = (what: string): never => {
    throw new RangeError(`Cannot write results to ${what}: current value is "${directory}"`);
  };
  if (isAtOrAbove(path, Deno.realPathSync(Deno.cwd()))) {
    refuse("the working directory or a folder above it");
  }
  const home = homeFolder();
  if (home !== undefined && isAtOrAbove(path, home)) {
    refuse("the home directory or a folder above it");
  }
  if (isThere(`${path}/.git`)) refuse("a directory that holds a repository (.git)");
  if (name === "") refuse("the root of a file system");
  return place;
}

/** The path with every link and every dot resolved, as the system would; parts need not exist. */
function resolved(directory: string): string {
  const isWindows = Deno.build.os === "windows";
  const absolute = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(directory)
    ? directory
    : `${Deno.cwd()}/${directory}`;
  const root = isWindows ? /^(?:[A-Za-z]:[\\/]|[\\/]+[^\\/]+[\\/]+[^\\/]+[\\/]?)/ : /^\/+/;
  const start = root.exec(absolute)?.[0] ?? "/";
  let path = start.replace(/[\\/]+$/, "");
  for (const part of absolute.slice(start.length).split(isWindows ? /[\\/]/ : "/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      path = path.slice(0, Math.max(0, path.lastIndexOf("/"), path.lastIndexOf("\\")));
      continue;
    }
    const next = `${path}/${part}`;
    path = isThere(next) ? realPath(next, directory) : next;
  }
  return path === "" ? "/" : path;
}

function realPath(path: string, given: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (!isNotThere(error)) throw error;
    throw new RangeError(
      `Cannot use a link that points nowhere as a directory of results: current value is "${given}"`,
    );
  }
}

/** Whether there is anything at a path, be it a broken link. */
function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (isNotThere(error)) return false;
    throw error;
  }
}

/** Whether a path is a folder or lies above it, also under another name (a mount, a letter's case). */
function isAtOrAbove(path: string, folder: string): boolean {
  const prefix = path.endsWith("/") ? path : `${path}/`;
  if (folder === path || folder.startsWith(prefix)) return true;
  if (!exists(path)) return false;
  const { dev, ino } = Deno.statSync(path);
  if (!ino) return false;
  for (let above = folder;;) {
    try {
      const info = Deno.statSync(above);
      if (info.dev === dev && info.ino === ino) return true;
    } catch {
      // A folder above that may not be looked at cannot be the one that is written to.
    }
    const { folder: next } = splitPath(above);
    if (next === above || next === ".") return false;
    above = next;
  }
}

function homeFolder(): string | undefined {
  const name = Deno.build.os === "windows" ? "USERPROFILE" : "HOME";
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") {
    return undefined;
  }
  const home = Deno.env.get(name);
  if (home === undefined || home === "" || !exists(home)) return undefined;
  return Deno.realPathSync(home);
}
