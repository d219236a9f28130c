import { log } from "../../../stats/elementary/mod.ts";

/** A time of one kernel at one point. */
interface KernelRow {
  readonly kernel: string;
  readonly us: number;
}

/**
 * The kernel whose times are read: the wanted one, else the one with the most points, of several the one
 * that is fastest where all were measured. Undefined where nothing was.
 *
 * @param pointOf Name of the point at which a row was measured.
 * @throws {RangeError} If the wanted one was not measured.
 */
export function chosenKernel<Row extends KernelRow>(
  rows: readonly Row[],
  pointOf: (row: Row) => string,
  { what, wanted }: { readonly what: string; readonly wanted: string | undefined },
): string | undefined {
  const times = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const own = times.get(row.kernel) ?? new Map<string, number>();
    own.set(pointOf(row), row.us);
    times.set(row.kernel, own);
  }
  const names = [...times.keys()].sort();
  if (wanted !== undefined) {
    if (times.has(wanted)) return wanted;
    throw new RangeError(
      `Cannot read ${what} of a kernel as one of ${
        names.join(", ") || "none"
      }: current value is ${wanted}`,
    );
  }
  if (names.length === 0) return undefined;
  const most = Math.max(...names.map((name) => times.get(name)!.size));
  const candidates = names.filter((name) => times.get(name)!.size === most);
  const common = [...times.get(candidates[0])!.keys()].filter((point) =>
    candidates.every((name) => times.get(name)!.has(point))
  );
  const total = (name: string) =>
    common.reduce((sum, point) => sum + log(times.get(name)!.get(point)!), 0);
  return candidates.reduce((best, name) => total(name) < total(best) ? name : best);
}
