import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { openInput } from "../../results/read_input.ts";
import { InputError, inputError } from "../../std/input_error.ts";
import { type ReadTraceOptions, readTraceStream } from "../../workload/traces/read_trace.ts";
import type { Trace } from "../../workload/traces/trace.ts";
import { importLater } from "../import_later.ts";
import { memoryBounds } from "./memory_guard.ts";
import { grouped } from "../readable_numbers.ts";
import { UsageError } from "../usage_error.ts";

type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** A way in which files are packed. */
interface Packing {
  readonly begins: readonly number[];
  readonly name: string;
  readonly unpack: (bytes: Bytes) => Bytes;
  /** What a user should know of it. */
  readonly unchecked?: string;
}

/** First bytes of packed files, what they are, and what unpacks them. */
const PACKED: readonly Packing[] = [
  { begins: [0x1f, 0x8b], name: "gzip", unpack: gunzipped },
  {
    begins: [0x28, 0xb5, 0x2f, 0xfd],
    name: "Zstandard",
    unpack: unzstandard,
    unchecked: "it is packed by Zstandard, whose check sum is not looked at",
  },
];

/** Share of the memory at which reading ends. */
const ENDS_AT = 0.9;

/** Bytes between two looks at the memory. */
const LOOK_EVERY_BYTES = 64 * 2 ** 20;

/** A trace, and the digest of the file that it was read from. */
export interface TraceFile {
  readonly trace: Trace;
  /** SHA-256 of the file as it stands, packed or not. */
  readonly sha256: string;
}

/**
 * Reads a trace from a file of any length, in pieces: a text, or one packed by gzip or Zstandard. `-`
 * is standard input.
 *
 * @throws {InputError} If it cannot be read, or at its first mistake.
 * @throws {UsageError} If its columns fill the memory.
 */
export async function readTraceFile(path: string, options: ReadTraceOptions): Promise<TraceFile> {
  const hash = createHash("sha256");
  const digested = async function* (): Bytes {
    for await (const part of openInput(path, "a trace")) {
      hash.update(part);
      yield part;
    }
  };
  try {
    const notes: string[] = [];
    const bytes = watched(unpacked(digested(), notes), path);
    const read = await readTraceStream(bytes, options);
    const notices = notes.map((note) => `${options.fileName}: ${note}`);
    const trace = { ...read, notices: [...read.notices, ...notices] };
    return { trace, sha256: hash.digest("hex") };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw inputError({ file: options.fileName, what: "a trace" }, "text", error);
  }
}

/** Bytes as they were before they were packed; those that are not packed as they are. */
async function* unpacked(bytes: Bytes, notes: string[]): Bytes {
  const parts = bytes[Symbol.asyncIterator]();
  const { done, value: head } = await parts.next();
  if (done) return;
  const all = async function* () {
    yield head;
    for (let next = await parts.next(); !next.done; next = await parts.next()) yield next.value;
  };
  const packed = PACKED.find(({ begins }) => begins.every((byte, i) => head[i] === byte));
  if (packed === undefined) return yield* all();
  if (packed.unchecked !== undefined) notes.push(packed.unchecked);
  try {
    yield* packed.unpack(all());
  } catch (error) {
    if (error instanceof InputError || error instanceof UsageError) throw error;
    const reason = error instanceof Error ? error.message.toLowerCase() : String(error);
    throw new SyntaxError(
      `Cannot unpack the file as ${packed.name}: current value is damaged or cut off (${reason})`,
    );
  }
}

/** Bytes that were packed by gzip, in one part or several. */
async function* gunzipped(bytes: Bytes): Bytes {
  const source = Readable.from(bytes);
  const unpack = createGunzip();
  source.on("error", (error) => unpack.destroy(error));
  source.pipe(unpack);
  try {
    for await (const part of unpack) {
      const { buffer, byteOffset, byteLength } = part as Uint8Array<ArrayBuffer>;
      yield new Uint8Array(buffer, byteOffset, byteLength);
    }
  } finally {
    source.destroy();
  }
}

/** Bytes that were packed by Zstandard, by a package that comes when it is needed. */
async function* unzstandard(bytes: Bytes): Bytes {
  const zstandard = await importLater<typeof import("./zstandard.ts")>(
    import.meta.resolve("./zstandard.ts"),
  );
  yield* zstandard.unzstandard(bytes);
}

/** The same bytes; looks at the memory now and then. */
async function* watched(bytes: Bytes, path: string): Bytes {
  const most = memoryBounds().residentBytes * ENDS_AT;
  let read = 0;
  let lookAt = LOOK_EVERY_BYTES;
  for await (const part of bytes) {
    read += part.length;
    if (read >= lookAt) {
      lookAt = read + LOOK_EVERY_BYTES;
      if (Deno.memoryUsage().rss > most) {
        throw new UsageError(
          `Cannot hold the requests of "${path}" in the memory of the machine or container: current ` +
            `value is ${grouped(Math.round(read / 1e6))} MB read (give a part of the file as ` +
            `workload.trace.path)`,
        );
      }
    }
    yield part;
  }
}
