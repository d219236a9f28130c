/** Time that the tests of each file took, by path, seconds. */
export type Durations = Readonly<Record<string, number>>;

/** Time that a file takes to load, seconds: what a file without a slow test counts. */
const LOADING_SECONDS = 0.2;

/** Expected time of each file's tests, seconds: its own, or the average of all for one not measured yet. */
export function testSeconds(files: readonly string[], durations: Durations): number[] {
  const known = Object.values(durations);
  const average = known.length === 0 ? 1 : known.reduce((a, b) => a + b) / known.length;
  return files.map((file) => durations[file] ?? average);
}

/** Expected time of each file, loading included, seconds. */
export function expectedSeconds(files: readonly string[], durations: Durations): number[] {
  return testSeconds(files, durations).map((seconds) => LOADING_SECONDS + seconds);
}

/** The files with the slow ones first: what starts last is then short, and no core waits for it. */
export function slowestFirst(files: readonly string[], durations: Durations): string[] {
  const expected = expectedSeconds(files, durations);
  return files.map((file, i) => ({ file, seconds: expected[i] }))
    .sort((a, b) => b.seconds - a.seconds || (a.file < b.file ? -1 : 1))
    .map(({ file }) => file);
}

/** Time until files that start in this order have all ended on so many cores, seconds. */
export function wholeSeconds(expected: readonly number[], cores: number): number {
  const busyUntil = new Array<number>(cores).fill(0);
  for (const seconds of expected) {
    const first = busyUntil.indexOf(Math.min(...busyUntil));
    busyUntil[first] += seconds;
  }
  return Math.max(...busyUntil);
}

/** Durations as the text of a file: sorted by path, tenths of a second, so that few lines change. */
export function durationsText(durations: Durations): string {
  const entries = Object.entries(durations).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([file, seconds]) => [file, Math.round(seconds * 10) / 10]);
  return JSON.stringify(Object.fromEntries(entries), null, 2) + "\n";
}
