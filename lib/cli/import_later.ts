/**
 * Imports a module when it is needed, by its address. Deno reads whatever stands as a literal in
 * `import()` before the first line of a program runs; an address that is an argument is read when its
 * turn comes, so that no command waits for the modules of another.
 *
 * @example
 * ```ts ignore
 * const { drawFigures } = await importLater<typeof import("../report/mod.ts")>(
 *   import.meta.resolve("../report/mod.ts"),
 * );
 * ```
 */
export function importLater<Module>(address: string): Promise<Module> {
  return import(address);
}
