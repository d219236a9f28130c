/** Settings that there were once, and what to do instead. */
const REMOVED: Readonly<Record<string, string>> = {
  "memory.windowed_sequence_tokens":
    "layers with an attention window hold the blocks that it touches by default; leave the key out",
};

/** The line for a key that was a setting once; undefined for others. */
export function removedKey(path: string, written: string): string | undefined {
  return Object.hasOwn(REMOVED, path)
    ? `Cannot read configuration: ${JSON.stringify(written)} is no setting any more: ${
      REMOVED[path]
    }`
    : undefined;
}
