/** A name without capitals, blanks, hyphens and underscores, as names are compared in catalogues. */
export function catalogueName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}

/** Index of entries by name and aliases. */
export function indexByName<T extends { name: string; aliases: readonly string[] }>(
  entries: readonly T[],
): ReadonlyMap<string, T> {
  const index = new Map<string, T>();
  for (const entry of entries) {
    for (const name of [entry.name, ...entry.aliases]) index.set(catalogueName(name), entry);
  }
  return index;
}
