import { Decompress } from "npm:fzstd@0.1.1";

type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** Bytes that were packed by Zstandard, in one frame or several. */
export async function* unzstandard(bytes: Bytes): Bytes {
  let parts: Uint8Array<ArrayBuffer>[] = [];
  const unpack = new Decompress((part: Uint8Array) => {
    // The window of the unpacker is reused: what it hands out is to be copied.
    if (part.length > 0) parts.push(new Uint8Array(part));
  });
  for await (const part of bytes) {
    unpack.push(part);
    const ready = parts;
    parts = [];
    yield* ready;
  }
  unpack.push(new Uint8Array(0), true);
  yield* parts;
}
