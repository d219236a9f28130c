import { contentKind } from "../std/content_kind.ts";
import { InputError, shownFile } from "../std/input_error.ts";

/** The name that stands for standard input where a file is expected. */
export const STANDARD_INPUT = "-";

/**
 * Largest files that are read, bytes. Descriptions are YAML and JSON that people write; a text that is
 * longer than the last one cannot be held by the engine.
 */
export const MOST_BYTES = {
  /** Configurations, platforms, presets, models, manifests, summaries. */
  description: 8 * 2 ** 20,
  /** Profiles of measured operator times and the measurements that they are made of. */
  measurements: 128 * 2 ** 20,
  /** Texts that an experiment is handed whole. */
  text: 2 ** 29 - 2 ** 16,
  /** Tables of results. */
  table: 2 ** 31 - 1,
} as const;

/** Kind of an input by its size. */
export type InputSize = keyof typeof MOST_BYTES;

/** What standard input was read as; it can be read once. */
let standardInputWas: string | undefined;

/**
 * Reads a text file that the user named; `-` stands for standard input. Only a regular file is opened:
 * a pipe or a device may never end.
 *
 * @param what What the file should be, such as "a configuration".
 * @throws {InputError} If it is not there, no regular file, too large, or not UTF-8.
 */
export function readInput(path: string, what: string, size: InputSize = "description"): string {
  const bytes = readInputBytes(path, what, size);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const at = invalidByteAt(bytes);
    const kind = contentKind(bytes);
    const isText = kind.startsWith("text") && !kind.includes("UTF-16");
    throw new InputError(
      path,
      `Cannot read the file as ${what} in UTF-8: current value is ` +
        (isText ? `not UTF-8 from byte ${at} on` : kind),
      { cause: error },
    );
  }
}

/** As {@linkcode readInput}, of any content. */
export function readInputBytes(
  path: string,
  what: string,
  size: InputSize = "description",
): Uint8Array<ArrayBuffer> {
  if (path === STANDARD_INPUT) return readStandardInput(what, size);
  const { size: bytes } = checkInputFile(path, what, size);
  try {
    using file = Deno.openSync(path);
    // Another file may have come in between; one in /proc has a size of 0 and content.
    if (!file.statSync().isFile) throw notRegular(path, what, "something else by now");
    return readAtMost(file, path, what, size, bytes + 1);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw unreadable(path, what, error);
  }
}

/**
 * Checks that a file that the user named can be opened without waiting for anybody.
 *
 * @throws {InputError} If it is not there, no regular file or too large.
 */
export function checkInputFile(path: string, what: string, size: InputSize): Deno.FileInfo {
  const info = checkRegular(path, what);
  if (info.size > MOST_BYTES[size]) throw tooLarge(path, what, size, `${info.size} bytes`);
  return info;
}

/** Checks that a file is there and regular. */
function checkRegular(path: string, what: string): Deno.FileInfo {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    throw unreadable(path, what, error);
  }
  if (!info.isFile) throw notRegular(path, what, kindOf(info));
  return info;
}

/** Bytes that are read of a long file at once. */
const PART_BYTES = 2 ** 20;

/**
 * The bytes of a file that the user named, of any length, in parts; `-` stands for standard input.
 *
 * @param what What the file should be, such as "a trace".
 * @throws {InputError} If it is not there, or no regular file.
 */
export async function* openInput(
  path: string,
  what: string,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (path === STANDARD_INPUT) takeStandardInput(what);
  else checkRegular(path, what);
  let file: Deno.FsFile | undefined;
  try {
    file = path === STANDARD_INPUT ? undefined : await Deno.open(path);
    const from = file ?? Deno.stdin;
    for (;;) {
      const part = new Uint8Array(PART_BYTES);
      const read = await from.read(part);
      if (read === null) return;
      yield part.subarray(0, read);
    }
  } catch (error) {
    // What the reader of the parts throws is not the file's.
    throw isSystems(error) ? unreadable(path, what, error) : error;
  } finally {
    file?.close();
  }
}

/** Whether an error is one of the system's, as of a file that cannot be opened. */
function isSystems(error: unknown): boolean {
  return Object.values(Deno.errors).some((kind) => error instanceof kind);
}

function takeStandardInput(what: string): void {
  if (standardInputWas !== undefined) {
    throw new InputError(
      STANDARD_INPUT,
      `Cannot read standard input twice, as ${standardInputWas} and as ${what}`,
    );
  }
  standardInputWas = what;
}

function readStandardInput(what: string, size: InputSize): Uint8Array<ArrayBuffer> {
  takeStandardInput(what);
  return readAtMost(Deno.stdin, STANDARD_INPUT, what, size, 2 ** 16);
}

/** Reads to the end, or until there is more than may be. */
function readAtMost(
  from: { readSync(into: Uint8Array): number | null },
  path: string,
  what: string,
  size: InputSize,
  expected: number,
): Uint8Array<ArrayBuffer> {
  const most = MOST_BYTES[size];
  let buffer = new Uint8Array(Math.min(Math.max(expected, 2 ** 12), most + 1));
  let length = 0;
  for (;;) {
    if (length === buffer.length) {
      if (length > most) throw tooLarge(path, what, size, "more");
      const larger = new Uint8Array(Math.min(2 * length, most + 1));
      larger.set(buffer);
      buffer = larger;
    }
    const read = from.readSync(buffer.subarray(length));
    if (read === null) return buffer.subarray(0, length);
    length += read;
  }
}

function unreadable(path: string, what: string, error: unknown): InputError {
  return new InputError(
    path,
    `Cannot read ${what} from a file (${readableReason(error)}): current value is ` +
      `"${shownFile(path)}"`,
    { isNamed: true, cause: error },
  );
}

function notRegular(path: string, what: string, kind: string): InputError {
  const hint = kind === "is a directory" ? "" : '; "-" reads standard input';
  return new InputError(
    path,
    `Cannot read ${what} from a file (${kind}, not a regular file${hint}): current value is ` +
      `"${shownFile(path)}"`,
    { isNamed: true },
  );
}

function tooLarge(path: string, what: string, size: InputSize, found: string): InputError {
  return new InputError(
    path,
    `Cannot read ${what} of at most ${MOST_BYTES[size]} bytes: current value is ${found}`,
  );
}

function kindOf(info: Deno.FileInfo): string {
  if (info.isDirectory) return "is a directory";
  if (info.isFifo) return "is a pipe";
  if (info.isSocket) return "is a socket";
  return info.isCharDevice || info.isBlockDevice ? "is a device" : "is a special file";
}

/** Bytes that are decoded at once in the search for one that is no UTF-8. */
const PIECE = 2 ** 16;

/** Offset of the first byte that is not UTF-8, from 0. */
function invalidByteAt(bytes: Uint8Array<ArrayBuffer>): number {
  let start = 0;
  while (start + PIECE < bytes.length) {
    // A piece ends before the first byte of a character.
    let end = start + PIECE;
    while (end > start + PIECE - 4 && (bytes[end] & 0xc0) === 0x80) end--;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end;
  }
  let [valid, invalid] = [start, Math.min(start + PIECE, bytes.length)];
  // Beginnings of what is valid may end within a character: of those that do not, the longest counts.
  while (valid < invalid) {
    const middle = Math.ceil((valid + invalid) / 2);
    const piece = bytes.subarray(start, middle);
    if ([0, 1, 2, 3].some((less) => isUtf8(piece.subarray(0, Math.max(0, piece.length - less))))) {
      valid = middle;
    } else invalid = middle - 1;
  }
  while (valid > start && !isUtf8(bytes.subarray(start, valid))) valid--;
  return valid;
}

function isUtf8(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The system's reason of a failed call, without the call and the path that Deno adds to it. */
export function readableReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/ \(os error \d+\)/, "").replace(/:.*$/s, "").toLowerCase();
}
