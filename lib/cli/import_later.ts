import { UsageError } from "./usage_error.ts";

/**
 * Imports a module when it is needed, by its address. Deno reads whatever stands as a literal in
 * `import()` before the first line of a program runs; an address that is an argument is read when its
 * turn comes, so that no command waits for the modules of another.
 *
 * @throws {UsageError} If the module needs a package that is not in Deno's cache and cannot be fetched.
 *
 * @example
 * ```ts ignore
 * const { drawFigures } = await importLater<typeof import("../report/mod.ts")>(
 *   import.meta.resolve("../report/mod.ts"),
 * );
 * ```
 */
export async function importLater<Module>(address: string): Promise<Module> {
  try {
    return await import(address);
  } catch (error) {
    throw unfetched(error) ?? error;
  }
}

/** What to tell a user of a package that could not be fetched; undefined for any other error. */
export function unfetched(error: unknown): UsageError | undefined {
  if (!(error instanceof Error)) return undefined;
  const found = /Failed caching npm package '([^']+)'/.exec(error.message);
  if (found === null) return undefined;
  // Causes stand below, numbered, the first one last.
  const causes = [...error.message.matchAll(/^\s*\d+: (.+)$/gm)];
  return new UsageError(
    `Cannot fetch the npm package ${found[1]}, which this command needs and which is not in ` +
      `Deno's cache yet: ${causes.at(-1)?.[1] ?? "no reason is given"}`,
    { cause: error },
  );
}
