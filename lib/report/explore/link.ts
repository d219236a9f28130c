import { isSection, type Settings } from "./settings.ts";

/** What a link holds: configurations as they differ from the default one. */
export interface Linked {
  readonly a: Settings;
  /** The one whose answer stands beside. */
  readonly b?: Settings;
}

/** Most bytes of what a link holds, opened: links come from anywhere. */
const MOST_BYTES = 200_000;

/** The part of an address after #. */
export async function linkText({ a, b }: Linked): Promise<string> {
  return await packed(b === undefined ? { a } : { a, b });
}

/** A value as the part of an address that {@link readLink} opens. */
export async function packed(value: unknown): Promise<string> {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(
    new CompressionStream("deflate-raw"),
  );
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** What a link holds; undefined for what is no link of this page, or is cut short. */
export async function readLink(text: string): Promise<Linked | undefined> {
  try {
    const value: unknown = JSON.parse(
      await opened(Uint8Array.fromBase64(text, { alphabet: "base64url" })),
    );
    if (!isSection(value) || !isSection(value.a)) return undefined;
    const { a, b, ...others } = value;
    if (Object.keys(others).length > 0 || (b !== undefined && !isSection(b))) return undefined;
    return b === undefined ? { a } : { a, b };
  } catch {
    return undefined;
  }
}

async function opened(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new RangeError(`Cannot open a link as one of up to ${MOST_BYTES} bytes`);
    }
    pieces.push(value);
  }
  return await new Blob(pieces).text();
}
