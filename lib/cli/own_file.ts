import type { FigureFormat } from "../plot/render.ts";
import { replaceFile } from "../results/replace_file.ts";
import { UsageError } from "./usage_error.ts";

/** A kind of file that a command writes where the user says. */
export interface OwnFile {
  /** Option that names the file, such as "--timing". */
  readonly option: string;
  /** What it holds, such as "times of a run". */
  readonly what: string;
  /** Whether a text is a file of this kind. */
  isSuch(text: string): boolean;
}

/**
 * A kind of JSON file of ours: known by its `format`, and, since earlier versions wrote none, by the
 * keys that they wrote.
 */
export function ownJson(
  option: string,
  what: string,
  format: string,
  keysBefore: readonly string[],
): OwnFile {
  return {
    option,
    what,
    isSuch(text) {
      try {
        const value = JSON.parse(text);
        if (typeof value !== "object" || value === null) return false;
        return typeof value.format === "string"
          ? value.format.startsWith(`${format}/`)
          : keysBefore.every((key) => Object.hasOwn(value, key));
      } catch {
        return false;
      }
    },
  };
}

/** How files of a format of figures begin. */
const FIGURE_BEGINNINGS: Readonly<Record<FigureFormat, RegExp>> = {
  svg: /^\s*(<\?xml[^>]*>\s*)?<svg/,
  png: /^.PNG/,
  pdf: /^%PDF/,
};

/** A figure of a format. */
export function ownFigure(option: string, format: FigureFormat): OwnFile {
  const isSuch = (text: string) => FIGURE_BEGINNINGS[format].test(text);
  return { option, what: `a figure as ${format}`, isSuch };
}

/**
 * Makes sure that a file may be written: there is none, or one of its kind, or an empty one, or what
 * is no file (a terminal, a pipe).
 *
 * @throws {UsageError} If there is another file.
 */
export function checkOwnFile(path: string, { option, what, isSuch }: OwnFile): void {
  let text: string;
  try {
    const info = Deno.statSync(path);
    if (info.isDirectory) throw new UsageError(`${cannot(what, option)} "${path}", a directory`);
    if (!info.isFile || info.size === 0) return;
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (isSuch(text)) return;
  throw new UsageError(`${cannot(what, option)} "${path}", which holds something else`);
}

function cannot(what: string, option: string): string {
  return `Cannot write ${what} over a file of another kind (${option}): current value is`;
}

/** Writes a file of a kind as a whole. @throws {UsageError} If there is another file. */
export function writeOwnFile(path: string, content: string | Uint8Array, kind: OwnFile): void {
  checkOwnFile(path, kind);
  replaceFile(path, content);
}
