/** What has a start and an end, nanoseconds. */
export interface Stretch {
  readonly startNs: number;
  readonly endNs: number;
}

/**
 * Divides stretches into lanes in each of which none overlaps another: as few as are needed.
 *
 * @returns The lane of each, by their order; stretches are to be sorted by their start.
 */
export function lanesOf(stretches: readonly Stretch[]): number[] {
  const ends: number[] = [];
  return stretches.map(({ startNs, endNs }) => {
    const free = ends.findIndex((end) => end <= startNs);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = endNs;
    return lane;
  });
}

/** Clips a stretch of seconds to a window of seconds; undefined if nothing is left of it. */
export function clipped(
  startAtSeconds: number,
  endAtSeconds: number,
  [from, to]: readonly [number, number],
): { readonly start: number; readonly end: number; readonly isClipped: boolean } | undefined {
  if (!(endAtSeconds > from && startAtSeconds < to)) return undefined;
  const start = Math.max(startAtSeconds, from);
  const end = Math.min(endAtSeconds, to);
  return { start, end, isClipped: start > startAtSeconds || end < endAtSeconds };
}
