/** `AT_FDCWD` and `RENAME_EXCHANGE` of Linux, `RENAME_SWAP` of macOS. */
const AT_FDCWD = -100;
const EXCHANGE = 2;

/**
 * Exchanges two folders of one file system in one step: whoever looks sees the one or the other.
 *
 * @returns False where that cannot be: a system or file system without it, or no permission for
 * native calls (`--allow-ffi`), which is not asked for.
 */
export function exchangeFolders(a: string, b: string): boolean {
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return false;
  const [from, to] = [a, b].map((path) => new TextEncoder().encode(`${path}\0`));
  try {
    switch (Deno.build.os) {
      case "linux": {
        using library = closing(Deno.dlopen("libc.so.6", {
          renameat2: { parameters: ["i32", "buffer", "i32", "buffer", "u32"], result: "i32" },
        }));
        return library.symbols.renameat2(AT_FDCWD, from, AT_FDCWD, to, EXCHANGE) === 0;
      }
      case "darwin": {
        using library = closing(Deno.dlopen("libSystem.dylib", {
          renamex_np: { parameters: ["buffer", "buffer", "u32"], result: "i32" },
        }));
        return library.symbols.renamex_np(from, to, EXCHANGE) === 0;
      }
      default:
        return false;
    }
  } catch {
    // The library, or the call in it, is not there.
    return false;
  }
}

function closing<T extends { close(): void }>(library: T): T & Disposable {
  return Object.assign(library, { [Symbol.dispose]: () => library.close() });
}
