import { type Durations, testSeconds } from "./durations.ts";

/** Test files that run in one module, which loads what they import once. */
export interface Group {
  /** Name of its module without the ending; of a file alone, the file. */
  readonly name: string;
  readonly files: readonly string[];
}

/** Time of the tests of a file from which on it stands alone: so many others may begin meanwhile. */
const ALONE_SECONDS = 3.5;
/** Most time of a group's tests, and most files of one. */
const MOST_SECONDS = 6, MOST_FILES = 30;
/** Files that start browsers, servers and programs other than Deno. */
const APART = /^tests\/(?!property\/|conformance\/|theory\/|fidelity\/)/;

/**
 * Puts quick test files of the same rooms together, in the order of their paths. Most of what a quick
 * file takes is to load the simulator: together they load it once.
 *
 * @param files In the order of their paths.
 * @param isApart Whether a file has to be a module of its own for another reason.
 */
export function groupFiles(
  files: readonly string[],
  durations: Durations,
  isApart: (file: string) => boolean,
): Group[] {
  const groups: Group[] = [];
  const expected = testSeconds(files, durations);
  let members: string[] = [];
  let seconds = 0;
  const close = () => {
    if (members.length === 1) groups.push({ name: members[0], files: members });
    else if (members.length > 1) {
      groups.push({ name: `${roomOf(members[0])}_${groups.length}`, files: members });
    }
    members = [];
    seconds = 0;
  };
  for (const [i, file] of files.entries()) {
    if (expected[i] >= ALONE_SECONDS || APART.test(file) || isApart(file)) {
      groups.push({ name: file, files: [file] });
      continue;
    }
    const isFull = seconds + expected[i] > MOST_SECONDS || members.length === MOST_FILES;
    if (isFull || (members.length > 0 && partOf(members[0]) !== partOf(file))) close();
    members.push(file);
    seconds += expected[i];
  }
  close();
  return groups;
}

/** Rooms that import each other, commands, and what imports the support files. */
function partOf(file: string): string {
  return /^lib\/cli\/|^\w+\//.exec(file)![0];
}

/** "lib_config" of "lib/config/check/a_test.ts". */
function roomOf(file: string): string {
  return file.split("/").slice(0, -1).slice(0, 2).join("_");
}

/** The text of a group's module. @param root Folder of the repository, as a URL. */
export function groupModule({ files }: Group, root: URL): string {
  return files.map((file) => `import ${JSON.stringify(new URL(file, root).href)};\n`).join("");
}

/** Whether a test file has snapshots: deno test looks for them beside the module that it runs. */
export function hasSnapshots(file: string, root: URL): boolean {
  const slash = file.lastIndexOf("/") + 1;
  try {
    Deno.statSync(
      new URL(`${file.slice(0, slash)}__snapshots__/${file.slice(slash)}.snap`, root),
    );
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
