import { contentKind } from "../../std/content_kind.ts";
import { BadRow } from "./bad_row.ts";

/** Bytes that come in parts. */
type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** Bytes that are looked at before anything is read. */
const HEAD_BYTES = 1024;

/** The first part of bytes, of `HEAD_BYTES` or all there are, and all parts as before. */
async function withHead(bytes: Bytes): Promise<{ head: Uint8Array<ArrayBuffer>; all: Bytes }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head = new Uint8Array(0);
  for (;;) {
    const { done, value } = await iterator.next();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
    if (head.length >= HEAD_BYTES) break;
  }
  const all = async function* () {
    try {
      yield head;
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  };
  return { head, all: all() };
}

/** Bytes that were packed by gzip. */
function unzipped(bytes: Bytes): Bytes {
  return ReadableStream.from(bytes).pipeThrough(new DecompressionStream("gzip"));
}

/** The encoding that a text begins with; UTF-8 without a mark. */
function encodingOf(head: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "utf-8";
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/**
 * The text of bytes, part by part: UTF-8, or UTF-16 with its mark, packed by gzip or not.
 *
 * @throws {SyntaxError} If they are no such text: one line with the line at which that shows.
 */
export async function* decodedTexts(bytes: Bytes, fileName: string): AsyncGenerator<string> {
  let { head, all } = await withHead(bytes);
  let line = 1;
  const refuse = (what: string): never => {
    throw new BadRow({ fileName, line, column: 1 }, "file", "a trace in UTF-8", what, what);
  };
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  try {
    if (isPacked) ({ head, all } = await withHead(unzipped(all)));
  } catch {
    refuse("a gzip file that is damaged");
  }
  const kind = contentKind(head);
  const encoding = encodingOf(head);
  const isText = kind.startsWith("text") || kind.startsWith("an empty") ||
    kind.startsWith("white space");
  if (!isText) refuse(kind);
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (part?: Uint8Array<ArrayBuffer>): string => {
    try {
      return part === undefined ? decoder.decode() : decoder.decode(part, { stream: true });
    } catch {
      if (part !== undefined) line += lineBreaks(validText(part, encoding));
      return refuse(`bytes that are no ${encoding.toUpperCase()}`);
    }
  };
  const parts = all[Symbol.asyncIterator]();
  for (;;) {
    const next = await parts.next().catch((error) => {
      if (!isPacked) throw error;
      return refuse("a gzip file that is cut off, damaged or of several parts");
    });
    if (next.done) break;
    const text = decode(next.value);
    line += lineBreaks(text);
    if (text !== "") yield text;
  }
  const rest = decode();
  if (rest !== "") yield rest;
}

/** The text before the first byte that is none. */
function validText(part: Uint8Array<ArrayBuffer>, encoding: string): string {
  let [valid, invalid] = [0, part.length];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    // A part may begin and end within a character: only what breaks in between counts.
    if (isText(part.subarray(0, middle), encoding)) valid = middle;
    else invalid = middle;
  }
  return new TextDecoder(encoding).decode(part.subarray(0, valid));
}

function isText(part: Uint8Array<ArrayBuffer>, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(part, { stream: true });
    return true;
  } catch {
    return false;
  }
}
