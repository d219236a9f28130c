import { exists } from "./exists.ts";
import { foldersOf, isInnerPath, JOURNAL, MANIFEST, WORKING_PREFIX } from "./owned_files.ts";
import { isNotThere } from "./owner_mark.ts";
import { removeIfThere, replaceFile, syncFolder } from "./replace_file.ts";

const FORMAT = "simfaasinfer-journal/1";

/** Results that stand complete in a folder inside the one that they are for, and what is to be done. */
export interface Journal {
  /** Name of the folder with the new files. */
  readonly stage: string;
  /** Paths of the new files, the manifest last. */
  readonly files: readonly string[];
  /** Paths of old files that the new results do not have. */
  readonly remove: readonly string[];
}

/** Called between any two changes of the disk, with what has been done: tests end the process there. */
export type OnStep = (step: string) => void;

/** Writes the journal: from now on the folder counts as holding the new results. */
export function writeJournal(folder: string, journal: Journal): void {
  const text = JSON.stringify({ format: FORMAT, ...journal }, null, 2) + "\n";
  replaceFile(`${folder}/${JOURNAL}`, text);
}

/**
 * Does what the journal of a folder says, if there is one: moves the new files into place one by one,
 * the manifest last, removes old ones, then the journal. Each part may have been done before, by this
 * process or by one that was killed.
 */
export function rollForward(folder: string, onStep: OnStep = () => {}): void {
  const journal = readJournal(folder);
  if (journal === undefined) return;
  const stage = `${folder}/${journal.stage}`;
  for (const path of journal.files) {
    for (const inner of foldersOf(path)) makeFolder(`${folder}/${inner}`);
    try {
      Deno.renameSync(`${stage}/${path}`, `${folder}/${path}`);
    } catch (error) {
      // It was moved before.
      if (!isNotThere(error) || exists(`${stage}/${path}`)) throw error;
    }
    onStep(`moved ${path}`);
  }
  for (const path of journal.remove) {
    removeIfThere(`${folder}/${path}`);
    onStep(`removed ${path}`);
  }
  removeEmpty(folder, journal.remove.flatMap(foldersOf));
  for (const inner of ["", ...new Set(journal.files.flatMap(foldersOf))]) {
    syncFolder(`${folder}/${inner}`);
  }
  onStep("all moved");
  removeIfThere(`${folder}/${JOURNAL}`);
  onStep("journal removed");
  removeEmpty(folder, [journal.stage, ...journal.files.flatMap(foldersOf).map(within(journal))]);
  syncFolder(folder);
}

function within({ stage }: Journal): (path: string) => string {
  return (path) => `${stage}/${path}`;
}

/** Whether results were being put into a folder when the process that did it ended. */
export function hasJournal(folder: string): boolean {
  return readJournal(folder) !== undefined;
}

/** The journal of a folder; undefined without one, and for a file of that name that is none. */
function readJournal(folder: string): Journal | undefined {
  let value: Partial<Journal> & { readonly format?: string } | null;
  try {
    value = JSON.parse(Deno.readTextFileSync(`${folder}/${JOURNAL}`));
  } catch (error) {
    if (isNotThere(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (value?.format !== FORMAT) return undefined;
  const { stage, files, remove } = value;
  const isJournal = isInnerPath(stage) && stage.startsWith(WORKING_PREFIX) &&
    Array.isArray(files) && files.every(isInnerPath) && files.at(-1) === MANIFEST &&
    Array.isArray(remove) && remove.every(isInnerPath);
  return isJournal ? { stage, files, remove } : undefined;
}

function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Removes those of some folders, and of the folders above them, that hold nothing any more. */
export function removeEmpty(folder: string, paths: readonly string[]): void {
  const innermostFirst = [...new Set(paths)].sort((a, b) => b.length - a.length);
  for (const path of innermostFirst) {
    try {
      const { isDirectory } = Deno.lstatSync(`${folder}/${path}`);
      if (isDirectory) Deno.removeSync(`${folder}/${path}`);
    } catch {
      // It holds something, or has gone.
    }
  }
}
