import { parse, stringify } from "@std/yaml";
import { writeParquet } from "../../lib/results/parquet/write_parquet.ts";
import { floatColumn, type Table } from "../../lib/results/table.ts";
import type { RandomStream } from "../../lib/sim/random_streams.ts";

/** How a valid file is written, which decides what can be done to it. */
export type Language = "json" | "yaml" | "lines" | "bytes";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Values that are of the wrong type, or of a size that nobody means. */
const JUNK: readonly unknown[] = [
  ...[null, true, false, 0, -1, 0.5, 1e-300, 3, 65_536, 1e9, 2 ** 31, 2 ** 53 + 2, 1e15, 1e308],
  ...[-0, "", " ", "x", "-", "NaN", "12GB", "\u001b[31mred\u0007", "\u202egnp", "a\nb\r\nc"],
  ...["__proto__", "constructor", "toString", "$constructor", "=1+1", "../../x", "\ud800"],
  ...["long".repeat(5000), [], [[]], {}, [null], [1, "a", null], { a: { b: [] } }],
  ...[JSON.parse('{"__proto__": {"a": 1}}'), [..."abcdefghijklmnop"], { name: 3 }],
];

/** Tokens that a text gets in place of one of its own. */
const TOKENS = [
  ...[
    "null",
    "~",
    "true",
    "-1",
    "0",
    "1e999",
    "-1e999",
    ".inf",
    ".nan",
    "NaN",
    "Infinity",
    "1e308",
  ],
  ...["99999999999999999999", "0x1F", '""', '"', "'", "[", "]", "{", "}", ":", "- ", "*a", "&a "],
  ...[
    "<<: ",
    "!!binary ",
    "\t",
    "\u0000",
    "\u001b[2J",
    "\u009b",
    "\u2028",
    "\ufeff",
    ",,,",
    "---\n",
  ],
  ...["# ", "|\n", "$", "\\u", "\r", "\n\n", "?", "%", "@", "`"],
];

/** Files of other kinds, and texts that are traps. */
const OTHERS: readonly (() => Uint8Array)[] = [
  () => new Uint8Array(),
  () => encoder.encode("   \n\n"),
  () => encoder.encode("\ufeff"),
  () => encoder.encode("root:$6$salt$hash:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n"),
  () => encoder.encode("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n"),
  () => encoder.encode("<!DOCTYPE html><html><body>404: not found</body></html>"),
  () => encoder.encode("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"),
  () => encoder.encode("{}"),
  () => encoder.encode("[]"),
  () => encoder.encode("null"),
  () => encoder.encode("a: &a [*a]\n"),
  () => encoder.encode("[".repeat(100_000)),
  () => encoder.encode('{"a":'.repeat(100_000)),
  () => encoder.encode("[".repeat(100_000) + "]".repeat(100_000)),
  () => encoder.encode(aliasBomb()),
  () => encoder.encode(`${"k".repeat(1_000_000)}: 1\n`),
  () => encoder.encode(Array.from({ length: 5000 }, (_, i) => `unknown${i}: 1\n`).join("")),
  () => encoder.encode('<svg onload="x"/>'),
  () => new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]),
  () => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]),
  () => new Uint8Array([0xff, 0xfe, 0x61, 0, 0x3a, 0]),
  () => new Uint8Array(4096),
  () => encoder.encode("PAR1"),
  () => encoder.encode("PAR1\0\0\0\0PAR1"),
  () => parquetBytes({ count: 2, columns: [floatColumn("x", new Float64Array(2))] }),
];

/** A table as the bytes of a Parquet file. */
export function parquetBytes(table: Table): Uint8Array {
  const parts: number[] = [];
  writeParquet(table, (bytes) => parts.push(...bytes));
  return Uint8Array.from(parts);
}

function aliasBomb(): string {
  const levels = Array.from("bcdefghij", (name, i) => {
    const before = "abcdefghi"[i];
    return `${name}: &${name} [${Array(10).fill(`*${before}`).join(", ")}]\n`;
  });
  return `a: &a [x, x]\n${levels.join("")}`;
}

/** A whole number from 0 to `count` - 1. */
export function pick(stream: RandomStream, count: number): number {
  return Math.floor(stream.next() * count);
}

function choose<T>(stream: RandomStream, items: readonly T[]): T {
  return items[pick(stream, items.length)];
}

/** A damaged copy of a valid file: its tree, its text or its bytes changed in one to four places. */
export function mutateFile(
  valid: Uint8Array,
  language: Language,
  stream: RandomStream,
): Uint8Array {
  const kind = stream.next();
  if (kind < 0.08) return choose(stream, OTHERS)();
  if (language === "bytes" || kind < 0.3) return mutateBytes(valid, stream);
  const text = decoder.decode(valid);
  if (language === "lines" || kind < 0.5) return encoder.encode(mutateText(text, stream));
  return encoder.encode(mutateTree(text, language, stream));
}

function mutateBytes(valid: Uint8Array, stream: RandomStream): Uint8Array {
  let bytes = [...valid];
  const times = 1 + pick(stream, 4);
  for (let i = 0; i < times; i++) {
    const at = pick(stream, bytes.length + 1);
    const length = 1 + pick(stream, stream.next() < 0.5 ? 8 : bytes.length + 1);
    switch (pick(stream, 5)) {
      case 0:
        if (at < bytes.length) bytes[at] ^= 1 << pick(stream, 8);
        break;
      case 1:
        bytes = bytes.slice(0, at);
        break;
      case 2:
        bytes.splice(at, length);
        break;
      case 3:
        bytes.splice(at, 0, ...Array.from({ length: length % 16 }, () => pick(stream, 256)));
        break;
      case 4:
        bytes.splice(at, 0, ...bytes.slice(at, at + length));
    }
  }
  return Uint8Array.from(bytes);
}

function mutateText(text: string, stream: RandomStream): string {
  const times = 1 + pick(stream, 3);
  for (let i = 0; i < times; i++) {
    const tokens = text.split(/([\w.+-]+)/);
    const lines = text.split("\n");
    switch (pick(stream, 4)) {
      case 0:
        tokens[1 + 2 * pick(stream, Math.max(1, tokens.length >> 1))] = choose(stream, TOKENS);
        text = tokens.join("");
        break;
      case 1: {
        const at = pick(stream, text.length + 1);
        text = text.slice(0, at) + choose(stream, TOKENS) + text.slice(at);
        break;
      }
      case 2:
        lines.splice(pick(stream, lines.length), 1);
        text = lines.join("\n");
        break;
      case 3:
        lines.splice(pick(stream, lines.length), 0, choose(stream, lines));
        text = lines.join("\n");
    }
  }
  return text;
}

function mutateTree(text: string, language: "json" | "yaml", stream: RandomStream): string {
  const root = { tree: language === "json" ? JSON.parse(text) : parse(text) };
  const times = 1 + pick(stream, 3);
  for (let i = 0; i < times; i++) mutateNode(root, stream);
  const write = language === "json" || stream.next() < 0.5;
  return write ? JSON.stringify(root.tree) ?? "null" : stringify(root.tree, { skipInvalid: true });
}

/** Walks down to a random part and replaces, removes, renames or doubles it. */
function mutateNode(root: { tree: unknown }, stream: RandomStream): void {
  let parent: Record<PropertyKey, unknown> | unknown[] = root;
  let key: PropertyKey = "tree";
  for (;;) {
    const value: unknown = (parent as Record<PropertyKey, unknown>)[key];
    if (typeof value !== "object" || value === null) break;
    const keys = Object.keys(value);
    if (keys.length === 0 || stream.next() < 0.15) break;
    parent = value as Record<PropertyKey, unknown>;
    key = choose(stream, keys);
  }
  const holder = parent as Record<PropertyKey, unknown>;
  switch (pick(stream, 5)) {
    case 0:
      delete holder[key];
      break;
    case 1:
      // A list with an element at a great index would be as long as that.
      if (Array.isArray(parent)) parent.push(parent[Number(key)]);
      else holder[choose(stream, ["name", "x", "constructor", "a\nb\u001b"])] = holder[key];
      break;
    default:
      holder[key] = structuredClone(choose(stream, JUNK));
  }
}
