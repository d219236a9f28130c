/**
 * Imports a module when it is needed, by its path from this directory. Deno reads whatever stands as
 * a literal in `import()` before the first line of a program runs; a path that is an argument is read
 * when its turn comes, so that no command waits for the modules of another.
 *
 * @example
 * ```ts ignore
 * const { drawFigures } = await importLater<typeof import("../report/mod.ts")>("../report/mod.ts");
 * ```
 */
export function importLater<Module>(path: string): Promise<Module> {
  return import(import.meta.resolve(path));
}
