import { parseEntries } from "../std/yaml_entries.ts";

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
  const candidates = parseEntries(text, (entry) => catalogueName(entry).includes(wanted)) as T[];
  return candidates.find((entry) =>
    [entry.name, ...entry.aliases].some((alias) => catalogueName(alias) === wanted)
  );
}
