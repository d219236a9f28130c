import { runDeno } from "./run_deno.ts";

/** Length of a block of a tar file, bytes. */
const BLOCK = 512;

/**
 * The declarations of entries and of all modules that they name, by path below `types/`. Deno's own
 * `pack` makes them from the explicit types of the public interface.
 *
 * @param folder A temporary folder.
 * @throws {Error} If a module that is named has no declaration.
 */
export async function typeTexts(
  entries: readonly string[],
  folder: string,
): Promise<[path: string, text: string][]> {
  const archive = `${folder}/types.tgz`;
  await runDeno(["pack", "--quiet", "--allow-dirty", "--no-source-maps", "--output", archive]);
  const all = await declarations(archive);
  const found = new Map<string, string>();
  const visit = (path: string, from: string) => {
    if (found.has(path)) return;
    const text = all.get(path);
    if (text === undefined) throw new Error(`${from} names ${path}, which has no declaration`);
    found.set(path, text);
    for (const [, to] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g)) {
      visit(new URL(`${to}.d.ts`, `file:///${path}`).pathname.slice(1), path);
    }
  };
  for (const entry of entries) visit(entry.replace(/\.ts$/, ".d.ts"), "deno.json");
  return [...found].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([path, text]) => [`types/${path}`, text]);
}

/** Declarations in a package's archive by their path in it. */
async function declarations(archive: string): Promise<Map<string, string>> {
  const file = await Deno.open(archive);
  const plain = file.readable.pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(plain).arrayBuffer());
  const text = (from: number, to: number) =>
    new TextDecoder().decode(bytes.subarray(from, to)).replace(/\0.*$/s, "");
  const found = new Map<string, string>();
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0;) {
    // Name, size in octal digits, and the part of a long name that stands before it.
    const [name, prefix] = [text(at, at + 100), text(at + 345, at + 500)];
    const size = parseInt(text(at + 124, at + 136), 8);
    const path = (prefix === "" ? name : `${prefix}/${name}`).replace(/^package\//, "");
    const begin = at + BLOCK;
    if (path.endsWith(".d.ts")) found.set(path, text(begin, begin + size));
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
  return found;
}
