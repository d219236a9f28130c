import { deepEqual, equal, match, ok, rejects } from "#assert";
import { zstdCompressSync } from "node:zlib";
import { readTrace, readTraceStream } from "../../workload/traces/read_trace.ts";
import { main } from "../main.ts";
import { withFiles } from "../testing_command_line.ts";
import { readTraceFile } from "./trace_file.ts";

const TEXT = "TIMESTAMP,ContextTokens,GeneratedTokens\n" +
  Array.from({ length: 5000 }, (_, i) => {
    const at = new Date(Date.UTC(2024, 4, 10) + 137 * i).toISOString().replace("T", " ");
    return `${at.replace("Z", "000+00:00")},${100 + i % 997},${1 + i % 31}`;
  }).join("\n") + "\n";

const gzip = async (text: string | Uint8Array<ArrayBuffer>) => {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
};
const joined = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function readBytes(bytes: Uint8Array) {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    return await readTraceFile(path, { fileName: "my.trace" });
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a trace is read from gzip, from several parts of it, from Zstandard and from UTF-16", async () => {
  const { table } = readTrace(TEXT, { fileName: "my.trace" });
  const [first, second] = [TEXT.slice(0, 70_000), TEXT.slice(70_000)];
  const utf16 = new Uint8Array(
    new Uint16Array([0xfeff, ...Array.from(TEXT, (c) => c.charCodeAt(0))]).buffer,
  );
  const files = {
    plain: bytesOf(TEXT),
    gzip: await gzip(TEXT),
    "gzip of two parts": joined(await gzip(first), await gzip(second)),
    zstd: new Uint8Array(zstdCompressSync(bytesOf(TEXT))),
    "UTF-16": utf16,
    "UTF-16 in gzip": await gzip(utf16),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const { trace, sha256 } = await readBytes(bytes);
    deepEqual(trace.table, table, name);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
    equal(sha256, digest.toHex(), name);
  }
});

Deno.test("damaged, cut and foreign files are one line", async () => {
  const packed = await gzip(TEXT);
  const flipped = packed.slice();
  flipped[packed.length >> 1] ^= 0x55;
  const zstd = new Uint8Array(zstdCompressSync(bytesOf(TEXT)));
  const text = bytesOf(TEXT);
  const broken = text.slice();
  broken[text.indexOf(10, 90_000) + 1] = 0xff;
  const line = TEXT.slice(0, text.indexOf(10, 90_000) + 1).split("\n").length;
  const cases: [Uint8Array, RegExp][] = [
    [
      packed.subarray(0, packed.length - 9),
      /^my\.trace: Cannot unpack the file as gzip: .*cut off/,
    ],
    // What a flipped byte unpacks to may be refused before the check of the whole is.
    [flipped, /^my\.trace(:\d+:\d+)?: Cannot /],
    [zstd.subarray(0, zstd.length - 5), /^my\.trace: Cannot unpack the file as Zstandard: /],
    [broken, new RegExp(`^my\\.trace:${line}:1: Cannot read file .*bytes that are no UTF-8$`)],
    [bytesOf("PAR1 and more"), /^my\.trace:1:1: .*a Parquet file$/],
    [await gzip(bytesOf("PAR1 and more")), /^my\.trace:1:1: .*a Parquet file$/],
    [new Uint8Array(0), /^my\.trace:1:1: .*an empty file$/],
  ];
  for (const [bytes, wanted] of cases) {
    await rejects(() => readBytes(bytes), (error: Error) => {
      match(error.message, wanted);
      return !error.message.includes("\n");
    });
  }
});

Deno.test("a byte that is no text is placed in whatever part it comes", async () => {
  const bytes = bytesOf(TEXT).slice();
  bytes[bytes.indexOf(10, 90_000) + 1] = 0xff;
  const line = TEXT.slice(0, bytes.indexOf(10, 90_000) + 1).split("\n").length;
  const parts = async function* () {
    await Promise.resolve();
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.slice(at, at + 1000);
  };
  await rejects(
    () => readTraceStream(parts(), { fileName: "my.trace" }),
    new RegExp(`my\\.trace:${line}:1: .*no UTF-8`),
  );
});

Deno.test("the manifest has the digest of a trace that was read in pieces", async () => {
  const files = {
    "config.yaml": "workload: { type: trace, trace: { path: t.csv } }\n",
    "t.csv": TEXT,
  };
  await withFiles(files, async (directory) => {
    const errors: string[] = [];
    const args = ["simulate", "--quiet", `${directory}/config.yaml`, "--out", `${directory}/out`];
    equal(await main(args, () => {}, (line) => errors.push(line)), 0, errors.join());
    const manifest = JSON.parse(await Deno.readTextFile(`${directory}/out/manifest.json`));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(TEXT))).toHex();
    ok(manifest.inputs.some((input: { name: string; sha256: string }) => input.sha256 === digest));
  });
});
