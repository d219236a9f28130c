import { eachEntry } from "../std/yaml_entries.ts";

/** A name without capitals, blanks, hyphens and underscores, as names are compared in catalogues. */
export function catalogueName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}

/** The entry of a name or alias in the text of a catalogue, of which no other entry is read. */
export function findByName<T extends { name: string; aliases: readonly string[] }>(
  text: string,
  name: string,
): T | undefined {
  const wanted = catalogueName(name);
  for (const found of eachEntry(text, (entry) => catalogueName(entry).includes(wanted))) {
    const entry = found as T;
    if (isNamed(entry, name)) return entry;
  }
  return undefined;
}

/** Whether a name is that of an entry, or one of its aliases. */
export function isNamed(
  { name: own, aliases }: { readonly name: string; readonly aliases: readonly string[] },
  name: string,
): boolean {
  const wanted = catalogueName(name);
  return [own, ...aliases].some((alias) => catalogueName(alias) === wanted);
}
