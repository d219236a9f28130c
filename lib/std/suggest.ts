/** Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours. */
function distance(a: string, b: string): number {
  let twoBack: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, twoBack[j - 2] + 1);
      }
      current.push(best);
    }
    twoBack = previous;
    previous = current;
  }
  return previous[b.length];
}

/**
 * The candidate nearest to a misspelt name, or undefined when none is near: at most a third of the
 * longer name may differ. Case, hyphens and underscores do not count. Ties go to the first candidate.
 */
export function suggest(name: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_ ]/g, "");
  const longest = Math.max(0, ...candidates.map(({ length }) => length));
  // Nothing is near a name that is half again as long; comparing it would take time by its length.
  if (name.length > 2 * longest) return undefined;
  const wanted = plain(name);
  let nearest: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    const other = plain(candidate);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, other.length) / 3));
    const edits = distance(wanted, other);
    if (edits <= allowed && edits < least) {
      least = edits;
      nearest = candidate;
    }
  }
  return nearest;
}
