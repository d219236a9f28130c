/** First bytes of formats, as Latin-1 text, and what a file that begins with them is. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ["PAR1", "a Parquet file"],
  ["\x1f\x8b", "a gzip file (unpack it first)"],
  ["PK\x03\x04", "a ZIP archive (unpack it first)"],
  ["\x28\xb5\x2f\xfd", "a Zstandard file (unpack it first)"],
  ["BZh", "a bzip2 file (unpack it first)"],
  ["\xfd7zXZ", "an xz file (unpack it first)"],
  ["\x89PNG", "a PNG picture"],
  ["\xff\xd8\xff", "a JPEG picture"],
  ["%PDF", "a PDF document"],
  ["\x7fELF", "a program"],
  ["SQLite format 3", "an SQLite database"],
  ["\xff\xfe", "text in UTF-16 (save it as UTF-8)"],
  ["\xfe\xff", "text in UTF-16 (save it as UTF-8)"],
  ["version https://git-lfs", "a Git LFS pointer (fetch the file itself)"],
  ["-----BEGIN ", "a key or a certificate"],
  ["#!", "a script"],
];

/** Bytes that are looked at. */
const LOOKED_AT = 1024;

/**
 * What a file looks like, for a message that must not quote it: "a Parquet file", "an HTML page",
 * "binary data", "text".
 *
 * @param content The file, or its beginning.
 */
export function contentKind(content: Uint8Array | string): string {
  if (content.length === 0) return "an empty file";
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content.slice(0, LOOKED_AT))
    : content.subarray(0, LOOKED_AT);
  const start = String.fromCharCode(...bytes);
  const known = BEGINNINGS.find(([beginning]) => start.startsWith(beginning));
  if (known !== undefined) return known[1];
  const text = start.replace(/^\xef\xbb\xbf/, "").trimStart().toLowerCase();
  if (text === "") return "white space alone";
  if (/^<(!doctype html|html|head|body)\b/.test(text)) return "an HTML page";
  if (text.startsWith("<?xml") || text.startsWith("<svg")) return "an XML document";
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(start)) return "binary data";
  return /^[{[]/.test(text) ? "text that begins as JSON does" : "text";
}
